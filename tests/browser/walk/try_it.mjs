// The view “Try it”: every operation, every scale, what comes back, and the code of a request.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUST_SNIPPETS = new URL('../rust_snippets/', import.meta.url);

export class TryIt {
  constructor(tools) {
    Object.assign(this, tools);
  }

  async walk() {
    const { page, step, inspect } = this;
    await step('a photo is dropped, sent and shown with its ranking', () => this.diagnosis());
    await step('heat maps lie over the photo', () => this.overlay());
    await step('the response and the request open as trees', () => this.trees());
    await step('the request as code runs as it is shown', () => this.code());
    await inspect(page, 'try-diagnosis-support');
    await step('a form for every scale of answers', () => this.manual());
    await step('a missing and an impossible answer are explained', () => this.invalidAnswers());
    await inspect(page, 'try-severity-manual');
    await step('every scale of an image, with masks and boxes', () => this.local());
    await inspect(page, 'try-severity-local');
    await step('the whole body, from 17 views', () => this.global());
    await inspect(page, 'try-severity-global');
    await step('the label of the device and the catalogue', () => this.lists());
    await step('an unusable image and four images', () => this.unusable());
    await step('with the keyboard alone', () => this.keyboard());
  }

  /** Sends the form and returns what the line above the response says. */
  async send() {
    const { page } = this;
    const before = await page.locator('#outcome-line').innerText();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.locator('#outcome-line a').waitFor();
    await page.waitForFunction((old) => document.querySelector('#outcome-line').innerText !== old, before);
    await page.locator('#outcome-line a').waitFor();
    return page.locator('#outcome-line').innerText();
  }

  async sendSample(file, scenario) {
    await this.page.getByLabel('Or take a synthetic sample').selectOption(file);
    await this.page.getByRole('button', { name: 'Add', exact: true }).click();
    await this.page.getByRole('button', { name: `Remove ${file}` }).waitFor();
    await this.page.getByLabel('Scenario', { exact: true }).selectOption(scenario);
    assert.match(await this.send(), /^200 in /);
  }

  async choose(operation) {
    await this.page.locator('#operation').selectOption(operation);
  }

