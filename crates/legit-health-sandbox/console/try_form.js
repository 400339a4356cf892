// The form that makes a request, sends it and shows what came back.

import { attempt, BlobUrls, byId, duration, el, fillSelect, labelled, tabs } from './dom.js';
import { jsonTree } from './json_tree.js';
import { report } from './report.js';
import { forgetToken, sampleBlob, send } from './server.js';
import { ImageSlot, setup, snippets } from './snippets.js';
import { explain, outcomeClass } from './words.js';

/** Operations by name: method, path, and which parts of the form they use. */
const OPERATIONS = {
  diagnosis_support: { method: 'POST', path: '/diagnosis-support', parts: ['image', 'scenario', 'account'] },
  severity_manual: { method: 'POST', path: '/severity-assessment/manual', parts: ['severity', 'answer', 'account'], mode: 'manual' },
  severity_local: {
    method: 'POST', path: '/severity-assessment/automatic/local', mode: 'local',
    parts: ['image', 'scenario', 'severity', 'answer', 'account'],
  },
  severity_global: {
    method: 'POST', path: '/severity-assessment/automatic/global', mode: 'global',
    parts: ['image', 'scenario', 'severity', 'account'],
  },
  device_information: { method: 'GET', path: '/device-information', parts: ['account'] },
  body_sites: { method: 'GET', path: '/body-sites', parts: [] },
  questionnaires: { method: 'GET', path: '/questionnaires', parts: ['query'] },
  clinical_signs: { method: 'GET', path: '/clinical-signs', parts: [] },
};
const PARTS = ['image-fields', 'scenario-fields', 'severity-fields', 'answer-fields', 'query-fields', 'account-field'];

/** The code system of a condition, as the contract wants it named. */
const ICD11 = { system: 'https://icd.who.int/browse/2025-01/mms/en', systemDisplay: 'ICD-11', version: '2025-01' };

/** Images to send: `{ name, blob, view, url }`. */
let images = [];
/** The OpenAPI document of the device. */
let contract;
let scenarios = [];
let samples = [];
let running;
const shown = new BlobUrls();

/** Starts the form. `sent` is called after every response. */
export function startTryForm({ document, names, offered, sent }) {
  contract = document;
  scenarios = names.map((name) => name.split('/'));
  samples = offered;
  fillSelect(byId('sample'), samples.map(({ file, title }) => [file, `${file}: ${title}`]));
  fillSelect(byId('scenario'), [['', 'as the image or the account says'], ...new Set(scenarios.map(([name]) => name))]);
  fillSelect(byId('site'), schema('BodySite').enum);
  byId('site').value = 'armLeft';
  byId('operation').addEventListener('change', showParts);
  byId('scenario').addEventListener('change', showSeverities);
  byId('scale').addEventListener('change', showScale);
  byId('file').addEventListener('change', ({ target }) => { addFiles(target.files); target.value = ''; });
  byId('add-sample').addEventListener('click', () => attempt(() => addSamples([byId('sample').value])));
  byId('add-views').addEventListener('click', () => attempt(() => addSamples(views())));
  // A select says `input` before `change`, by which the rest of the form follows.
  byId('try-form').addEventListener('input', ({ target }) => target.matches('select') || showCode());
  byId('try-form').addEventListener('change', showCode);
  byId('try-form').addEventListener('submit', (event) => { event.preventDefault(); submit(sent); });
  byId('stop').addEventListener('click', () => running?.abort());
  acceptDrops();
  showSeverities();
  showParts();
}

/** Shows the accounts that a request can be sent as. */
export function showTryAccounts(accounts) {
  fillSelect(byId('account'), accounts.map(({ username }) => username));
}

const schema = (name) => contract.components.schemas[name];
const operation = () => byId('operation').value;
const views = () => samples.filter(({ view }) => view).map(({ file }) => file);

