// The list of requests that came in, from any client, and the detail of one.

import { attempt, base64Blob, BlobUrls, byId, bytes, duration, el, tabs } from './dom.js';
import { jsonTree } from './json_tree.js';
import { report } from './report.js';
import { control, keptBody } from './server.js';
import { explain, outcome, outcomeClass } from './words.js';

/** What is known of each request, by its number. */
const exchanges = new Map();
let version = 0;
let mostRequests = 0;
/** The request whose detail shows, and what of it is shown. */
let open = { id: null, stamp: null };
const shown = new BlobUrls();

export function startRequests() {
  byId('find').addEventListener('input', showRows);
  byId('forget-requests').addEventListener('click', () => attempt(async () => {
    await control('DELETE', 'requests');
    exchanges.clear();
    showRows();
    location.hash = '#requests';
  }, 'All requests are forgotten.'));
}

/** Asks for what is new. Returns the time of the sandbox. */
export async function refreshRequests() {
  const changes = await control('GET', `requests?since=${version}`);
  // A sandbox that was started anew counts from the beginning.
  if (changes.version < version) {
    version = 0;
    exchanges.clear();
    return refreshRequests();
  }
  version = changes.version;
  mostRequests = changes.mostRequests;
  const before = exchanges.size;
  for (const number of exchanges.keys()) if (number < changes.oldest) exchanges.delete(number);
  for (const exchange of changes.requests) exchanges.set(exchange.number, exchange);
  if (changes.requests.length || exchanges.size !== before) showRows();
  byId('keeping').textContent = changes.keepsBodies
    ? `The last ${mostRequests} are kept, in memory only; of a login never its body.`
    : `The last ${mostRequests} are kept, without their bodies (--no-bodies).`;
  return changes.now;
}

function matches(exchange, text) {
  const { id, path, status, account, scenarios, method, operation, state, faults } = exchange;
  const all = [id, `${method} ${path}`, status, account, operation, state, ...scenarios, ...faults];
  return all.some((part) => String(part ?? '').toLowerCase().includes(text));
}

const scenarioText = ({ scenarios }) => [...new Set(scenarios.map((name) => name ?? 'none'))].join(', ');
const timeText = ({ receivedAt }) => new Date(receivedAt).toLocaleTimeString('en-GB');

function showRows() {
  const text = byId('find').value.trim().toLowerCase();
  const found = [...exchanges.values()].filter((exchange) => matches(exchange, text)).sort((one, other) => other.number - one.number);
  byId('request-count').textContent = exchanges.size ? String(exchanges.size) : '';
  byId('found').textContent = exchanges.size === 0
    ? 'No request has come in yet.'
    : text ? `${found.length} of ${exchanges.size} requests${found.length ? '' : `; the sandbox keeps the last ${mostRequests}`}.` : '';
  const hadFocus = document.activeElement?.closest?.('#request-rows') ? document.activeElement.getAttribute('href') : null;
  byId('request-rows').replaceChildren(...found.map(row));
  if (hadFocus) byId('request-rows').querySelector(`a[href="${hadFocus}"]`)?.focus();
  showDetail();
}

function row(exchange) {
  const { id, method, path, account } = exchange;
  return el('tr', { class: id === open.id ? 'open' : '' },
    el('td', { class: 'wide' }, timeText(exchange)),
    el('td', {}, el('code', {}, `${method} ${path}`)),
    el('td', { class: outcomeClass(exchange) }, outcome(exchange)),
    el('td', { class: 'wide' }, exchange.state === 'running' ? '…' : duration(exchange.duration)),
    el('td', { class: 'wide' }, scenarioText(exchange)),
    el('td', { class: 'wide' }, account ?? ''),
    el('td', {}, el('a', { href: `#requests/${id}`, 'aria-label': `Show the request ${id}` }, id.slice(0, 8))));
}

/** Shows the request with this identifier; none closes the detail. */
export async function openRequest(id) {
  open = { id: id ?? null, stamp: null };
  if (id && ![...exchanges.values()].some((exchange) => exchange.id === id)) await attempt(refreshRequests);
  showRows();
  if (id) byId('detail-title').focus();
}

