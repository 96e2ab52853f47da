import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot, startJellyfin, type Simulator } from '@usher/testing';
import { environmentOf, namesOn, PRIVATE_WORDS, USERS } from './live-bench.js';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `npm run test:live -- ARGS`, without npm. */
function start(args: readonly string[], env: Record<string, string>, onLine: (line: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined): Promise<Ended> {
  const program = ['--enable-source-maps', '--conditions=@usher/source', '--import', './tools/ts-register.mjs', 'libs/media-server/src/live/main.ts'];
  const child = spawn(process.execPath, [...program, ...args], { cwd: repositoryRoot(), env: { PATH: process.env['PATH'] ?? '', ...env } });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    for (const line of text.split('\n')) onLine(line, (signal) => child.kill(signal));
  });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve({ code, out, err })));
}

describe('npm run test:live', () => {
  let simulator: Simulator;
  let folder: string;
  beforeEach(async () => {
    simulator = await startJellyfin({ users: USERS });
    folder = await mkdtemp(join(tmpdir(), 'usher-live-'));
  });
  afterEach(async () => {
    await simulator.close();
    await rm(folder, { recursive: true });
  });

  it('ends with 0 when all is well, and writes a report that may be sent', async () => {
    const file = join(folder, 'report.json');
    const { code, out, err } = await start(['jellyfin', '--write', '--json', file], environmentOf(simulator));
    expect([code, err]).toEqual([0, expect.stringMatching(/\[ +1\/\d+\] probe\(\)/)]);
    expect(out).toMatch(/^jellyfin 12\.0\.0, reading and writing\npassed /);
    const json = await readFile(file, 'utf8');
    expect(JSON.parse(json)).toMatchObject({ format: 1, vendor: 'jellyfin', write: true, interrupted: false, counts: { failed: 0 } });
    for (const word of [...PRIVATE_WORDS, simulator.adminKey]) expect(`${json}${out}${err}`).not.toContain(word);
  });

  it('ends with 1 when a behavior failed', async () => {
    await simulator.control.setFault({ kind: 'status', status: 500 }, { path: /^\/Devices$/ });
    const { code, out } = await start(['jellyfin'], environmentOf(simulator));
    expect(code).toBe(1);
    expect(out).toMatch(/failed +\d+ ms {2}devices\.list\(\) answers what the contract says: VENDOR_ANSWER_INVALID .*500/);
  });

  it('ends with 2 when it cannot be used: no variables, another key, vendor, address or folder', async () => {
    const usable = environmentOf(simulator);
    const asPlex = { USHER_LIVE_PLEX_URL: simulator.url, USHER_LIVE_PLEX_KEY: simulator.adminKey };
    const calls: [string[], Record<string, string>, string][] = [
      [['jellyfin'], {}, 'USHER_LIVE_JELLYFIN_URL and USHER_LIVE_JELLYFIN_KEY are not set.'],
      [['jellyfin'], environmentOf(simulator, 'nobody'), 'USHER_LIVE_JELLYFIN_KEY'],
      [['plex'], asPlex, 'This is Jellyfin, not Plex.'],
      [['jellyfin'], { ...usable, USHER_LIVE_JELLYFIN_URL: 'http://127.0.0.1:1' }, 'see that the server runs'],
      [['jellyfin', '--json', join(folder, 'not', 'there.json')], usable, 'The folder of --json'],
    ];
    for (const [args, env, sentence] of calls) {
      const { code, out, err } = await start(args, env);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(sentence);
      expect(err).toMatch(/error: .+\n {2}next {2}.+\n/);
    }
  }, 300_000);

  it('cleans up after an interrupt, and after a kill with the next run', async () => {
    const before = await namesOn(simulator);
    /** In the middle for sure: from the lists on the server is slow until the signal was sent. */
    const inTheMiddle = (signal: NodeJS.Signals) => (line: string, kill: (signal: NodeJS.Signals) => void) => {
      if (/playlists\.ensure\(\) makes one for/.test(line)) simulator.control.setPace({ latencyMs: 100 });
      if (!/playlists\.remove\(\)/.test(line)) return;
      kill(signal);
      simulator.control.setPace({ latencyMs: 0 });
    };
    const interrupted = await start(['jellyfin', '--write'], environmentOf(simulator), inTheMiddle('SIGINT'));
    expect([interrupted.code, interrupted.out]).toEqual([130, expect.stringContaining('interrupted')]);
    expect(await namesOn(simulator)).toEqual(before);
    const killed = await start(['jellyfin', '--write'], environmentOf(simulator), inTheMiddle('SIGKILL'));
    expect(killed.code).toBeNull();
    expect((await namesOn(simulator)).length).toBeGreaterThan(before.length);
    const next = await start(['jellyfin', '--write'], environmentOf(simulator));
    expect([next.code, next.err]).toEqual([0, expect.stringContaining('removed what an earlier run left: ')]);
    expect(await namesOn(simulator)).toEqual(before);
  }, 300_000);
});