/** Follows references and merges what stands beside them. */
function resolved({ $ref, allOf, ...rest }) {
  const base = $ref ? [{ $ref }] : allOf ?? [];
  return Object.assign({}, ...base.map(({ $ref: reference, ...own }) =>
    (reference ? resolved(schema(reference.split('/').at(-1))) : own)), rest);
}

function showParts() {
  const { parts, mode } = OPERATIONS[operation()];
  for (const id of PARTS) byId(id).hidden = !parts.includes(id.split('-')[0]);
  const isGlobal = mode === 'global';
  byId('add-views').hidden = !isGlobal;
  byId('site-field').hidden = isGlobal;
  byId('image-legend').textContent = isGlobal ? 'Images of views' : mode === 'local' ? 'Image' : 'Images, one to three';
  if (mode) {
    const scales = Object.values(contract.components.schemas).filter((it) => it['x-scale']?.modes.includes(mode));
    fillSelect(byId('scale'), scales.map((it) => [it['x-scale'].code, `${it['x-scale'].code}: ${it.title}`]));
    showScale();
  }
  showImages();
}

function showSeverities() {
  const names = scenarios.filter(([name]) => name === byId('scenario').value).map(([, severity]) => severity);
  // An edge case has no usual one.
  fillSelect(byId('severity'), byId('scenario').value === 'edge-case' ? names : [['', 'usual'], ...names]);
  byId('severity').disabled = names.length === 0;
}

const scaleSchema = () => Object.values(contract.components.schemas).find((it) => it['x-scale']?.code === byId('scale').value);

/** Builds the form of a scale from its JSON Schema. */
function showScale() {
  const scale = scaleSchema();
  const [known] = scale['x-scale'].conditions;
  byId('condition').value = known?.text ?? 'psoriasis';
  byId('icd11').value = known?.code ?? '';
  const items = Object.entries(scale.properties?.questionnaireResponse.properties.item.properties ?? {});
  const isAsked = items.length > 0 && OPERATIONS[operation()].mode !== 'global';
  byId('answer-fields').hidden = OPERATIONS[operation()].mode === 'global';
  byId('answers').replaceChildren(...(isAsked
    ? items.map(([name, property]) => answerField(name, resolved(property)))
    : [el('p', {}, 'This scale takes no answers; they come from the image.')]));
}

/** The field of one item; empty, it is not sent. */
function answerField(name, { title, type, minimum = 0, maximum }) {
  const isShort = type === 'integer' && maximum <= 10;
  const numbers = isShort ? Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index) : [];
  const meaning = maximum === 1 ? { 0: '0 (no)', 1: '1 (yes)' } : {};
  const field = isShort
    ? el('select', { 'data-item': name }, el('option', { value: '' }, 'not sent'),
      numbers.map((number) => el('option', { value: number }, meaning[number] ?? String(number))))
    : el('input', { 'data-item': name, type: 'number', min: minimum, max: maximum, step: type === 'integer' ? 1 : 'any' });
  field.value = String(minimum + Math.min(1, (maximum ?? 1) - minimum));
  const bounds = isShort ? '' : maximum === undefined ? `${minimum} or more` : `${minimum} to ${maximum}`;
  return labelled(title, field, bounds);
}

function answers() {
  const properties = scaleSchema().properties?.questionnaireResponse.properties.item.properties ?? {};
  return [...byId('answers').querySelectorAll('[data-item]')].map((field) => ({
    name: field.dataset.item,
    schema: resolved(properties[field.dataset.item]),
    value: field.value === '' ? null : Number(field.value),
  }));
}

function addFiles(files) {
  images.push(...[...files].map((blob) => ({ name: blob.name, blob, view: viewOf(blob.name) })));
  showImages();
  showCode();
}

async function addSamples(files) {
  const added = await Promise.all(files.map(async (name) => ({ name, blob: await sampleBlob(name), view: viewOf(name) })));
  images.push(...added);
  showImages();
  showCode();
}

/** A file that is named like a view is of that view. */
function viewOf(fileName) {
  const name = fileName.replace(/\.[^.]*$/, '');
  return schema('GlobalView')['x-extensible-enum'].find((view) => view === name) ?? 'faceFront';
}

