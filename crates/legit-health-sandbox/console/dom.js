// Elements and small helpers. Text only ever becomes text: nothing here reads markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Returns the element with this id. */
export const byId = (id) => document.getElementById(id);

/** Makes an element. A property that is a function becomes a listener; `true` an empty attribute. */
export function el(tag, properties, ...children) {
  return filled(document.createElement(tag), properties, children);
}

export function svg(tag, properties, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Fills a select; a choice is a value, or `[value, text]`. Keeps what was chosen, if it is still there. */
export function fillSelect(select, choices) {
  const chosen = select.value;
  const options = choices.map((choice) => {
    const [value, text] = Array.isArray(choice) ? choice : [choice, choice];
    return el('option', { value }, text);
  });
  select.replaceChildren(...options);
  if (options.some((option) => option.value === chosen)) select.value = chosen;
}

let ids = 0;

/** Returns a label and its field. */
export function labelled(text, field, hint) {
  field.id ||= `field-${++ids}`;
  const parts = [el('label', { for: field.id }, text), field];
  if (hint) {
    field.setAttribute('aria-describedby', `${field.id}-hint`);
    parts.push(el('small', { id: `${field.id}-hint` }, hint));
  }
  return el('div', { class: 'field' }, parts);
}

/** Returns tabs, of which one panel shows: `[[title, element], …]`. */
export function tabs(name, panels) {
  const prefix = `tabs-${++ids}`;
  const buttons = panels.map(([title], index) =>
    el('button', {
      type: 'button',
      role: 'tab',
      id: `${prefix}-tab-${index}`,
      'aria-controls': `${prefix}-panel-${index}`,
      click: () => select(index),
      keydown: (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = (index + step + panels.length) % panels.length;
        select(next);
        buttons[next].focus();
      },
    }, title));
  const bodies = panels.map(([, element], index) =>
    el('div', { role: 'tabpanel', id: `${prefix}-panel-${index}`, 'aria-labelledby': `${prefix}-tab-${index}`, tabindex: '0' }, element));
  function select(chosen) {
    buttons.forEach((button, index) => {
      button.setAttribute('aria-selected', index === chosen);
      button.tabIndex = index === chosen ? 0 : -1;
      bodies[index].hidden = index !== chosen;
    });
  }
  select(0);
  return el('div', { class: 'tabs' }, el('div', { role: 'tablist', 'aria-label': name }, buttons), bodies);
}

/** Returns a button that copies a text, which it need not show. */
export function copyButton(title, text) {
  const button = el('button', {
    type: 'button',
    class: 'quiet',
    click: async () => {
      try {
        await navigator.clipboard.writeText(await text());
        button.textContent = 'Copied';
      } catch {
        button.textContent = 'The browser does not allow copying here';
      }
      setTimeout(() => { button.textContent = title; }, 2000);
    },
  }, title);
  return button;
}

/** Says something to all: it is read aloud, and shown for a while. */
export function announce(text, isProblem = false) {
  const place = byId('announcement');
  place.className = isProblem ? 'problem' : '';
  place.textContent = text;
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => { place.textContent = ''; }, 8000);
}

/** Runs an action of a control and says how it went. */
export async function attempt(action, done) {
  try {
    const result = await action();
    if (done) announce(done);
    return result;
  } catch (error) {
    announce(error.message, true);
    return undefined;
  }
}

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

export function duration(milliseconds) {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

export function percent(value) {
  return `${Number(value).toFixed(1)} %`;
}

export function base64Blob(text) {
  const binary = atob(text);
  return new Blob([Uint8Array.from(binary, (letter) => letter.charCodeAt(0))]);
}

/** Addresses of blobs, which stay in memory until they are released. */
export class BlobUrls {
  #urls = [];

  of(blob) {
    this.#urls.push(URL.createObjectURL(blob));
    return this.#urls.at(-1);
  }

  release() {
    this.#urls.splice(0).forEach((url) => URL.revokeObjectURL(url));
  }
}
