// Opens pages of `legit-health report` from their files, as a clinician does:
//
//     node page.mjs SCREENSHOTS PAGE…
//
// It fails at any message on the browser's console, any request, any dialog, any violation that axe finds, in the light and in
// the dark, on a wide and on a narrow screen, and on paper. SCREENSHOTS is a folder for pictures, or empty.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [screenshots, ...files] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Chromium's own sandbox does not run as root, as which the tests run in a container. The page is ours.
const browser = await chromium.launch({
  executablePath: process.env.LEGIT_HEALTH_TEST_BROWSER ?? '/usr/bin/chromium', args: ['--no-sandbox'],
});

async function open(file, options) {
  const address = pathToFileURL(file).href;
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  page.on('request', (request) => {
    const asked = request.url();
    if (asked !== address && !asked.startsWith('data:image/')) complaints.push(`request: ${asked.slice(0, 200)}`);
  });
  page.setDefaultTimeout(20_000);
  await page.goto(address);
  return { page, complaints };
}

async function inspect(page, name) {
  const found = await page.evaluate(() => ({
    scripts: document.scripts.length,
    isTooWide: document.documentElement.scrollWidth > window.innerWidth,
    broken: [...document.images].filter((image) => image.complete && image.naturalWidth === 0).length,
    unnamedCharts: [...document.querySelectorAll('.chart svg')].filter((svg) => !svg.querySelector('title')?.textContent).length,
  }));
  assert.deepEqual(found, { scripts: 0, isTooWide: false, broken: 0, unnamedCharts: 0 }, name);
  // Evaluated by the debugger, so that the page's policy need not allow it.
  const { violations } = await page.evaluate(`${axe}; axe.run()`);
  const about = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 200)).join(', ')})`);
  assert.deepEqual(about, [], name);
  if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
}

/** Every picture can be chosen with the keyboard alone, and only the chosen one lies on the photograph. */
async function choose(page) {
  const viewers = page.locator('.viewer');
  for (let index = 0; index < await viewers.count(); index += 1) {
    const viewer = viewers.nth(index);
    const shown = () => viewer.locator('figure').evaluateAll((all) => all.map((one) => getComputedStyle(one).visibility === 'visible'));
    const hasPhotograph = await viewer.locator('.photograph').count();
    const count = await viewer.locator('figure').count();
    await viewer.locator('input[type=radio]').first().focus();
    for (let chosen = 0; chosen < count; chosen += 1) {
      const expected = Array.from({ length: count }, (_, place) => place === chosen || (place === 0 && hasPhotograph > 0));
      assert.deepEqual(await shown(), expected, `picture ${chosen + 1} of viewer ${index + 1}`);
      await page.keyboard.press('ArrowDown');
    }
  }
}

/** A picture that is laid over the photograph lies exactly on it. */
async function checkPlaces(page) {
  const places = await page.locator('.heat img, .mask img').evaluateAll((images) => images.map((image) => {
    const box = (element) => { const { x, y, width, height } = element.getBoundingClientRect(); return [x, y, width, height].map(Math.round); };
    return [box(image), box(image.closest('.viewer').querySelector('.photograph img'))];
  }));
  for (const [picture, photograph] of places) assert.deepEqual(picture, photograph, 'the picture lies on the photograph');
  return places.length;
}

async function print(file, name) {
  const { page, complaints } = await open(file, { viewport: { width: 690, height: 1000 } });
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  const hidden = await page.locator('.viewer figure').evaluateAll((all) => all.filter((one) => getComputedStyle(one).visibility !== 'visible').length);
  assert.equal(hidden, 0, 'paper shows every picture');
  assert.equal(await page.locator('.viewer input:visible, .viewer label:visible').count(), 0, 'and nothing to choose');
  await inspect(page, `${name}-print`);
  const pdf = await page.pdf({ preferCSSPageSize: true, ...(screenshots ? { path: `${screenshots}/${name}.pdf` } : {}) });
  assert.ok(pdf.length > 10_000);
  assert.deepEqual(complaints, []);
  await page.context().close();
}

try {
  for (const file of files) {
    const name = basename(file, '.html');
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1200, 360]) {
        const { page, complaints } = await open(file, { viewport: { width, height: 900 }, colorScheme });
        await inspect(page, `${name}-${colorScheme}-${width}`);
        const laid = await checkPlaces(page);
        await choose(page);
        assert.deepEqual(complaints, []);
        console.log(`${name}, ${colorScheme}, ${width} pixels: ${laid} pictures laid over a photograph`);
        await page.context().close();
      }
    }
    await print(file, name);
  }
} finally {
  await browser.close();
}
console.log('the pages work');
