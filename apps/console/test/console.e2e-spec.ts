import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { findProblems, launchBrowser, looksOf, openPage, openScene } from './browser.mjs';
import { startMock, type Mock, type MockOptions } from './mock-server.mjs';
import { describeOps } from './ops-flows.js';
import { describeLive } from './live-flows.js';
import { describePeople } from './people-flows.js';
import { SCENES } from './scenes.mjs';

const root = join(import.meta.dirname, '..');
let browser: Browser;
let dist: string;
const opened: (() => Promise<void>)[] = [];

async function open(options: MockOptions & { path?: string; width?: number; moving?: boolean } = {}): Promise<{ page: Page; mock: Mock; errors: string[] }> {
  const mock = await startMock({ ...options, dist });
  const { page, errors, close } = await openPage(browser, new URL(options.path ?? '', mock.url).href, options);
  opened.push(close, mock.close);
  return { page, mock, errors };
}

/** Scrolls the window by 40 px per frame for a while. */
const scroll = (page: Page, count: number) =>
  page.evaluate(
    (left) =>
      new Promise<void>((resolve) => {
        const step = (rest: number) => {
          window.scrollBy(0, 40);
          if (rest > 0) requestAnimationFrame(() => step(rest - 1));
          else resolve();
        };
        step(left);
      }),
    count,
  );

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'usher-console-'));
  await promisify(execFile)(process.execPath, [join(root, '../../node_modules/vite/bin/vite.js'), 'build', '--outDir', dist, '--logLevel', 'error'], { cwd: root, env: { ...process.env, NODE_ENV: 'production' } });
  browser = await launchBrowser();
}, 180_000);

afterAll(async () => {
  for (const close of opened) await close();
  await browser?.close();
  await rm(dist, { recursive: true, force: true });
});

describe('every scene is free of findings', () => {
  it.each(SCENES.map((scene) => [scene.name, scene] as const))('%s', async (_name, scene) => {
    // Side by side: most of a look is waiting for its own page.
    const found = await Promise.all(
      looksOf(scene).map(async (look) => {
        const { page, errors, close } = await openScene(browser, scene, startMock, look, dist);
        const problems = await findProblems(page, look);
        await close();
        return [...errors, ...problems].map((problem) => `${look.theme}, ${look.width} px: ${problem}`);
      }),
    );
    expect(found.flat()).toEqual([]);
  });
});

describe('one build below any path', () => {
  it.each(['/', '/usher/', '/a/b/'])('deep link, navigation, reload and WebSocket below %s', async (base) => {
    const { page, errors } = await open({ base, path: 'servers/attic?servers=attic' });
    await page.waitForSelector('.host-cells');
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.waitForSelector('.row-session');
    expect(new URL(page.url()).pathname).toBe(base);
    expect(new URL(page.url()).search).toBe('?servers=attic');
    await page.waitForSelector('.live-pill b:text-is("LIVE")');
    await page.reload();
    await page.waitForSelector('.row-session');
    expect(await page.title()).toBe('(6) Overview · Usher');
    expect(errors).toEqual([]);
  });
});