  async dropFile(name, bytes) {
    const data = await this.page.evaluateHandle(([fileName, base64]) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([content], fileName, { type: 'image/jpeg' }));
      return transfer;
    }, [name, bytes.toString('base64')]);
    await this.page.dispatchEvent('#drop', 'dragover', { dataTransfer: data });
    await this.page.dispatchEvent('#drop', 'drop', { dataTransfer: data });
    await this.page.getByRole('button', { name: `Remove ${name}` }).waitFor();
  }

  async removeImages() {
    const buttons = this.page.locator('#images button');
    while (await buttons.count()) await buttons.first().click();
  }

  async diagnosis() {
    const { page, address } = this;
    this.photo = Buffer.from(await (await fetch(`${address}_sandbox/samples/acne-moderate.jpg`)).arrayBuffer());
    await this.dropFile('my photo.jpg', this.photo);
    await page.getByLabel('Scenario', { exact: true }).selectOption('psoriasis');
    await page.getByLabel('Severity', { exact: true }).selectOption('severe');
    assert.match(await this.send(), /^200 in /);
    await page.getByText('psoriasis/severe, from the request header').waitFor();
    await page.getByLabel('Severity', { exact: true }).selectOption('relapsing');
    assert.match(await this.send(), /^200 in /);
    await page.getByLabel('Severity', { exact: true }).selectOption('severe');
    assert.match(await this.send(), /^200 in /);
    const ranking = page.getByRole('table', { name: 'Ranking' });
    assert.match(await ranking.locator('tbody tr').first().innerText(), /^Psoriasis\s+EA90\s+[\d.]+ %$/);
    const widths = await ranking.locator('tbody tr:visible .bar').evaluateAll((bars) => bars.map((bar) => bar.offsetWidth));
    assert.ok(widths.length >= 5 && widths.every((width, index) => index === 0 || width <= widths[index - 1]), `${widths}`);
    const indicators = page.getByRole('table', { name: 'Clinical indicators' });
    assert.equal(await indicators.getByRole('rowheader').count(), 5);
  }

  async overlay() {
    const { page } = this;
    const [photo, layer] = [page.locator('.report .photo'), page.locator('.report .layer')];
    const sizes = await Promise.all([photo, layer].map((image) => image.evaluate(async (it) => {
      await it.decode();
      const { x, y, width, height } = it.getBoundingClientRect();
      return [it.naturalWidth, it.naturalHeight, x, y, width, height];
    })));
    assert.deepEqual(sizes[0], sizes[1], 'the heat map lies exactly over the photo');
    const first = await layer.getAttribute('src');
    await page.getByLabel('Laid over it').selectOption({ index: 1 });
    assert.notEqual(await layer.getAttribute('src'), first);
    assert.match(await layer.getAttribute('alt'), /^Heat map of .+, laid over the image$/);
    await page.getByRole('slider').fill('25');
    assert.equal(await layer.evaluate((it) => it.style.opacity), '0.25');
  }

  async trees() {
    const { page } = this;
    await page.getByRole('tab', { name: 'Response' }).click();
    const tree = page.locator('#outcome-body .tree:visible');
    await tree.getByText('imagingAnalysis').click();
    await tree.getByText('imagingAnalysis').locator('xpath=../..').getByText('0', { exact: true }).first().click();
    await tree.getByText('mediaValidity').waitFor();
    assert.match(await tree.innerText(), /resourceType: "DiagnosticReport"/);
    await page.getByRole('tab', { name: 'Request' }).click();
    const panel = page.getByRole('tabpanel', { name: 'Request' });
    assert.match(await panel.innerText(), /Bearer \(the token is not shown\)[^]*x-sandbox-scenario\s+psoriasis\/severe/);
    assert.match(await panel.innerText(), /\(an image of [\d.]+ kB\)/);
    await page.getByRole('tab', { name: 'Result' }).click();
  }

  /** Returns the code that is shown for a language. */
  async codeIn(language) {
    await this.page.locator('#code').getByRole('tab', { name: language }).click();
    return this.page.locator('#code [role=tabpanel]:visible pre').innerText();
  }

  async code() {
    const { address, username, password } = this;
    const folder = mkdtempSync(join(tmpdir(), 'console-'));
    try {
      writeFileSync(join(folder, 'my photo.jpg'), this.photo);
      const environment = {
        ...process.env, LEGIT_HEALTH_URL: `${address}v2.0`, LEGIT_HEALTH_USERNAME: username, LEGIT_HEALTH_PASSWORD: password,
      };
      const run = (program, ...rest) => execFileSync(program, rest, { cwd: folder, env: environment, encoding: 'utf8' });
      assert.match(run('sh', '-c', await this.codeIn('cURL')), /"resourceType": ?"DiagnosticReport"/);
      writeFileSync(join(folder, 'request.mjs'), await this.codeIn('JavaScript'));
      assert.match(run(process.execPath, 'request.mjs'), /^200 \{[^]*DiagnosticReport/);
      if (existsSync('/usr/bin/python3')) {
        assert.match(run('/usr/bin/python3', '-c', await this.codeIn('Python')), /"resourceType": "DiagnosticReport"/);
      } else {
        console.log('SKIPPED: the Python of the console, because there is no /usr/bin/python3');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    await this.checkRust('diagnosis_support');
  }

  /** Compares the Rust that is shown with a file, which another test compiles. */
  async checkRust(name) {
    const shown = await this.codeIn('Rust');
    const file = new URL(`${name}.rs`, RUST_SNIPPETS);
    if (process.env.WRITE_SNIPPETS) writeFileSync(file, shown);
    assert.equal(shown, readFileSync(file, 'utf8'), `${name}: write the files anew with WRITE_SNIPPETS=1`);
  }

  async scales() {
    return this.page.locator('#scale option').evaluateAll((options) => options.map(({ value }) => value));
  }

  async manual() {
    const { page } = this;
    await this.choose('severity_manual');
    const scales = await this.scales();
    assert.equal(scales.length, 12);
    for (const scale of scales) {
      await page.locator('#scale').selectOption(scale);
      const fields = await page.locator('#answers [data-item]').count();
      assert.ok(fields >= 2, `${scale} has ${fields} fields`);
      assert.match(await this.send(), /^200 in /, scale);
      assert.match(await page.locator('.scale .score').innerText(), /^[\d.]+/, scale);
      if (['ihs4', 'pasi', 'pure4', 'scorad'].includes(scale)) await this.checkRust(`severity_manual_${scale}`);
    }
  }

  async invalidAnswers() {
    const { page } = this;
    await page.locator('#scale').selectOption('scorad');
    await page.getByLabel('Erythema').selectOption('');
    await page.getByLabel('Area in percent').fill('120');
    assert.match(await this.send(), /^422 in /);
    const said = await page.locator('#outcome-body .problems li').allInnerTexts();
    assert.ok(said.some((text) => /item › surface: Input should be less than or equal to 100; sent was 120\.$/.test(text)), `${said}`);
    assert.ok(said.some((text) => text.endsWith('item › erythema is required and was not sent.')), `${said}`);
  }

  async local() {
    const { page } = this;
    await this.choose('severity_local');
    const scales = await this.scales();
    assert.equal(scales.length, 11);
    for (const scale of scales) {
      await page.locator('#scale').selectOption(scale);
      await page.locator('#site').selectOption(scale === 'asalt' ? 'headLeft' : 'armLeft');
      assert.match(await this.send(), /^200 in /, scale);
      const layers = await page.locator('.scale .overlay option').count();
      assert.equal(layers > 0, scale !== 'agppga', `${scale} has ${layers} layers`);
      if (scale === 'apasi') await this.checkRust('severity_local');
    }
    await page.locator('#scale').selectOption('aladin');
    await this.send();
    assert.ok(await page.locator('.boxes rect').count() > 0);
    await page.getByRole('checkbox', { name: /^\d+ boxes$/ }).uncheck();
    assert.equal(await page.locator('.boxes').isVisible(), false);
  }

  async global() {
    const { page } = this;
    await this.choose('severity_global');
    await this.removeImages();
    await page.getByLabel('Scenario', { exact: true }).selectOption('');
    await page.getByRole('button', { name: 'Add all 17 views' }).click();
    await page.getByRole('button', { name: 'Remove trunkRight.jpg' }).waitFor();
    assert.equal(await page.getByLabel('View of legsBack.jpg').inputValue(), 'legsBack');
    await page.getByLabel('View of legsBack.jpg').selectOption('legsFront');
    await page.getByText('Of several images of one view only the last is sent.').waitFor();
    await page.getByLabel('View of legsBack.jpg').selectOption('legsBack');
    assert.match(await this.send(), /^200 in /);
    const views = page.getByRole('table', { name: '17 views' });
    assert.equal(await views.getByRole('row').count(), 18);
    await this.checkRust('severity_global');
    await this.removeImages();
  }

  async lists() {
    const { page } = this;
    for (const operation of ['device_information', 'body_sites', 'questionnaires', 'clinical_signs']) {
      await this.choose(operation);
      assert.match(await this.send(), /^200 in /, operation);
      assert.ok(await page.locator('#outcome-body .tree:visible li').count() > 3, operation);
      await this.checkRust(operation);
    }
  }

  async unusable() {
    const { page } = this;
    await this.choose('diagnosis_support');
    await this.sendSample('unusable-scribble.jpg', '');
    assert.match(await page.locator('.report .image').innerText(), /Usable\s+no/);
    for (const copy of [2, 3, 4]) await this.dropFile(`copy ${copy}.jpg`, this.photo);
    assert.match(await this.send(), /^422 in /);
    assert.match(await page.locator('#outcome-body .problems').innerText(), /payload: List should have at most 3 items/);
    await this.removeImages();
  }

  async keyboard() {
    const { page, address } = this;
    await page.goto(`${address}#requests`);
    await page.goto(address);
    await page.reload();
    await page.locator('#accounts .account').first().waitFor({ state: 'attached' });
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'operation');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('#operation').inputValue(), 'severity_manual');
    for (let count = 0; (await focused()) !== 'send'; count += 1) {
      assert.ok(count < 40, 'the button is reached');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.locator('#outcome-line.good').waitFor();
    for (let count = 0; !(await focused()).startsWith('tabs-'); count += 1) {
      assert.ok(count < 10, 'the tabs are reached');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.locator('#outcome-body [role=tab][aria-selected=true]').innerText(), 'Response');
    assert.ok(await page.locator('#outcome-body .tree').first().isVisible());
  }
}
