// Drives the built console in Chromium against the mock: pictures, axe, console errors, sideways scroll.
// Use: node apps/console/test/screens.mjs DIR [name …]
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { SCENES } from './scenes.mjs';
import { startMock } from './mock-server.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

function findChromium() {
  const found = process.env.PATH.split(delimiter).flatMap((folder) => PROGRAMS.map((name) => join(folder, name))).find(existsSync);
  if (!found) throw new Error('No Chromium on PATH.');
  return found;
}

async function findings(page) {
  // The policy of the page forbids injected scripts; the debugger's own evaluation is outside of it.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ''}`).join(' | ')}`);
}

const [folder, ...wanted] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
let bad = 0;
for (const scene of SCENES.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.startsWith(part)))) {
  for (const theme of scene.themes ?? ['dark', 'light']) {
    for (const width of scene.widths ?? [1440, 390]) {
      const mock = await startMock(scene.mock ?? {});
      const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 1060 }, colorScheme: theme, locale: 'en-GB', timezoneId: 'Europe/Paris', reducedMotion: scene.moving ? 'no-preference' : 'reduce', hasTouch: width === 390 });
      const page = await context.newPage();
      const errors = [];
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(new URL(scene.path ?? '', mock.url).href);
      await page.waitForSelector(scene.ready ?? 'main h1', { timeout: 8_000 }).catch((error) => errors.push(error.message));
      await page.waitForTimeout(500);
      await scene.act?.(page, mock, width);
      await page.waitForTimeout(250);
      const file = join(folder, `${scene.name}-${theme}-${width}.png`);
      await page.screenshot({ path: file, fullPage: scene.full ?? false });
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      const problems = [...(await findings(page)), ...errors.map((text) => `console: ${text}`), ...(sideways > 0 ? [`scrolls sideways by ${sideways} px`] : [])];
      bad += problems.length;
      console.log(`${problems.length === 0 ? 'ok ' : 'BAD'} ${scene.name} ${theme} ${width}`);
      for (const problem of problems) console.log(`      ${problem}`);
      await context.close();
      await mock.close();
    }
  }
}
await browser.close();
console.log(`${bad} findings`);
process.exitCode = bad > 0 ? 1 : 0;
