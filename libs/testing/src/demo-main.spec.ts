import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from './config.js';
import { callServer } from './simulators/base/client.js';

describe('the demo fleet as a process', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'usher-demo-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const launch = async (...args: string[]) => {
    const root = repositoryRoot();
    const program = ['--conditions=@usher/source', '--import', './tools/ts-register.mjs', 'libs/testing/src/demo-main.ts', ...args];
    const child = spawn(process.execPath, program, { cwd: root, env: { PATH: '', USHER_DEMO_DIR: folder }, stdio: ['pipe', 'pipe', 'ignore'] });
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([once(lines, 'line'), exited])) as [string | number];
    return { child, exited, said: typeof line === 'string' ? (JSON.parse(line) as { ready: boolean; servers: { url: string; externalKey: string }[] }) : null };
  };

  it('says where its servers are, keeps their ports, and ends with its standard input', async () => {
    const first = await launch('--servers', '2');
    expect(first.said).toMatchObject({ ready: true, servers: [{ externalKey: 'demo-attic' }, { externalKey: 'demo-basement' }] });
    expect((await callServer(`${first.said!.servers[0]!.url}/health`)).text).toBe('Healthy');
    first.child.stdin.end();
    expect(await first.exited).toEqual([0, null]);
    expect(Object.keys(JSON.parse(await readFile(path.join(folder, 'ports.json'), 'utf8')) as object)).toEqual(['demo-attic', 'demo-basement', 'plex.tv']);
    const second = await launch('--servers', '2');
    expect(second.said!.servers).toEqual(first.said!.servers);
    second.child.kill('SIGTERM');
    expect(await second.exited).toEqual([0, null]);
  });

  it('refuses a number of servers that makes no sense', async () => {
    const { said, exited } = await launch('--servers', 'many');
    expect([said, (await exited)[0]]).toEqual([null, 1]);
  });
});