async function showDetail() {
  const detail = byId('detail');
  detail.hidden = !open.id;
  if (!open.id) return;
  const exchange = [...exchanges.values()].find(({ id }) => id === open.id);
  if (!exchange) {
    byId('detail-title').textContent = `Request ${open.id}`;
    byId('detail-body').replaceChildren(el('p', {}, `The sandbox does not know this x-request-id, or no longer: it keeps the last ${mostRequests}.`));
    return;
  }
  const stamp = JSON.stringify({ ...exchange, duration: 0 });
  if (stamp === open.stamp) return;
  open.stamp = stamp;
  byId('detail-title').textContent = `${exchange.method} ${exchange.path}`;
  const [requestText, responseText] = await Promise.all([bodyOf(exchange, 'request'), bodyOf(exchange, 'response')]);
  if (open.stamp !== stamp) return;
  shown.release();
  byId('detail-body').replaceChildren(facts(exchange), ...problems(exchange, responseText), bodies(exchange, requestText, responseText));
}

async function bodyOf(exchange, side) {
  const { kept, size } = exchange[side];
  return kept === 'whole' && size ? (await attempt(() => keptBody(exchange.id, side))) ?? null : null;
}

function facts(exchange) {
  const { id, account, userAgent, faults, operation, request, response } = exchange;
  const rows = [
    ['Outcome', outcome(exchange)],
    ['x-request-id', id],
    ['Received', `${timeText(exchange)}, took ${duration(exchange.duration)}`],
    ['Operation', operation ?? 'not in the contract'],
    ['Account', account ?? 'none'],
    ['Scenario', scenarioText(exchange)],
    ['Faults', faults.join(', ')],
    ['Sent', `${bytes(request.size)}${request.contentType ? `, ${request.contentType}` : ''}`],
    ['Returned', `${bytes(response.size)}${response.contentType ? `, ${response.contentType}` : ''}`],
    ['Program', userAgent],
  ];
  return el('dl', { class: 'facts wide-facts' }, rows.filter(([, value]) => value)
    .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

function problems(exchange, responseText) {
  if (exchange.state === 'answered' && exchange.status < 400) return [];
  let { detail } = exchange;
  // The body has the values that were sent, too.
  if (responseText) try { detail = JSON.parse(responseText).detail ?? detail; } catch { /* not JSON */ }
  const sentences = explain({ ...exchange, detail });
  return sentences.length ? [el('div', { class: 'problems' }, el('ul', {}, sentences.map((sentence) => el('li', {}, sentence))))] : [];
}

function bodies(exchange, requestText, responseText) {
  const panels = [
    ['Response', responseText === null ? absence(exchange, exchange.response) : jsonTree(responseText, 'Response')],
    ['Request', requestText === null ? absence(exchange, exchange.request) : jsonTree(requestText, 'Request')],
  ];
  const result = exchange.status === 200 ? readReport(requestText, responseText) : null;
  if (result) panels.unshift(['Result', result]);
  return tabs('Bodies', panels);
}

function absence({ operation }, { kept, size, contentEncoding }) {
  const reason = size === 0 ? 'The body is empty.'
    : operation === 'login' ? 'The bodies of a login are never kept: they hold a password and a token.'
      : kept === 'removed' ? 'The body was removed in favour of later ones.'
        : contentEncoding ? `The body is compressed (${contentEncoding}).`
          : 'The body is not kept.';
  return el('p', { class: 'empty' }, reason);
}

function readReport(requestText, responseText) {
  try {
    return report(JSON.parse(responseText), photosOf(requestText), shown);
  } catch {
    return null;
  }
}

/** Returns the images of a request, in their order. */
function photosOf(text) {
  try {
    const payload = [JSON.parse(text).payload ?? []].flat();
    return payload.map(({ contentAttachment }) => base64Blob(contentAttachment.data));
  } catch {
    return [];
  }
}
