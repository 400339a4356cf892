// Walks through every job of the sandbox's console in a browser, as `tests/console.rs` of the sandbox starts it:
//
//     node console.mjs ADDRESS USERNAME PASSWORD ADDRESS_WITHOUT_BODIES [SCREENSHOTS]
//
// It fails at the first thing that is not as it should be, and at any message on the browser's console, any request to
// another address, and any violation that axe finds.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { Accounts, Faults, Requests } from './walk/controls.mjs';
import { TryIt } from './walk/try_it.mjs';

const [address, username, password, withoutBodies, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Chromium's own sandbox does not run as root, as which the tests run in a container. The page is ours.
const browser = await chromium.launch({
  executablePath: process.env.LEGIT_HEALTH_TEST_BROWSER ?? '/usr/bin/chromium', args: ['--no-sandbox'],
});

/** What the browser itself says about a response that is not a success; those are provoked. */
const isNoteOfStatus = (message) =>
  /^Failed to load resource: (the server responded with a status of [345]\d\d|net::ERR_)/.test(message.text()) &&
  message.location().url.startsWith(`${address}v2.0/`);

async function open(options, url = address) {
  const context = await browser.newContext({ ...options, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => isNoteOfStatus(message) || complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(url) && !asked.startsWith(`blob:${url}`)) complaints.push(`foreign request: ${asked}`);
  });
  page.setDefaultTimeout(20_000);
  await page.goto(url);
  await page.getByRole('heading', { name: 'Try it' }).waitFor();
  return { page, complaints };
}

/** Looks at what every screen must have. */
async function inspect(page, name) {
  assert.match(await page.locator('.mark').innerText(), /sandbox/i, `${name} is marked as a sandbox`);
  const isInSight = await page.locator('.mark').evaluate((mark) => mark.getBoundingClientRect().top >= 0);
  assert.ok(isInSight, `${name}: the mark is in sight`);
  const text = await page.evaluate(() => document.documentElement.outerHTML);
  assert.ok(!text.includes(password), `${name} shows a password`);
  assert.ok(!/eyJ[\w-]+\.[\w-]+\.[\w-]+/.test(text), `${name} shows a token`);
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.ok(!isTooWide, `${name} is wider than the window`);
  // Evaluated by the debugger, so that the page's policy need not allow it.
  const { violations } = await page.evaluate(`${axe}; axe.run()`);
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 200)).join(', ')})`);
  assert.deepEqual(found, [], name);
  if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
}

async function step(name, work) {
  const started = Date.now();
  try {
    await work();
  } catch (error) {
    console.error(`FAILED at “${name}”`);
    throw error;
  }
  console.log(`${name}: ${Date.now() - started} ms`);
}

try {
  const { page, complaints } = await open({ viewport: { width: 1200, height: 900 }, colorScheme: 'light' });
  const tools = { page, address, username, password, step, inspect };
  await new TryIt(tools).walk();
  await new Requests(tools).walk();
  await new Accounts(tools).walk();
  await new Faults(tools).walk();
  assert.deepEqual(complaints, []);

  await step('dark and narrow screens', async () => {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1200, 400]) {
        const { page: other, complaints: about } = await open({ viewport: { width, height: 850 }, colorScheme });
        await new TryIt({ ...tools, page: other }).sendSample('psoriasis-moderate.jpg', 'psoriasis');
        await inspect(other, `try-${colorScheme}-${width}`);
        await other.getByRole('link', { name: /^x-request-id/ }).click();
        await other.locator('#detail .report').waitFor();
        await inspect(other, `requests-${colorScheme}-${width}`);
        await other.getByRole('link', { name: 'Controls' }).click();
        await other.locator('.account').first().waitFor();
        await inspect(other, `controls-${colorScheme}-${width}`);
        assert.deepEqual(about, []);
        await other.context().close();
      }
    }
  });

  await step('a sandbox that keeps no bodies says so', async () => {
    const { page: other, complaints: about } = await open({}, withoutBodies);
    await new TryIt({ ...tools, page: other, address: withoutBodies }).sendSample('acne-moderate.jpg', '');
    await other.getByRole('link', { name: /^x-request-id/ }).click();
    await other.locator('#keeping', { hasText: 'without their bodies' }).waitFor();
    await other.locator('#detail', { hasText: 'The body is not kept.' }).waitFor();
    assert.deepEqual(about, []);
  });
} finally {
  await browser.close();
}
console.log('the console works');
