// The views “Requests” and “Controls”: what other clients sent, accounts, the clock and faults.

import assert from 'node:assert/strict';
import { TryIt } from './try_it.mjs';

class View {
  constructor(tools) {
    Object.assign(this, tools);
    this.tryIt = new TryIt(tools);
  }

  async show(name) {
    await this.page.getByRole('navigation').getByRole('link', { name }).click();
    await this.page.getByRole('heading', { name, exact: true }).waitFor();
  }

  /** Waits until the page has said this. */
  async said(text) {
    await this.page.locator('#announcement', { hasText: text }).waitFor();
  }

  /** Sends a request as another client does. */
  async call(method, path, body, headers = {}) {
    const response = await fetch(`${this.address}${path}`, { method, body, headers: { 'user-agent': 'another client', ...headers } });
    return { status: response.status, id: response.headers.get('x-request-id'), text: await response.text() };
  }

  async login(username, password) {
    return this.call('POST', 'v2.0/login', new URLSearchParams({ username, password }));
  }
}

export class Requests extends View {
  async walk() {
    const { page, step, inspect } = this;
    await step('requests of other clients appear by themselves', () => this.others());
    await step('a request is found by its x-request-id', () => this.find());
    await step('text of clients stays text', () => this.hostile());
    await inspect(page, 'requests');
    await step('no secret is kept', () => this.secrets());
    await step('the list is forgotten', () => this.forget());
  }

  async others() {
    await this.show('Requests');
    this.unversioned = await this.call('POST', 'diagnosis-support', '{}');
    this.refused = await this.login(this.username, 'not the password');
    this.accepted = await this.login(this.username, this.password);
    const { access_token: token } = JSON.parse(this.accepted.text);
    this.token = token;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const data = 'data:image/jpeg;base64,AAAA';
    this.invalid = await this.call('POST', 'v2.0/diagnosis-support', JSON.stringify({ payload: [{ contentAttachment: { data } }] }), headers);
    for (const [{ id }, outcome] of [[this.unversioned, '404'], [this.refused, '401'], [this.accepted, '200'], [this.invalid, '422']]) {
      const row = this.page.locator('#request-rows tr', { has: this.page.locator(`a[href="#requests/${id}"]`) });
      await row.getByText(outcome, { exact: true }).waitFor();
    }
  }

  async detailOf({ id }) {
    const { page } = this;
    await page.getByLabel(/^Find by x-request-id/).fill(id);
    await page.getByRole('link', { name: `Show the request ${id}` }).click();
    await page.locator('#detail', { hasText: id }).waitFor();
    await page.locator('#detail [role=tablist]').waitFor();
    return page.locator('#detail').innerText();
  }

  async find() {
    const { page } = this;
    const detail = await this.detailOf(this.invalid);
    assert.match(detail, /payload › image 1 › contentAttachment › data: .*; sent was "data:image\/jpeg;base64,AAAA"\./);
    assert.match(detail, /An image is sent as base64 alone/);
    assert.match(detail, /another client/);
    assert.equal(await page.locator('#request-rows tr').count(), 1);
    assert.match(await this.detailOf(this.unversioned), /The paths of the API begin with \/v2\.0/);
    assert.match(await this.detailOf(this.refused), /Incorrect username or password\.\s+Look for the user name/);
    assert.match(await this.detailOf(this.accepted), /The bodies of a login are never kept/);
    await page.getByLabel(/^Find by x-request-id/).fill('no such request');
    await page.getByText(/^0 of \d+ requests; the sandbox keeps the last 200\.$/).waitFor();
    await page.goto(`${this.address}#requests/00000000-0000-4000-8000-000000000000`);
    await page.locator('#detail', { hasText: 'does not know this x-request-id' }).waitFor();
    await page.getByLabel(/^Find by x-request-id/).fill('');
  }

  async hostile() {
    const { page } = this;
    const markup = '<img src=x onerror=alert(1)>';
    const found = await this.call('GET', `v2.0/questionnaires?pathology=${encodeURIComponent(markup)}`, undefined, { 'user-agent': markup });
    assert.match(await this.detailOf(found), /<img src=x onerror=alert\(1\)>/);
    assert.equal(await page.locator('img[src=x]').count(), 0);
    await page.getByLabel(/^Find by x-request-id/).fill('');
  }