function acceptDrops() {
  const drop = byId('drop');
  const mark = (event, isOver) => {
    event.preventDefault();
    drop.classList.toggle('over', isOver);
  };
  drop.addEventListener('dragover', (event) => mark(event, true));
  drop.addEventListener('dragleave', (event) => mark(event, false));
  drop.addEventListener('drop', (event) => {
    mark(event, false);
    addFiles(event.dataTransfer.files);
  });
}

function showImages() {
  const isGlobal = operation() === 'severity_global';
  const items = images.map((image) => {
    image.url ??= URL.createObjectURL(image.blob);
    const view = el('select', { 'aria-label': `View of ${image.name}`, change: () => { image.view = view.value; } });
    fillSelect(view, schema('GlobalView')['x-extensible-enum']);
    view.value = image.view;
    const remove = el('button', {
      type: 'button', class: 'quiet', 'aria-label': `Remove ${image.name}`, click: () => removeImage(image),
    }, 'Remove');
    return el('li', {}, el('img', { src: image.url, alt: '' }), el('span', { class: 'name' }, image.name), isGlobal ? view : null, remove);
  });
  byId('images').replaceChildren(...items);
}

function removeImage(image) {
  URL.revokeObjectURL(image.url);
  images = images.filter((other) => other !== image);
  showImages();
  showCode();
  byId('file').focus();
}

const attachment = ({ name, blob }) => ({ contentAttachment: { data: new ImageSlot(name, blob) } });

/** Returns the request of the form. Its images stand in the body as slots. */
function request() {
  const name = operation();
  const { method, path, parts, mode } = OPERATIONS[name];
  const query = parts.includes('query') ? `?${new URLSearchParams({ pathology: byId('pathology').value })}` : '';
  const headers = {};
  if (method === 'POST') headers['content-type'] = 'application/json';
  if (parts.includes('scenario') && byId('scenario').value) {
    headers['x-sandbox-scenario'] = [byId('scenario').value, byId('severity').value].filter(Boolean).join('/');
  }
  const result = { operation: name, method, path: path + query, headers, needsToken: parts.includes('account'), photos: [], answers: [] };
  if (name === 'diagnosis_support') result.body = { payload: images.map(attachment) };
  if (mode) Object.assign(result, severityBody(mode));
  if (parts.includes('image')) result.photos = (mode === 'local' ? images.slice(0, 1) : images).map(({ blob }) => blob);
  return result;
}

function severityBody(mode) {
  const code = byId('icd11').value.trim();
  const conclusion = { text: byId('condition').value, ...(code ? { coding: [{ code, display: byId('condition').value, ...ICD11 }] } : {}) };
  const scale = byId('scale').value;
  if (mode === 'global') {
    const item = Object.fromEntries(images.map((image) => [image.view, { payload: attachment(image) }]));
    return { body: { knownCondition: { conclusion }, scoringSystem: { [scale]: { item } } }, answers: [] };
  }
  const given = answers();
  const item = Object.fromEntries(given.filter(({ value }) => value !== null).map(({ name, value }) => [name, value]));
  const body = {
    ...(mode === 'local' && images.length ? { payload: attachment(images[0]) } : {}),
    bodySite: byId('site').value,
    knownCondition: { conclusion },
    scoringSystem: { [scale]: given.length ? { questionnaireResponse: { item } } : {} },
  };
  return { body, answers: given };
}

