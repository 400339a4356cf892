// The accounts and the clock.

import { announce, attempt, byId, copyButton, el, fillSelect, labelled } from './dom.js';
import { accountPath, control } from './server.js';

let scenarios = [];
let changed = () => {};
/** The accounts as they were shown last. */
let stamp;

/** Starts both cards. `showAccounts` is called with the accounts, `showTime` with the time. */
export function startAccounts(names, showAccounts, showTime) {
  scenarios = names;
  changed = showAccounts;
  byId('new-account').addEventListener('click', () => attempt(create));
  byId('clock-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const seconds = Number(byId('advance').value) * Number(byId('advance-unit').value);
    attempt(async () => showTime((await control('POST', 'clock/advance', { seconds })).now), 'The clock is moved.');
  });
  byId('clock-reset').addEventListener('click', () =>
    attempt(async () => showTime((await control('POST', 'clock/reset')).now), 'The clock is back.'));
}

export async function refreshAccounts() {
  const { accounts } = await control('GET', 'accounts');
  // The account of the start has the shortest name: sandbox@example.org, before sandbox-2@example.org.
  accounts.sort((one, other) => one.username.length - other.username.length);
  if (stamp === JSON.stringify(accounts)) return;
  stamp = JSON.stringify(accounts);
  const focused = document.activeElement?.id;
  byId('accounts').replaceChildren(...accounts.map(card));
  if (focused) byId(focused)?.focus();
  changed(accounts);
}

async function create() {
  const { username, password } = await control('POST', 'accounts');
  byId('new-password').replaceChildren(`${username} `, copyButton('Copy its password', () => password));
  announce(`${username} is made.`);
  await refreshAccounts();
}

function card({ username, scenario, tokenLifeMinutes, isLocked }) {
  const path = accountPath(username);
  const named = (title) => `${title} of ${username}`;
  const id = (part) => `${part}-${username}`;
  const act = (action, done) => attempt(async () => { await action(); await refreshAccounts(); }, done);
  const scenarioField = el('select', {
    id: id('scenario'), 'aria-label': named('Default scenario'),
    change: ({ target }) => act(() => control('PUT', `${path}/scenario`, { scenario: target.value || null }), `The scenario of ${username} is set.`),
  });
  fillSelect(scenarioField, [['', 'none'], ...scenarios]);
  scenarioField.value = scenario ?? '';
  const life = el('input', {
    id: id('life'), type: 'number', min: 0, value: tokenLifeMinutes, required: true, 'aria-label': named('Token life in minutes'),
    change: ({ target }) => target.reportValidity() &&
      act(() => control('PUT', `${path}/token-life`, { minutes: Number(target.value) }), 'The next tokens have this life.'),
  });
  const button = (title, action, done) =>
    el('button', { type: 'button', id: id(title), 'aria-label': named(title), click: () => act(action, done) }, title);
  const newPassword = copyButton('New password', async () => (await control('POST', `${path}/password`)).password);
  newPassword.className = '';
  newPassword.setAttribute('title', 'Gives the account a new password and copies it; the one so far is then refused.');
  return el('section', { class: 'account', 'aria-label': username },
    el('h4', {}, username, isLocked ? el('span', { class: 'bad' }, ' locked') : null),
    el('div', { class: 'row' },
      labelled('Default scenario', scenarioField), labelled('Token life, minutes', life),
      button('Revoke tokens', () => control('DELETE', `${path}/tokens`), `The tokens of ${username} are revoked.`),
      newPassword,
      isLocked ? button('Unlock', () => control('DELETE', `${path}/lock`), `${username} is unlocked.`) : null));
}
