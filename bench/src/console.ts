// `npm run bench -- console [--servers N] [--sessions N] [--seconds N] [--json]`: frames per second of the console's overview in Chromium
// while the sessions of every server change once a second, still and scrolled, beside a bare page that scrolls in the same browser.
// Short: `--seconds 5`. Chromium: USHER_CHROMIUM, else the one on PATH.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '@usher/testing';
import { z } from 'zod';
import { describeMachine, thisMachine } from './support/machine.js';
import { spreadOf } from './support/statistics.js';
import { renderTable, verdictOf, type Row } from './support/table.js';

interface Page {
  evaluate(script: string): Promise<unknown>;
  waitForSelector(selector: string): Promise<unknown>;
  setContent(html: string): Promise<void>;
}
interface Browser {
  newPage(): Promise<Page & { close(): Promise<void> }>;
  close(): Promise<void>;
}
interface MockSession {
  stream: { state: string; positionMs: number; bitRateKbps: number } | null;
}
interface MockServer {
  readonly id: string;
}
interface Mock {
  readonly url: string;
  readonly state: { readonly fleet: { readonly servers: MockServer[]; readonly sessions: Map<string, MockSession[]> }; publish(server: MockServer): void };
  close(): Promise<void>;
}
/** The stand-in of the API and the browser that the console's own tests use. */
interface ConsoleTests {
  readonly startMock: (options: { servers: number; sessions: number; healthy: boolean; dist: string }) => Promise<Mock>;
  readonly launchBrowser: () => Promise<Browser>;
  readonly openPage: (browser: Browser, url: string, look: { moving: boolean }) => Promise<{ page: Page; errors: readonly string[]; close(): Promise<void> }>;
}

const Options = z.object({ servers: z.coerce.number<string>().int().min(1).max(500), sessions: z.coerce.number<string>().int().min(1).max(20_000), seconds: z.coerce.number<string>().positive().max(3_600), json: z.boolean() });
const GOAL_MS = 1000 / 50;
const SETTLE_MS = 5_000;

async function consoleTests(): Promise<ConsoleTests> {
  const folder = path.join(repositoryRoot(), 'apps/console/test');
  const load = (file: string): Promise<Partial<ConsoleTests>> => import(pathToFileURL(path.join(folder, file)).href) as Promise<Partial<ConsoleTests>>;
  return { ...(await load('mock-server.mjs')), ...(await load('browser.mjs')) } as ConsoleTests;
}

/** Runs in the page, which is why it is text: times between frames, scrolled down and up again by 40 px a frame, or left alone. */
const FRAMES = (ms: number, moves: boolean) => `new Promise((resolve) => {
  const times = [];
  let before = performance.now();
  let step = 40;
  const endMs = before + ${ms};
  const frame = (now) => {
    times.push(now - before);
    before = now;
    if (${moves}) {
      if (window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 1) step = -40;
      else if (window.scrollY <= 0) step = 40;
      window.scrollBy(0, step);
    }
    if (now < endMs) requestAnimationFrame(frame);
    else resolve(times.slice(2));
  };
  requestAnimationFrame(frame);
})`;

const frameTimes = (page: Page, seconds: number, scrolls: boolean): Promise<number[]> => page.evaluate(FRAMES(seconds * 1000, scrolls)) as Promise<number[]>;

/** Every server's streams go on, some change; each server tells once a second, at a time of its own. */
function keepChanging({ state }: Mock): () => void {
  const { servers, sessions } = state.fleet;
  let turn = 0;
  const timers = servers.map((server, index) => {
    const tell = () => {
      turn += 1;
      for (const [at, session] of (sessions.get(server.id) ?? []).entries()) {
        if (!session.stream) continue;
        const { state: word, positionMs, bitRateKbps } = session.stream;
        const changes = (at + turn) % 20 === 0;
        session.stream = { ...session.stream, positionMs: positionMs + 1_000, state: changes ? (word === 'PAUSED' ? 'PLAYING' : 'PAUSED') : word, bitRateKbps: changes ? bitRateKbps + 1 : bitRateKbps };
      }
      state.publish(server);
    };
    let timer: NodeJS.Timeout = setTimeout(() => {
      tell();
      timer = setInterval(tell, 1_000);
    }, (index * 1_000) / servers.length);
    return () => clearTimeout(timer);
  });
  return () => {
    for (const stop of timers) stop();
  };
}

const mean = (times: readonly number[]) => times.reduce((sum, time) => sum + time, 0) / times.length;
const frames = (what: string, times: readonly number[], goal?: Row['goal']): Row[] => [
  { what: `frames per second, ${what}`, unit: '/s', spread: spreadOf([1000 / mean(times)]) },
  { what: `mean time between them, ${what}`, unit: 'ms', spread: spreadOf([mean(times)]), ...(goal ? { goal } : {}) },
  { what: `each time between them, ${what}`, unit: 'ms', spread: spreadOf(times) },
];

const { values } = parseArgs({ options: { servers: { type: 'string', default: '48' }, sessions: { type: 'string', default: '2000' }, seconds: { type: 'string', default: '20' }, json: { type: 'boolean', default: false } } });
const options = Options.parse(values);
const machine = await thisMachine();
const { startMock, launchBrowser, openPage } = await consoleTests();
const mock = await startMock({ servers: options.servers, sessions: options.sessions, healthy: true, dist: path.join(repositoryRoot(), 'apps/console/dist') });
const browser = await launchBrowser();
const rows: Row[] = [];
try {
  const bare = await browser.newPage();
  await bare.setContent('<body style="margin:0"><div style="height:20000px;background:linear-gradient(#123,#fed)"></div></body>');
  const bareTimes = await frameTimes(bare, options.seconds, true);
  await bare.close();
  rows.push(...frames('bare page, scrolled', bareTimes));
  const { page, errors, close } = await openPage(browser, mock.url, { moving: true });
  await page.waitForSelector('main h1');
  const stop = keepChanging(mock);
  // the first lists and their code are not what is measured
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const goal = { of: 'max', atMost: GOAL_MS, shown: '≤ 20 (50 /s)' } as const;
  for (const [what, scrolls] of [['sessions change', false], ['sessions change, scrolled', true]] as const) {
    const times = await frameTimes(page, options.seconds, scrolls);
    rows.push(...frames(what, times, goal), { what: `time of a frame, console ÷ bare, ${what}`, unit: '×', spread: spreadOf([mean(times) / mean(bareTimes)]) });
  }
  stop();
  await close();
  if (errors.length > 0) throw new Error(`the console complained: ${errors.slice(0, 3).join('; ')}`);
} finally {
  await browser.close();
  await mock.close();
}
if (options.json) process.stdout.write(`${JSON.stringify({ machine, options, rows: rows.map((row) => ({ ...row, verdict: verdictOf(row) })) }, null, 2)}\n`);
else process.stdout.write(`${renderTable(rows)}\n\n${options.sessions} sessions on ${options.servers} servers · ${describeMachine(machine)}\n`);
