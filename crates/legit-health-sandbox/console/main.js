// The console of the sandbox: starts its views, shows the one in the address, and keeps them up to date.

import { refreshAccounts, startAccounts } from './accounts.js';
import { announce, byId, copyButton } from './dom.js';
import { refreshFaults, showFaultAccounts, startFaults } from './faults.js';
import { openRequest, refreshRequests, startRequests } from './requests.js';
import { BASE_URL, contract, control } from './server.js';
import { showTryAccounts, startTryForm } from './try_form.js';

const VIEWS = { try: 'Try it', requests: 'Requests', controls: 'Controls' };
const OPERATIONS = [
  'login', 'device_information', 'diagnosis_support', 'severity_manual', 'severity_local', 'severity_global', 'body_sites',
  'questionnaires', 'clinical_signs',
];
/** Milliseconds between two looks at the sandbox. */
const PAUSE = 1000;

function showView({ isFirst } = {}) {
  const [name, id] = location.hash.slice(1).split('/');
  // The link that skips to the content names no view.
  if (name === 'main') return;
  const view = name in VIEWS ? name : 'try';
  for (const other of Object.keys(VIEWS)) byId(other).hidden = other !== view;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#${view}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${VIEWS[view]} – Legit.Health sandbox`;
  if (view === 'requests') openRequest(id ? decodeURIComponent(id) : undefined);
  if (isFirst) return;
  if (!id) byId(`${view}-title`).focus();
  refresh();
}

function showTime(now) {
  const text = now.replace('T', ' ').slice(0, 19);
  byId('clock').textContent = text;
  byId('clock').dateTime = `${now}Z`;
  byId('clock-now').textContent = text;
}

let isLost = false;

async function refresh() {
  try {
    showTime(await refreshRequests());
    if (!byId('controls').hidden) await Promise.all([refreshAccounts(), refreshFaults()]);
    if (isLost) announce('The sandbox answers again.');
    isLost = false;
  } catch (error) {
    if (!isLost) announce(error.message, true);
    isLost = true;
  }
}

async function follow() {
  if (!document.hidden) await refresh();
  setTimeout(follow, PAUSE);
}

async function start() {
  byId('base-url').textContent = BASE_URL;
  byId('copy-base-url').append(copyButton('Copy', () => BASE_URL));
  const [document, sandbox, { samples }] = await Promise.all([contract(), control('GET', ''), control('GET', 'samples')]);
  // A course stands in the place of a severity.
  const scenarios = [...sandbox.scenarios, ...Object.keys(sandbox.courses), ...Object.keys(sandbox.edgeCases)];
  startRequests();
  startTryForm({ document, names: scenarios, offered: samples, sent: refresh });
  startFaults(OPERATIONS);
  startAccounts(scenarios, (accounts) => { showTryAccounts(accounts); showFaultAccounts(accounts); }, showTime);
  await refreshAccounts();
  await refreshFaults();
  showView({ isFirst: true });
  window.addEventListener('hashchange', () => showView());
  await follow();
}

start().catch((error) => announce(error.message, true));
