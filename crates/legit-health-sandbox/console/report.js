// A report as a person reads it: the ranking as bars, scores, and what lies over a photo.

import { base64Blob, el, labelled, percent, svg } from './dom.js';

/** Conditions that are listed at once. */
const MOST_RANKED = 8;

/**
 * Returns the result of a document, or null if it holds none. `photos` are the images of the request, by index or view;
 * `urls` keeps what is shown in memory until it is released.
 */
export function report(document, photos, urls) {
  if (!document || typeof document !== 'object') return null;
  const parts = [];
  if (Array.isArray(document.conclusion)) parts.push(ranking('Ranking', document.conclusion));
  if (document.clinicalIndicator) parts.push(indicators(document.clinicalIndicator));
  (document.imagingAnalysis ?? []).forEach((analysis, index) => {
    parts.push(imageAnalysis(analysis, index, photos[index], urls));
  });
  for (const [code, scale] of Object.entries(document.patientEvolution ?? {})) {
    if (scale) parts.push(severity(code, scale, photos, urls));
  }
  if (document.mediaValidity) parts.push(validity(document.mediaValidity));
  if (parts.length === 0) return null;
  return el('div', { class: 'report' }, origin(document.sandbox), parts);
}

/** Says where the result comes from. */
function origin(sandbox) {
  const scenarios = (sandbox?.scenarios ?? []).map(({ scenario, source }, index) =>
    `image ${index + 1}: ${scenario ? `${scenario}, from the ${source}` : 'no scenario'}`);
  return el('p', { class: 'origin' }, el('strong', {}, 'Made up by the sandbox'),
    scenarios.length ? ` (${[...new Set(scenarios)].slice(0, 3).join('; ')}${scenarios.length > 3 ? '; …' : ''}).` : '.');
}

