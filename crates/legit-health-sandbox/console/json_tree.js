// A JSON document as a tree that opens and closes.

import { bytes, copyButton, el } from './dom.js';

/** Texts are cut beyond this number of characters. */
const MOST_CHARS = 160;
/** Members that are listed at once. */
const MOST_MEMBERS = 100;

/** Returns a text as a tree if it is JSON, else as it is. */
export function jsonTree(text, name) {
  if (!text) return el('p', { class: 'empty' }, 'The body is empty.');
  const copy = el('p', { class: 'actions' }, copyButton('Copy as text', () => text));
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    const shown = text.length > 20_000 ? `${text.slice(0, 20_000)}…` : text;
    return el('div', {}, el('p', {}, 'This is not JSON:'),
      el('pre', { tabindex: '0', role: 'region', 'aria-label': name }, shown), copy);
  }
  return el('div', { class: 'json' }, el('ul', { class: 'tree', 'aria-label': name }, node(null, value, isSmall(value) ? 9 : 1)), copy);
}

/** Whether a document is short enough to be shown open. It may be nested deeply. */
function isSmall(document) {
  const left = [document];
  for (let count = 0; left.length; count += 1) {
    if (count + left.length > 60) return false;
    const value = left.pop();
    if (value !== null && typeof value === 'object') left.push(...Object.values(value).slice(0, 61));
  }
  return true;
}

function node(key, value, openLevels) {
  const title = key === null ? [] : [el('span', { class: 'key' }, key), ': '];
  if (value === null || typeof value !== 'object') return el('li', {}, title, leaf(key, value));
  const entries = Array.isArray(value) ? value.map((item, index) => [String(index), item]) : Object.entries(value);
  const size = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0) return el('li', {}, title, size);
  const list = el('ul', {});
  const details = el('details', { toggle: fill }, el('summary', {}, title, el('span', { class: 'size' }, size)), list);
  // Built when it is opened: a report may have thousands of members.
  function fill() {
    if (!details.open || list.children.length) return;
    more(0);
  }
  function more(from) {
    list.append(...entries.slice(from, from + MOST_MEMBERS).map(([name, item]) => node(name, item, openLevels - 1)));
    const left = entries.length - from - MOST_MEMBERS;
    if (left > 0) {
      const button = el('button', {
        type: 'button', class: 'quiet', click: () => { button.parentElement.remove(); more(from + MOST_MEMBERS); },
      }, `${left} more`);
      list.append(el('li', {}, button));
    }
  }
  if (key === null || (openLevels > 0 && entries.length <= 30)) {
    details.open = true;
    fill();
  }
  return el('li', {}, details);
}

function leaf(key, value) {
  if (typeof value !== 'string') return el('span', { class: value === null ? 'null' : typeof value }, String(value));
  if (value.length <= MOST_CHARS) return el('span', { class: 'string' }, JSON.stringify(value));
  const isImage = key === 'data' && /^[A-Za-z0-9+/=\s]+$/.test(value.slice(0, 1000));
  const what = isImage ? `an image of ${bytes(Math.floor(value.length * 0.75))}` : `${value.length} characters`;
  return el('span', { class: 'string' }, JSON.stringify(value.slice(0, 24)), '… ', el('span', { class: 'size' }, `(${what})`));
}
