import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { eventually, findProgram, Stack, startEmby, startJellyfin, type PlaybackHandle, type Simulator } from '@usher/testing';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { Operator, PASSWORD } from '../operator.js';

const SLOW = { timeoutMs: 30_000, everyMs: 250 };
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The console in a real browser against the real product, served below a path as behind a proxy. */
describe('the console', () => {
  let stack: Stack;
  let attic: Simulator;
  let office: Simulator;
  let playing: PlaybackHandle;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    const program = process.env['USHER_CHROMIUM'] ?? findProgram('chromium') ?? findProgram('google-chrome');
    if (!program) throw new Error('no Chromium: set USHER_CHROMIUM');
    [stack, attic, office, browser] = await Promise.all([
      Stack.start({ mode: 'all-in-one', basePath: '/media/usher' }),
      startJellyfin({ name: 'Attic' }),
      startEmby({ name: 'Office' }),
      chromium.launch({ executablePath: program, args: ['--no-sandbox'] }),
    ]);
    context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([attic?.close(), office?.close()]);
    await stack?.close();
  });

  const text = async () => (await page.locator('body').innerText()).replaceAll(/\s+/g, ' ');

  async function axeFindings(): Promise<string[]> {
    await page.evaluate(await readFile(AXE, 'utf8'));
    return page.evaluate(async () => {
      const axe = (globalThis as unknown as { axe: { run(root: unknown): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> } }).axe;
      const { violations } = await axe.run((globalThis as unknown as { document: unknown }).document);
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')}`);
    });
  }

  it('leads a new user from the printed code to the first stream', async () => {
    playing = attic.control.startPlayback({ user: 'Nell', item: 'Nosferatu', delivery: { kind: 'transcode', reasons: ['audio-codec'] } });
    await page.goto(`${stack.url}/`);
    await page.getByLabel('One-time code').fill('AAAAA-BBBBB');
    await page.getByLabel('Your name').fill('sam');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: /Create the first account/ }).click();
    await eventually(async () => expect(await text()).toMatch(/code/i), SLOW);
    await page.getByLabel('One-time code').fill(await stack.signInCode());
    await page.getByRole('button', { name: /Create the first account/ }).click();

    await page.getByLabel('Address', { exact: true }).fill(attic.url);
    await page.getByLabel('API key', { exact: true }).fill('not-the-key');
    await page.getByLabel('Alias', { exact: true }).fill('Attic');
    await page.locator('button[type=submit]').click();
    await eventually(async () => expect(await text()).toContain('SERVER_REJECTED_KEY'), SLOW);
    await page.getByLabel('API key', { exact: true }).fill(attic.adminKey);
    await eventually(async () => {
      if (!(await text()).includes('Attic answers')) await page.locator('button[type=submit]').click({ timeout: 1_000 }).catch(() => undefined);
      expect(await text()).toMatch(/Attic answers.*You have 1 stream/);
    }, SLOW);
    await page.getByRole('link', { name: 'Open the overview' }).click();
    await eventually(async () => {
      const shown = await text();
      expect(shown).toContain('Nosferatu');
      expect(shown).toContain('Nell');
      expect(shown).toMatch(/Transcode/);
    }, SLOW);
    expect(page.url()).toBe(`${stack.url}/`);
    expect(await page.title()).toContain('1');
    errors.splice(0, errors.length, ...errors.filter((error) => !error.includes('401')));
  });

  it('follows a pause and a stop without a reload', async () => {
    playing.pause();
    await eventually(async () => expect(await text()).toContain('Paused'), SLOW);
    playing.resume();
    playing.stop();
    await eventually(async () => expect(await text()).not.toContain('Nosferatu'), SLOW);
  });

  it('keeps what is known when the product goes away, and comes back by itself', async () => {
    playing = attic.control.startPlayback({ user: 'Otis', item: 'Metropolis' });
    await eventually(async () => expect(await text()).toContain('Metropolis'), SLOW);
    await stack.kill('usher');
    await eventually(async () => expect(await text()).toMatch(/RECONNECTING|STALE|POLLING/i), SLOW);
    expect(await text()).toContain('Metropolis');
    await stack.startService('usher');
    await eventually(async () => expect(await text()).toMatch(/LIVE/), SLOW);
    playing.stop();
    await eventually(async () => expect(await text()).not.toContain('Metropolis'), SLOW);
    // A browser writes a line for every connection that fails; those of this test are wanted.
    errors.length = 0;
  });

  it('opens a deep link below its path and shows the new server at once', async () => {
    await page.goto(`${stack.url}/servers`);
    await eventually(async () => expect(await text()).toContain('Attic'), SLOW);
    const sam = await signedIn();
    await sam.register(office, 'Office');
    await eventually(async () => expect(await text()).toContain('Office'), SLOW);
  });

  async function signedIn(): Promise<Operator> {
    return Operator.byPassword(stack.url, 'sam');
  }

  it('has nothing that axe finds and no error in the console, in both themes and at 390 px', async () => {
    const findings: string[] = [];
    // Both themes and both widths, each page twice.
    for (const [colorScheme, width] of [['dark', 1440], ['light', 390]] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      for (const path of ['', 'activities', 'servers', 'servers/attic', 'servers/attic/settings', 'libraries', 'routing', 'maintenance', 'notices', 'history']) {
        await page.goto(`${stack.url}/${path}`);
        await eventually(async () => expect(await page.locator('main h1, main h2').count()).toBeGreaterThan(0), SLOW);
        findings.push(...(await axeFindings()).map((finding) => `${path} ${colorScheme} ${width} ${finding}`));
        const sideways = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = (globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }).document.documentElement;
          return scrollWidth > clientWidth;
        });
        if (sideways) findings.push(`${path} ${width} scrolls sideways`);
      }
    }
    expect([findings, errors]).toEqual([[], []]);
  });
});
