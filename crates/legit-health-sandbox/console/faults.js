// Faults: switched on with a form, listed, and switched off one by one.

import { attempt, byId, el, fillSelect, labelled } from './dom.js';
import { control } from './server.js';

const STATUS_BODIES = ['detail', 'other_json', 'html', 'plain_text', 'empty'];
const seconds = { retryAfter: ['Retry-After in seconds, or empty', ''] };

/** Faults by kind: name, what happens, and the fields with their examples. A list is a choice. */
const KINDS = {
  latency: ['Latency', 'The request waits; the clock of the sandbox ends it, too.', { seconds: ['Seconds', 2] }],
  status: ['Status', 'The whole request is read, and answered with a status.', { status: ['Status', 503], body: ['Body', STATUS_BODIES], ...seconds }],
  early_status: ['Early status', 'The answer comes before the body is read, as from a gateway.', { status: ['Status', 413] }],
  redirect: ['Redirect', 'The request is redirected.', { status: ['Status', 307], location: ['Location', '/elsewhere'] }],
  stall: ['Stall', 'The whole request is read, and there is no answer.', {}],
  stall_upload: ['Stalled upload', 'The body is read up to a point, and there is no answer.', { after: ['After bytes', 1000] }],
  stall_answer: ['Stalled response', 'The response stops and does not end.', { after: ['After bytes', 100] }],
  cut_upload: ['Lost while sending', 'The connection is lost while the body is read.', { after: ['After bytes', 1000] }],
  no_answer: ['Lost before the response', 'The whole request is read, and the connection is lost.', {}],
  cut_answer: ['Lost while receiving', 'The connection is lost while the response is sent.', { after: ['After bytes', 100] }],
  truncate: ['Truncated response', 'The response ends early, and its length agrees.', { keep: ['Bytes', 100] }],
  wrong_length: ['Wrong length', 'Content-Length is not that of the body.', { by: ['Too large by', 7] }],
  bomb: ['Large response', 'A valid document that is large when unpacked.', { coding: ['Coding', ['gzip', 'zstd', 'identity']], unpacked: ['Bytes', 50_000_000] }],
  nesting: ['Nested response', 'A valid document of nested lists.', { depth: ['Depth', 1000] }],
  edit: ['Changed response', 'One place in the document is changed.', {
    at: ['JSON pointer', '/conclusion'], change: ['Change', ['remove', 'reverse', 'replace', 'append', 'duplicate']], value: ['New value, as JSON', '140'],
  }],
};

let stamp;

export function startFaults(operations) {
  fillSelect(byId('fault-kind'), Object.entries(KINDS).map(([kind, [name]]) => [kind, name]));
  fillSelect(byId('fault-operation'), [['', 'all operations'], ...operations]);
  byId('fault-kind').addEventListener('change', showFields);
  byId('fault-times').addEventListener('change', showNumber);
  byId('fault-form').addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(async () => {
      const account = byId('fault-account').value;
      const path = account ? `accounts/${encodeURIComponent(account)}/faults` : 'faults';
      await control('POST', path, injection());
      await refreshFaults();
    }, 'The fault is switched on.');
  });
  byId('clear-faults').addEventListener('click', () =>
    attempt(async () => { await control('DELETE', 'faults'); await refreshFaults(); }, 'All faults are switched off.'));
  showFields();
  showNumber();
}

export function showFaultAccounts(accounts) {
  fillSelect(byId('fault-account'), [['', 'all accounts'], ...accounts.map(({ username }) => username)]);
}

export async function refreshFaults() {
  const { faults } = await control('GET', 'faults');
  if (stamp === JSON.stringify(faults)) return;
  stamp = JSON.stringify(faults);
  byId('planned').replaceChildren(...(faults.length ? faults.map(item) : [el('li', {}, 'None.')]));
  byId('clear-faults').disabled = faults.length === 0;
}

function showFields() {
  const [, words, fields] = KINDS[byId('fault-kind').value];
  byId('fault-words').textContent = words;
  byId('fault-values').replaceChildren(...Object.entries(fields).map(([name, [title, example]]) => {
    const isChoice = Array.isArray(example);
    const field = isChoice ? el('select', { 'data-name': name }) : el('input', {
      'data-name': name, type: typeof example === 'number' || example === '' ? 'number' : 'text',
      step: 'any', value: example, required: example !== '', autocomplete: 'off',
    });
    if (isChoice) fillSelect(field, example);
    return labelled(title, field);
  }));
}

function showNumber() {
  const times = byId('fault-times').value;
  byId('fault-number-field').hidden = times === 'always';
  byId('fault-number').value = times === 'share' ? '0.5' : '1';
  byId('fault-number').max = times === 'share' ? '1' : '';
}

/** Returns what the form says, as the control takes it. */
function injection() {
  const kind = byId('fault-kind').value;
  const fault = { kind };
  for (const field of byId('fault-values').querySelectorAll('[data-name]')) {
    if (field.value !== '') fault[field.dataset.name] = field.type === 'number' ? Number(field.value) : field.value;
  }
  if (fault.retryAfter !== undefined) fault.retryAfter = { seconds: fault.retryAfter };
  if (kind === 'edit') {
    const { change, value, ...rest } = fault;
    Object.assign(fault, rest, { change: ['remove', 'reverse'].includes(change) ? change : { [change]: value ?? 'null' } });
    delete fault.value;
  }
  const number = Number(byId('fault-number').value);
  const times = { next: { next: number }, always: 'always', share: { share: number } }[byId('fault-times').value];
  return { fault, times, ...(byId('fault-operation').value ? { operation: byId('fault-operation').value } : {}) };
}

function item({ id, account, operation, times, fault: { kind, ...values } }) {
  const name = KINDS[kind]?.[0] ?? kind;
  const said = Object.entries(values).map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  const often = times === 'always' ? 'always' : times.share !== undefined ? `${times.share * 100} % of them` : `the next ${times.next}`;
  const words = [said.join(', '), operation ?? 'all operations', account ?? 'all accounts', often].filter(Boolean).join(' · ');
  const off = el('button', {
    type: 'button', class: 'quiet', 'aria-label': `Switch off ${name}, ${words}`,
    click: () => attempt(async () => { await control('DELETE', `faults/${id}`); await refreshFaults(); }, `${name} is switched off.`),
  }, 'Switch off');
  return el('li', {}, el('strong', {}, name), ` ${words} `, off);
}