function ranking(title, conclusions) {
  const rows = conclusions.map(({ probability, code }, index) =>
    el('tr', { hidden: index >= MOST_RANKED }, el('th', { scope: 'row' }, code?.text ?? '(no name)'),
      el('td', { class: 'code' }, code?.coding?.[0]?.code ?? ''), barCell(probability)));
  const table = el('table', { class: 'bars' }, el('caption', {}, title),
    el('thead', {}, el('tr', {}, ['Condition', 'ICD-11', 'Probability'].map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, rows));
  const hidden = rows.length - MOST_RANKED;
  if (hidden <= 0) return table;
  const button = el('button', {
    type: 'button', class: 'quiet', click: () => { rows.forEach((row) => { row.hidden = false; }); button.remove(); },
  }, `${hidden} more conditions`);
  return el('div', {}, table, button);
}

function barCell(value) {
  const bar = el('span', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.width = `${Math.min(100, Math.max(0, Number(value) || 0))}%`;
  return el('td', { class: 'share' }, el('span', { class: 'track' }, bar), el('span', {}, percent(value)));
}

/** `highPriorityReferral` is “High priority referral”. */
function spaced(name) {
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function indicators(values) {
  const rows = Object.entries(values).filter(([, value]) => typeof value === 'number');
  return el('table', { class: 'bars' }, el('caption', {}, 'Clinical indicators'),
    el('thead', { class: 'unseen' }, el('tr', {}, ['Indicator', 'Value'].map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, rows.map(([name, value]) => el('tr', {}, el('th', { scope: 'row' }, spaced(name)), barCell(value)))));
}

function imageAnalysis(analysis, index, photo, urls) {
  const layers = (analysis.conclusion ?? [])
    .filter(({ explainability }) => explainability?.heatMap?.data)
    .map(({ code, explainability }) => ({ title: `Heat map of ${code?.text}`, image: explainability.heatMap }));
  return el('section', { class: 'image' }, el('h4', {}, `Image ${index + 1}`),
    layers.length || photo ? overlay(photo, layers, [], urls) : null,
    analysis.mediaValidity ? validity(analysis.mediaValidity) : null);
}

function validity({ isValid, quality, domain, modality }) {
  const facts = [
    ['Usable', isValid ? 'yes' : 'no'],
    ['Quality', quality && `${quality.interpretation} (${percent(quality.score)})`],
    ['Shows skin', domain && (domain.isDermatological ? 'yes' : 'no')],
    ['Modality', modality?.value],
  ];
  return el('dl', { class: 'facts' }, facts.filter(([, value]) => value)
    .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', { class: value === 'no' ? 'bad' : '' }, String(value)))));
}

function severity(code, { score, item, media }, photos, urls) {
  const { category, intensity } = score?.interpretation ?? {};
  const grade = [category, typeof intensity === 'string' ? intensity : null].filter(Boolean).join(', ');
  const layers = Object.values(media?.attachment ?? {}).filter((image) => image?.data)
    .map((image) => ({ title: image.title, image }));
  const views = Object.entries(item ?? {}).filter(([, view]) => view.score);
  return el('section', { class: 'scale' }, el('h4', {}, code.toUpperCase()),
    el('p', { class: 'score' }, el('strong', {}, String(score?.value)), grade ? ` ${grade}` : ''),
    views.length ? viewTable(views) : itemTable(item ?? {}),
    layers.length ? overlay(photos[0], layers, media.detection ?? [], urls) : null);
}

function itemTable(items) {
  const rows = Object.entries(items);
  if (rows.length === 0) return null;
  return el('table', { class: 'plain' }, el('caption', {}, 'Items'),
    el('thead', {}, el('tr', {}, ['Item', 'Value', 'Meaning'].map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, rows.map(([name, { code, value, interpretation }]) =>
      el('tr', {}, el('th', { scope: 'row' }, code?.text ?? name), el('td', {}, String(value)), el('td', {}, interpretation ?? '')))));
}

function viewTable(views) {
  return el('table', { class: 'plain' }, el('caption', {}, `${views.length} views`),
    el('thead', {}, el('tr', {}, ['View', 'Score', 'Usable'].map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, views.map(([name, { score, mediaValidity }]) =>
      el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, String(score.value)),
        el('td', {}, mediaValidity?.isValid ? 'yes' : 'no')))));
}

/** Lays heat maps, masks and boxes over a photo. */
function overlay(photo, layers, boxes, urls) {
  const base = photo && el('img', { class: 'photo', src: urls.of(photo), alt: 'The image of the request' });
  if (layers.length === 0) return el('figure', { class: 'overlay' }, el('div', { class: 'stack' }, base));
  const sources = layers.map(({ image }) => urls.of(base64Blob(image.data)));
  const top = el('img', { class: 'layer' });
  const choice = el('select', { change: show }, layers.map(({ title }, index) => el('option', { value: index }, title)));
  const shown = el('output', {});
  const strength = el('input', { type: 'range', min: 0, max: 100, value: 60, input: show });
  const { width, height } = layers[0].image;
  const marks = el('input', { type: 'checkbox', checked: true, change: show });
  const drawing = svg('svg', { class: 'boxes', viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    boxes.map(({ box }) => svg('rect', { x: box.x1, y: box.y1, width: box.x2 - box.x1, height: box.y2 - box.y1 })));
  function show() {
    const index = Number(choice.value);
    top.src = sources[index];
    top.alt = `${layers[index].title}, laid over the image`;
    top.style.opacity = strength.value / 100;
    shown.textContent = ` ${strength.value} %`;
    drawing.style.display = marks.checked ? '' : 'none';
  }
  show();
  const range = labelled('Opacity', strength);
  range.firstChild.append(shown);
  return el('figure', { class: 'overlay' },
    el('div', { class: 'stack' }, base ?? null, top, boxes.length ? drawing : null),
    el('figcaption', {}, labelled('Laid over it', choice), range,
      boxes.length ? el('label', { class: 'check' }, marks, ` ${boxes.length} boxes`) : null));
}