  async secrets() {
    const { requests } = JSON.parse((await this.call('GET', '_sandbox/requests')).text);
    assert.ok(requests.length > 20);
    const texts = [JSON.stringify(requests)];
    for (const { id } of requests) {
      for (const side of ['request', 'response']) texts.push((await this.call('GET', `_sandbox/requests/${id}/${side}`)).text);
    }
    for (const secret of [this.password, this.token, 'not the password', 'not+the+password']) {
      assert.ok(texts.every((text) => !text.includes(secret)), 'a secret is kept');
    }
  }

  async forget() {
    await this.page.getByRole('button', { name: 'Forget all' }).click();
    await this.page.getByText('No request has come in yet.').waitFor();
    assert.equal(await this.page.locator('#request-rows tr').count(), 0);
  }
}

export class Accounts extends View {
  async walk() {
    const { page, step, inspect } = this;
    await step('an account is made, and its password copied unseen', () => this.make());
    await step('a default scenario applies to its requests', () => this.scenario());
    await step('tokens expire by the clock, and are revoked', () => this.tokens());
    await step('a password is replaced', () => this.replacePassword());
    await inspect(page, 'controls');
  }

  async make() {
    const { page } = this;
    await this.show('Controls');
    await page.getByRole('button', { name: 'New account' }).click();
    await this.said('sandbox-2@example.org is made.');
    await page.getByRole('button', { name: 'Copy its password' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal((await this.login('sandbox-2@example.org', copied)).status, 200);
    const shown = await page.evaluate(() => document.documentElement.outerHTML);
    assert.ok(!shown.includes(copied), 'a password is shown');
  }

  async scenario() {
    const { page } = this;
    await page.getByLabel('Default scenario of sandbox-2@example.org').selectOption('melanoma/severe');
    await this.said('The scenario of sandbox-2@example.org is set.');
    await this.show('Try it');
    await page.locator('#operation').selectOption('diagnosis_support');
    await page.getByLabel('Account', { exact: true }).selectOption('sandbox-2@example.org');
    const plain = Buffer.from(await (await fetch(`${this.address}_sandbox/samples/healthy.jpg`)).arrayBuffer());
    // Without its comment the image names no scenario: the segment follows the first two bytes.
    const at = plain.indexOf(Buffer.from([0xff, 0xfe]));
    const bare = Buffer.concat([plain.subarray(0, at), plain.subarray(at + 2 + plain.readUInt16BE(at + 2))]);
    await this.tryIt.dropFile('bare.jpg', bare);
    assert.match(await this.tryIt.send(), /^200 in /);
    await page.getByText('melanoma/severe, from the account default').waitFor();
  }

  async tokens() {
    const { page } = this;
    await this.show('Controls');
    const life = page.getByLabel('Token life in minutes of sandbox-2@example.org');
    await life.fill('5');
    await life.blur();
    await this.said('The next tokens have this life.');
    await this.expectExpiry('Revoke tokens', () => page.getByRole('button', { name: 'Revoke tokens of sandbox-2@example.org' }).click(),
      'The tokens of sandbox-2@example.org are revoked.');
    const before = await page.locator('#clock').getAttribute('datetime');
    await this.show('Controls');
    await this.expectExpiry('the clock', async () => {
      await page.getByLabel('Move forward by').fill('6');
      await page.getByLabel('Unit').selectOption('60');
      await page.getByRole('button', { name: 'Move forward' }).click();
    }, 'The clock is moved.');
    const moved = await page.locator('#clock').getAttribute('datetime');
    assert.ok(Date.parse(moved) - Date.parse(before) >= 6 * 60_000, `${before} ${moved}`);
    await this.show('Controls');
    await page.getByRole('button', { name: 'Reset' }).click();
    await this.said('The clock is back.');
    assert.ok(Date.parse(await page.locator('#clock').getAttribute('datetime')) < Date.parse(moved));
  }

  /** Lets a token expire, sees the refusal, and logs in again. */
  async expectExpiry(name, act, saying) {
    const { page } = this;
    await act();
    await this.said(saying);
    await this.show('Try it');
    assert.match(await this.tryIt.send(), /^401 in /, name);
    assert.match(await page.locator('#outcome-body .problems').innerText(), /Expired token\./);
    await page.getByRole('button', { name: 'Log in again and send' }).click();
    await page.locator('#outcome-line.good').waitFor();
  }

  async replacePassword() {
    const { page } = this;
    await this.show('Controls');
    const card = page.locator('.account', { hasText: 'sandbox-2@example.org' });
    await card.getByRole('button', { name: 'New password' }).click();
    await card.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal((await this.login('sandbox-2@example.org', copied)).status, 200);
  }
}

export class Faults extends View {
  async walk() {
    const { page, step, inspect } = this;
    await step('every fault is switched on and off', () => this.everyKind());
    await step('a status is injected, explained and listed', () => this.status());
    await step('a lost connection is reported', () => this.lost());
    await step('a request that is held is stopped, and released by the clock', () => this.held());
    await inspect(page, 'faults');
    await step('faults of one account and of a share of requests', () => this.scoped());
  }

  async switchOn(kind, operation = 'body_sites') {
    const { page } = this;
    await page.locator('#fault-kind').selectOption(kind);
    await page.getByLabel('Of the requests').selectOption(operation);
    const before = await page.getByRole('button', { name: /^Switch off / }).count();
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.waitForFunction((count) => document.querySelectorAll('#planned button').length === count + 1, before);
  }

  async everyKind() {
    const { page } = this;
    await this.show('Controls');
    const kinds = await page.locator('#fault-kind option').evaluateAll((options) => options.map(({ value }) => value));
    assert.equal(kinds.length, 15);
    for (const kind of kinds) await this.switchOn(kind);
    const { faults } = JSON.parse((await this.call('GET', '_sandbox/faults')).text);
    assert.deepEqual(faults.map(({ fault }) => fault.kind), kinds);
    await page.getByRole('button', { name: /^Switch off Redirect/ }).click();
    await this.said('Redirect is switched off.');
    assert.equal(await page.locator('#planned button').count(), kinds.length - 1);
    await page.getByRole('button', { name: 'Switch all off' }).click();
    await this.said('All faults are switched off.');
    assert.match(await page.locator('#planned').innerText(), /^None\.$/);
  }

  async status() {
    const { page } = this;
    await page.locator('#fault-kind').selectOption('status');
    await page.getByLabel('Status', { exact: true }).fill('503');
    await this.switchOn('status');
    await this.show('Try it');
    await page.locator('#operation').selectOption('body_sites');
    assert.match(await this.tryIt.send(), /^503 in /);
    await page.getByRole('link', { name: /^x-request-id/ }).click();
    await page.locator('#detail', { hasText: 'The sandbox was told to do this: status.' }).waitFor();
  }

  async lost() {
    const { page } = this;
    // A browser asks once more when a connection that it kept alive is lost.
    await this.show('Controls');
    await page.locator('#planned', { hasText: 'None.' }).waitFor();
    await page.getByLabel('How often').selectOption('always');
    await this.switchOn('no_answer');
    await this.show('Try it');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('#outcome-line', { hasText: 'No whole response came' }).waitFor();
    await this.show('Requests');
    await page.locator('#request-rows td', { hasText: 'no response' }).first().waitFor();
    await this.show('Controls');
    await page.getByRole('button', { name: 'Switch all off' }).click();
    await this.said('All faults are switched off.');
    await page.getByLabel('How often').selectOption('next');
  }

  async held() {
    const { page } = this;
    await this.switchOn('stall');
    await this.show('Try it');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('button', { name: 'Stop waiting' }).click();
    await page.locator('#outcome-line', { hasText: 'You stopped waiting.' }).waitFor();

    await this.show('Controls');
    await page.locator('#fault-kind').selectOption('latency');
    await page.getByLabel('Seconds', { exact: true }).fill('3600');
    await this.switchOn('latency');
    await this.show('Try it');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await this.show('Requests');
    await page.locator('#request-rows td', { hasText: 'running' }).waitFor();
    await this.show('Controls');
    await page.getByLabel('Unit').selectOption('3600');
    await page.getByRole('button', { name: 'Move forward' }).click();
    await this.show('Try it');
    await page.locator('#outcome-line.good').waitFor();
    await this.show('Controls');
    await page.getByRole('button', { name: 'Reset' }).click();
    await this.said('The clock is back.');
  }

  async scoped() {
    const { page } = this;
    await page.getByLabel('Of the account').selectOption('sandbox-2@example.org');
    await page.getByLabel('How often').selectOption('share');
    await this.switchOn('stall', '');
    const { faults } = JSON.parse((await this.call('GET', '_sandbox/faults')).text);
    assert.deepEqual(faults.map(({ account, times }) => [account, times]), [['sandbox-2@example.org', { share: 0.5 }]]);
    await page.getByRole('button', { name: 'Switch all off' }).click();
    await this.said('All faults are switched off.');
  }
}
