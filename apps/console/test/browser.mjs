// Chromium with the built console in it: one page per look, and what is wrong with it.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** `USHER_CHROMIUM`, else the first of the usual names on PATH. */
export function findChromium(env = process.env) {
  const onPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => PROGRAMS.map((name) => join(folder, name)));
  const found = [env.USHER_CHROMIUM, ...onPath].find((path) => path && existsSync(path));
  if (!found) throw new Error('No Chromium: set USHER_CHROMIUM or install the distribution’s.');
  return found;
}

export function launchBrowser() {
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
}

/**
 * Opens an address in a browser of its own and collects what goes wrong in it: console errors (a breach of the content
 * security policy is one), uncaught errors, requests that leave the origin.
 */
export async function openPage(browser, url, { theme = 'dark', width = 1440, moving = false } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: width < 768 ? 844 : 1060 },
    colorScheme: theme,
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    reducedMotion: moving ? 'no-preference' : 'reduce',
    hasTouch: width < 768,
  });
  const page = await context.newPage();
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => errors.push(`uncaught: ${error}`));
  page.on('request', (request) => !request.url().startsWith(new URL(url).origin) && errors.push(`left the origin: ${request.url()}`));
  const waiting = new Set();
  page.on('request', (request) => waiting.add(request));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => waiting.delete(request));
  await page.goto(url);
  return { page, errors, waiting, close: () => context.close() };
}

/** Everything wrong with the page as it stands: axe, sideways scroll, small text, small targets for a thumb. */
export async function findProblems(page, { width }) {
  // The debugger's own evaluation is outside of the page's policy.
  await page.evaluate(axe);
  const found = await page.evaluate(async ({ rules, thumb }) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: rules });
    const problems = violations.map(({ id, nodes }) => `axe ${id}: ${nodes.slice(0, 4).map((node) => node.target.join(' ')).join(' | ')}`);
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) problems.push(`scrolls sideways by ${root.scrollWidth - root.clientWidth} px`);
    const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 1 && element.closest('.sr-only') === null;
    const words = [...document.querySelectorAll('body *')].filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) && seen(element));
    const small = words.filter((element) => Number.parseFloat(getComputedStyle(element).fontSize) < 12);
    if (small.length > 0) problems.push(`text below 12 px: ${[...new Set(small.map((element) => element.className || element.tagName))].slice(0, 4).join(', ')}`);
    if (thumb) {
      const targets = [...document.querySelectorAll('button, select, .input, .nav-item')].filter((element) => seen(element) && element.closest('[aria-hidden="true"], [data-portal] ~ *') === null);
      const reach = (element) => element.getBoundingClientRect().height + (getComputedStyle(element, '::after').content === 'none' ? 0 : 28);
      const short = targets.filter((element) => reach(element) < 43.5);
      if (short.length > 0) problems.push(`targets below 44 px: ${[...new Set(short.map((element) => element.className || element.textContent))].slice(0, 6).join(', ')}`);
    }
    return problems;
  }, { rules: RULES, thumb: width < 768 });
  return found;
}

const MOST_MS = 600;
const QUIET_MS = 80;

/** Until nothing is asked and nothing in the document changes any more; a page that goes on changing is taken as it is after a while. */
async function settle(page, waiting) {
  const until = Date.now() + MOST_MS;
  while (waiting.size > 0 && Date.now() < until) await page.waitForTimeout(20);
  await page.evaluate(
    ({ quiet, most }) =>
      new Promise((resolve) => {
        let timer = setTimeout(resolve, quiet);
        new MutationObserver(() => {
          clearTimeout(timer);
          timer = setTimeout(resolve, quiet);
        }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
        setTimeout(resolve, most);
      }),
    { quiet: QUIET_MS, most: MOST_MS },
  );
}

/** Widest in the scene's first theme, narrowest in its last one. */
export function looksOf({ themes, widths }) {
  const looks = [{ theme: themes[0], width: widths[0] }];
  return widths.length > 1 ? [...looks, { theme: themes.at(-1), width: widths.at(-1) }] : looks;
}

/** Opens one scene against its own mock, up to the moment of the picture. */
export async function openScene(browser, scene, startMock, look, dist) {
  const mock = await startMock({ ...scene.mock, dist });
  const opened = await openPage(browser, new URL(scene.path ?? '', mock.url).href, look);
  try {
    await opened.page.waitForSelector(scene.ready ?? 'main h1', { timeout: 20_000 });
    await settle(opened.page, opened.waiting);
    await scene.act?.(opened.page);
    await settle(opened.page, opened.waiting);
  } catch (error) {
    // What cannot be reached is a finding like others, and leaves nothing open.
    opened.errors.push(String(error));
  }
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await mock.close();
    },
  };
}