async function base64(blob) {
  const data = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  for (let at = 0; at < data.length; at += 0x8000) binary += String.fromCharCode(...data.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** Returns the body as text, with its images. */
async function bodyText({ body }) {
  if (!body) return null;
  const data = new Map(await Promise.all(images.map(async ({ blob }) => [blob, await base64(blob)])));
  return JSON.stringify(body, (_, value) => (value instanceof ImageSlot ? data.get(value.blob) : value));
}

/** Says which images of the form are not sent. */
function noteOnImages() {
  const { mode } = OPERATIONS[operation()];
  const isRepeated = new Set(images.map(({ view }) => view)).size < images.length;
  if (mode === 'local' && images.length > 1) return 'This request takes one image: only the first is sent.';
  return mode === 'global' && isRepeated ? 'Of several images of one view only the last is sent.' : '';
}

let chosenLanguage = 0;

function showCode() {
  byId('image-note').textContent = noteOnImages();
  const panels = snippets(request()).map(([language, text]) => [language, codeBlock(language, text)]);
  const element = tabs('Language', panels);
  const buttons = [...element.querySelectorAll('[role=tab]')];
  buttons.forEach((button, index) => button.addEventListener('click', () => { chosenLanguage = index; }));
  buttons[chosenLanguage].click();
  byId('code').replaceChildren(el('p', {}, 'Set once; the password was printed at the start, or is copied under Controls:'),
    codeBlock('the shell', setup(byId('account').value)), element);
}

function codeBlock(language, text) {
  const copy = el('button', { type: 'button', class: 'quiet', click: () => attempt(() => navigator.clipboard.writeText(text), `${language} is copied.`) }, 'Copy');
  return el('div', { class: 'code' }, el('pre', { tabindex: '0', role: 'region', 'aria-label': `Code in ${language}` }, el('code', {}, text)), copy);
}

async function submit(sent) {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const described = request();
  const account = byId('account').value;
  byId('stop').hidden = false;
  say('Waiting for the response …', 'running');
  byId('outcome-body').replaceChildren();
  try {
    described.text = await bodyText(described);
    showResponse(described, await send(described, account, signal), account, sent);
  } catch (error) {
    if (signal !== running.signal) return;
    // A browser reports a lost connection as a TypeError.
    const lost = error instanceof TypeError ? 'No whole response came: the connection was lost.' : error.message;
    say(signal.aborted ? 'You stopped waiting.' : lost, 'bad');
  } finally {
    if (signal === running.signal) byId('stop').hidden = true;
    sent();
  }
}

function say(text, kind) {
  byId('outcome-line').className = kind;
  byId('outcome-line').replaceChildren(...[text].flat());
}

function showResponse(described, response, account, sent) {
  const { status, id, text, milliseconds } = response;
  const link = id ? [' · ', el('a', { href: `#requests/${id}` }, `x-request-id ${id}`)] : [];
  const word = response.isRedirect ? 'Redirect' : `${status}`;
  say([el('strong', {}, word), ` in ${duration(milliseconds)}`, ...link], outcomeClass({ status }));
  byId('outcome-line').scrollIntoView({ block: 'nearest' });
  shown.release();
  let document = null;
  try {
    document = JSON.parse(text);
  } catch {
    // The tree shows it as text.
  }
  const isGood = status === 200;
  const sentences = isGood ? [] : explain({ ...response, detail: document?.detail, path: described.path && `/v2.0${described.path}` });
  const result = isGood ? report(document, described.photos, shown) : null;
  const renew = status === 401
    ? el('button', { type: 'button', click: () => { forgetToken(account); submit(sent); } }, 'Log in again and send') : null;
  const problem = sentences.length ? el('div', { class: 'problems' }, el('ul', {}, sentences.map((sentence) => el('li', {}, sentence))), renew) : null;
  const panels = [
    ['Response', jsonTree(text, 'Response')],
    ['Request', el('div', {}, el('p', {}, el('code', {}, `${described.method} /v2.0${described.path}`)), headerList(described), jsonTree(described.text, 'Request'))],
  ];
  if (result) panels.unshift(['Result', result]);
  byId('outcome-body').replaceChildren(...[problem, tabs('Response', panels)].filter(Boolean));
}

function headerList({ headers, needsToken }) {
  const all = { ...(needsToken ? { authorization: 'Bearer (the token is not shown)' } : {}), ...headers };
  return el('dl', { class: 'facts' }, Object.entries(all).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}