describe('live', () => {
  it('shows a change without reading again, and the bar moves without rendering', async () => {
    const { page, mock } = await open({ sessions: 20, moving: true });
    await page.waitForSelector('.row-session');
    const calls = mock.requests.filter((path) => path.endsWith('/graphql')).length;
    const server = mock.state.fleet.servers[0]!;
    mock.state.fleet.sessions.get(server.id)![1]!.userName = 'Somebody New';
    mock.state.publish(server);
    await page.waitForSelector('.row-session:has-text("Somebody New")');
    expect(mock.requests.filter((path) => path.endsWith('/graphql')).length).toBe(calls);
    expect(await page.evaluate(() => document.getAnimations().some((animation) => animation.playState === 'running'))).toBe(true);
  });

  it('moves nothing when reduced motion is asked for', async () => {
    const { page } = await open({ sessions: 20 });
    await page.waitForSelector('.row-session');
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  it('freezes while paused, counts what waits and applies it once', async () => {
    const { page, mock } = await open({ sessions: 20 });
    await page.waitForSelector('.row-session');
    await page.waitForSelector('.live-pill b:text-is("LIVE")');
    await page.keyboard.press('p');
    await page.waitForSelector('.live-pill b:text-is("PAUSED")');
    const server = mock.state.fleet.servers[0]!;
    mock.state.fleet.sessions.set(server.id, mock.state.fleet.sessions.get(server.id)!.slice(2));
    mock.state.publish(server);
    await page.waitForSelector('.live-pill:has-text("2 waiting")');
    expect(await page.title()).toContain('(16)');
    await page.keyboard.press('p');
    await page.waitForFunction(() => document.title.startsWith('(14)'));
  });

  it('says so when the socket is lost, polls, and is live again by itself', async () => {
    const { page, mock } = await open({ sessions: 20 });
    await page.waitForSelector('.live-pill b:text-is("LIVE")');
    mock.dropSockets(true);
    await page.waitForSelector('.live-pill b:text-is("RECONNECTING")');
    await page.waitForSelector('.live-pill b:text-is("POLLING")', { timeout: 8_000 });
    expect(await page.locator('.row-session').count()).toBeGreaterThan(5);
    mock.dropSockets(false);
    await page.waitForSelector('.live-pill b:text-is("LIVE")', { timeout: 8_000 });
  });

  it('shows no empty state before the first answer', async () => {
    const { page } = await open({ servers: 0, sessions: 0, delayMs: 1_000 });
    await page.waitForSelector('[role="status"]');
    expect(await page.locator('.empty-overview').count()).toBe(0);
    await page.waitForSelector('.empty-overview');
  });
});

describe('keyboard', () => {
  it('reaches and stops a stream of the third server in at most 14 presses', async () => {
    const { page, mock } = await open({ sessions: 20, healthy: true });
    await page.waitForSelector('.row-session');
    await page.waitForSelector('.live-pill b:text-is("LIVE")');
    const third = mock.state.fleet.servers.find(({ slug }) => slug === 'cabin')!;
    const before = mock.state.fleet.sessions.get(third.id)!.length;
    // Skip link, fold all, third server, open it, its first stream, its menu, the last entry, send.
    const presses = ['Tab', 'Enter', '{', 'j', 'j', ']', 'j', 'Tab', 'Enter', 'ArrowUp', 'Enter', 'Control+Enter'];
    expect(presses.length).toBeLessThanOrEqual(14);
    for (const key of presses) {
      await (key === 'Control+Enter' ? page.waitForSelector('[role="dialog"]') : page.waitForTimeout(100));
      await page.keyboard.press(key);
    }
    await page.waitForSelector('[role="dialog"]', { state: 'detached' });
    expect(mock.state.fleet.sessions.get(third.id)).toHaveLength(before - 1);
  });

  it('returns focus to the row when the drawer closes', async () => {
    const { page } = await open({ sessions: 20 });
    await page.waitForSelector('.row-session');
    await page.locator('.row-session').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.drawer');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.drawer', { state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.classList.contains('row-session'));
  });
});

describe('acting on the fleet', () => {
  it('drains a server, shows it in its row at once and undrains it', async () => {
    const { page, errors } = await open({ path: 'routing' });
    await page.waitForSelector('.candidates');
    await page.keyboard.press('d');
    await page.getByLabel('Server', { exact: true }).selectOption('Office');
    await page.getByRole('button', { name: 'Drain server' }).click();
    await page.waitForSelector('h2:text-is("Office is draining")');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.waitForSelector('.server-line-row:has-text("Office") .badge:has-text("Draining")');
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('button', { name: 'Undrain Office' }).click();
    await page.waitForSelector('h2:text-is("Office is draining")', { state: 'detached' });
    expect(errors).toEqual([]);
  });

  it('makes a link for a viewer, and says per server why there is none', async () => {
    const { page, errors } = await open({ path: 'routing' });
    await page.waitForSelector('.candidates');
    await page.keyboard.press('t');
    await page.getByLabel('Title', { exact: true }).fill('Blue Eye');
    await page.getByRole('radio').first().check();
    await page.getByLabel('Viewer on Attic').selectOption('Viewer 2');
    await page.getByRole('button', { name: 'Make link' }).click();
    await page.waitForSelector('.made-link code:has-text("/r/")');
    expect(await page.getByRole('button', { name: 'Copy the link' }).count()).toBe(1);
    await page.getByLabel('App', { exact: true }).fill('refused app');
    await page.getByRole('button', { name: 'Make link' }).click();
    await page.waitForSelector('.refusals li:has-text("Basement") >> text=Draining');
    expect(await page.locator('.made-link').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it('orders a scan, follows it on both pages, and keeps what was typed about the machine', async () => {
    const { page, errors } = await open({ path: 'servers/office' });
    await page.getByRole('button', { name: 'Scan…' }).click();
    await page.getByRole('button', { name: 'Start scan' }).click();
    await page.waitForSelector('.work-row:has-text("Scan all libraries")');
    await page.waitForSelector('[role="status"]:has-text("Office took the order")');
    await page.getByRole('link', { name: 'Change the capacity of Office' }).click();
    await page.getByLabel('Cores', { exact: true }).fill('many');
    await page.getByRole('form', { name: 'Capacity' }).getByRole('button', { name: 'Save' }).click();
    await page.waitForSelector('.field-error:has-text("A number from 0.1 to 1024")');
    await page.getByLabel('Cores', { exact: true }).fill('12');
    await page.getByRole('form', { name: 'Capacity' }).getByRole('button', { name: 'Save' }).click();
    await page.waitForSelector('#capacity :text("as you typed")');
    await page.locator('h1').focus();
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.waitForSelector('.activity-table');
    await page.getByRole('button', { name: /^Scan/ }).click();
    await page.waitForSelector('.activity-table tr:has-text("Basement") >> text=Movies');
    expect(new URL(page.url()).search).toBe('?type=scan');
    expect(errors).toEqual([]);
  });

  it('sends a notice after saying whom it reaches, and shows what became of it', async () => {
    const { page, errors } = await open({ path: 'notices', sessions: 23 });
    await page.getByRole('button', { name: 'Send to 15 sessions' }).click();
    await page.waitForSelector('.field-error:has-text("Write what the viewers are to read")');
    await page.getByLabel('Text', { exact: true }).fill('Back at ten');
    await page.getByRole('button', { name: 'Send to 15 sessions' }).click();
    await page.waitForSelector('.delivery-text:text-is("Back at ten")');
    expect(await page.locator('.delivery-table tbody tr').count()).toBe(9);
    expect(errors).toEqual([]);
  });

  it('keeps the typed text and says why when sending is refused', async () => {
    const { page } = await open({ path: 'notices', sessions: 23 });
    await page.getByLabel('Text', { exact: true }).fill('please refuse');
    await page.getByRole('button', { name: /^Send to/ }).click();
    await page.waitForSelector('[role="alert"]:has-text("INVALID_INPUT")');
    expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('please refuse');
  });

  it('checks an edited path map again, and refuses a bad folder before asking', async () => {
    const { page, errors } = await open({ path: 'libraries/precheck/0193a2c4-1111-7000-8000-000000000900' });
    const folder = page.getByLabel('Folder on Attic, row 3');
    await folder.fill('concerts');
    await page.getByRole('button', { name: 'Check this map' }).click();
    await page.waitForSelector('.field-error:has-text("whole path")');
    await folder.fill('/data/live');
    await page.getByRole('button', { name: 'Check this map' }).click();
    await page.waitForSelector('.plan-progress');
    expect(errors).toEqual([]);
  });

  it('leaves a viewer the reasons and no way to act', async () => {
    const { page } = await open({ path: 'notices', sessions: 23, role: 'VIEWER' });
    await page.getByLabel('Text', { exact: true }).fill('Back at ten');
    await page.getByRole('button', { name: /^Send to/ }).click({ force: true });
    await page.waitForSelector('.panel-foot:has-text("FORBIDDEN")');
    expect(await page.locator('.notice-row').count()).toBe(5);
  });
});

describeLive(open);
describePeople(open);
describeOps(open);

describe('weight and speed', () => {
  it('loads at most 230 KiB of scripts and 40 KiB of styles before the first row', async () => {
    const { page } = await open({ sessions: 20 });
    await page.waitForSelector('.row-session');
    const names = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname));
    const weigh = async (ending: string) => {
      const files = [...new Set(names.filter((name) => name.endsWith(ending)))];
      const sizes = await Promise.all(files.map(async (name) => gzipSync(await readFile(join(dist, name))).length));
      return sizes.reduce((sum, size) => sum + size, 0) / 1_024;
    };
    expect(await weigh('.js')).toBeLessThanOrEqual(230);
    expect(await weigh('.css')).toBeLessThanOrEqual(40);
  });

  it('keeps every lazy chunk at 80 KiB or less', async () => {
    const files = (await readdir(join(dist, 'assets'))).filter((name) => name.endsWith('.js') && !name.startsWith('index-'));
    for (const name of files) expect(gzipSync(await readFile(join(dist, 'assets', name))).length).toBeLessThanOrEqual(80 * 1_024);
  });

  it('keeps at most 900 nodes in the document with 2,000 sessions, also while scrolling', async () => {
    const { page } = await open({ servers: 48, sessions: 2_000 });
    await page.waitForSelector('.row-session');
    await page.setViewportSize({ width: 1440, height: 900 });
    await scroll(page, 60);
    expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(800);
    expect(await page.locator('.row-session').count()).toBeGreaterThan(10);
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThanOrEqual(900);
  });
});
