import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@usher/testing';
import { ScratchClone, type Run } from './scratch-clone.js';

interface Services {
  postgres: { pid: number; port: number };
  nats: { pid: number; port: number };
  host: { pid: number };
}

describe('npm start', () => {
  let clone: ScratchClone;
  beforeEach(() => void (clone = new ScratchClone()));
  afterEach(() => clone.close(), 30_000);

  const services = (): Services => JSON.parse(readFileSync(join(clone.data, 'services.json'), 'utf8')) as Services;
  const started = async (args: string[] = [], more = {}): Promise<Run> => {
    const run = await clone.start(args, more);
    await run.ready();
    return run;
  };
  const hostSays = async (url: string): Promise<{ pid: number; databaseUser: string; owner: string | null }> =>
    (await (await fetch(url)).json()) as { pid: number; databaseUser: string; owner: string | null };

  it('comes up from nothing, prints what it did, and leaves nothing when stopped', async () => {
    const run = await started();
    const lines = run.output().split('\n');
    expect(lines[0]).toMatch(/^usher \d+\.\d+\.\d+ {3}node .* {3}data /);
    expect(run.output()).toMatch(/^postgres +embedded 18\.\d+ {3}127\.0\.0\.1:\d+ {3}new cluster/m);
    expect(run.output()).toMatch(/^nats +PATH \d+\.\d+\.\d+ {3}127\.0\.0\.1:\d+/m);
    expect(run.output()).toMatch(/^database +\d+ migrations? applied$/m);
    expect(run.output()).toContain('6 simulated servers (none registered; --no-demo leaves them out)');
    expect(run.output()).toMatch(/^ready in \d+\.\d s$/m);
    expect(run.output()).toContain(`  console     ${run.url}`);
    expect(run.output()).toContain('  code        K7QF9-3TMXA   one-time sign-in, 15 min');
    expect(await hostSays(run.url)).toMatchObject({ databaseUser: 'usher_app', owner: null });

    run.process.kill('SIGINT');
    expect(await run.exited).toBe(0);
    await clone.gone();
    expect(existsSync(join(clone.data, 'lock'))).toBe(false);
    expect(existsSync(join(clone.data, 'services.json'))).toBe(false);
  });

  it('keeps the data directory closed: 0711 itself, 0700 below, and PostgreSQL not as root', async () => {
    await started();
    const modeOf = (name: string) => statSync(join(clone.data, name)).mode & 0o777;
    expect(modeOf('.')).toBe(0o711);
    for (const name of ['keys', 'nats', 'logs', 'postgres', 'demo']) expect(modeOf(name)).toBe(0o700);
    for (const name of ['lock', 'services.json', 'postgres.password']) expect(modeOf(name)).toBe(0o600);
    const owner = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${services().postgres.pid}/status`, 'utf8'))?.[1];
    expect(owner).not.toBe('0');
    expect(readFileSync(join(clone.data, 'services.json'), 'utf8')).not.toContain(readFileSync(join(clone.data, 'postgres.password'), 'utf8').trim());
  });

  it('keeps its data over a restart, and shows a code again only when asked', async () => {
    const first = await started();
    first.process.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    const second = await started(['--sign-in']);
    expect(second.output()).toContain('up to date');
    expect(second.output()).not.toContain('new cluster');
    expect(second.output()).toContain('K7QF9-3TMXA');
    second.process.kill('SIGINT');
    await second.exited;
    expect((await started()).output()).not.toContain('K7QF9-3TMXA');
  });

  it('F3: refuses a second start on the same directory, and starts beside on another', async () => {
    const first = await started();
    const second = await clone.start();
    expect(await second.exited).toBe(1);
    expect(second.errors()).toMatch(/^error: Usher already runs on this data directory\n {2}why +pid \d+, since .*\n {2}next +open http:\/\/127\.0\.0\.1:\d+/);
    const other = await started(['--data', join(clone.folder, 'other'), '--no-demo']);
    expect((await hostSays(other.url)).pid).not.toBe((await hostSays(first.url)).pid);
  });

  it('starts over a lock of an earlier boot and over one whose process id was given to another', async () => {
    mkdirSync(clone.data, { mode: 0o711 });
    writeFileSync(join(clone.data, 'lock'), JSON.stringify({ pid: process.pid, startTime: '1', bootId: 'earlier' }));
    const first = await started();
    first.process.kill('SIGINT');
    await first.exited;
    writeFileSync(join(clone.data, 'lock'), JSON.stringify({ pid: process.pid, startTime: '1', bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() }));
    await started();
  });

  it('kill -9 of the supervisor leaves no process, and the next start works', async () => {
    const run = await started();
    expect(clone.processes().length).toBeGreaterThanOrEqual(5);
    run.process.kill('SIGKILL');
    await eventually(() => clone.processes().length === 0, { timeoutMs: 3_000 });
    await started();
  });

  it('kill -9 of npm stops everything', async () => {
    const run = await started([], { npm: true });
    run.process.kill('SIGKILL');
    await clone.gone();
    expect(existsSync(join(clone.data, 'lock'))).toBe(false);
  });

  it('starts the host again after it died, with the same services', async () => {
    const run = await started();
    const before = await hostSays(run.url);
    process.kill(before.pid, 'SIGKILL');
    const after = await eventually(async () => {
      const answer = await hostSays(run.url);
      return answer.pid !== before.pid && answer;
    });
    expect(after.databaseUser).toBe('usher_app');
    expect(run.output()).toContain('stopped, starting again in 1 s');
  });

  it.each(['postgres', 'nats'] as const)('stops everything when %s dies, and says so', async (name) => {
    const run = await started();
    process.kill(services()[name].pid, 'SIGKILL');
    expect(await run.exited).toBe(1);
    expect(run.errors()).toContain(`error: ${name} stopped by itself`);
    await clone.gone();
  });

  it('F11: refuses a port that was asked for and is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const run = await clone.start([], { port });
    expect(await run.exited).toBe(1);
    expect(run.errors()).toContain(`error: port ${port} is taken`);
    other.close();
  });

  it('F10: refuses a newer database and changes nothing', async () => {
    mkdirSync(join(clone.folder, 'prisma/migrations/99990101000000_newer'), { recursive: true });
    writeFileSync(join(clone.folder, 'prisma/migrations/99990101000000_newer/migration.sql'), 'SELECT 1;');
    const first = await started();
    first.process.kill('SIGINT');
    await first.exited;
    rmSync(join(clone.folder, 'prisma/migrations/99990101000000_newer'), { recursive: true });
    const second = await clone.start();
    expect(await second.exited).toBe(1);
    expect(second.errors()).toContain('error: the database is newer than this version');
    await clone.gone();
  });

  it('F6: refuses the cluster of another major version and makes none beside it', async () => {
    mkdirSync(join(clone.data, 'postgres/17'), { recursive: true });
    writeFileSync(join(clone.data, 'postgres/17/PG_VERSION'), '17\n');
    const run = await clone.start();
    expect(await run.exited).toBe(1);
    expect(run.errors()).toContain('error: the data directory holds PostgreSQL 17, this version brings 18');
    expect(existsSync(join(clone.data, 'postgres/18'))).toBe(false);
  });

  it('F15: names host, port and reason of a given service, never its password', async () => {
    const database = await clone.start([], { env: { USHER_DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/usher' } });
    expect(await database.exited).toBe(1);
    expect(database.errors()).toContain('error: USHER_DATABASE_URL: cannot connect\n  why   127.0.0.1:1: ECONNREFUSED');
    expect(database.errors()).not.toContain('hush');
    const broker = await clone.start([], { env: { USHER_NATS_URL: 'nats://127.0.0.1:1' } });
    expect(await broker.exited).toBe(1);
    expect(broker.errors()).toContain('error: USHER_NATS_URL: cannot connect');
  });

  it('F13: shows the end of the log when the host does not come up', async () => {
    writeFileSync(join(clone.folder, 'apps/usher/dist/main.js'), "if (process.argv[2] === 'broker-config') process.exit(0);\nconsole.error('it broke here');\nprocess.exit(3);\n");
    mkdirSync(join(clone.data, 'nats'), { recursive: true });
    writeFileSync(join(clone.data, 'nats/nats.conf'), '');
    const run = await clone.start();
    expect(await run.exited).toBe(1);
    expect(run.errors()).toContain('error: the host ended while it started\n  why   it broke here');
    await clone.gone();
  });

  it('leaves the demo fleet out when told to, and counts it when told how many', async () => {
    const without = await started(['--no-demo']);
    expect(without.output()).not.toContain('simulated');
    without.process.kill('SIGINT');
    await without.exited;
    expect((await started(['--demo', '--demo-servers', '3'])).output()).toContain('3 simulated servers');
  });

  it('stops at once when interrupted during the start', async () => {
    const run = await clone.start();
    await eventually(() => run.output().includes('usher '));
    run.process.kill('SIGINT');
    expect(await run.exited).toBe(0);
    await clone.gone();
  });

  it('answers wrong arguments with code 2', async () => {
    for (const args of [['--fast'], ['--demo', '--no-demo'], ['--services', 'cloud'], ['--demo-servers', 'six']]) {
      const run = await clone.start(args);
      expect(await run.exited).toBe(2);
      expect(run.errors()).toMatch(/^error: wrong arguments/);
    }
    expect(existsSync(clone.data)).toBe(false);
  });
});
