import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@usher/testing';
import { leashed, startChild } from '../boot/children.mjs';
import { Failure } from '../boot/failure.mjs';
import { lockOwner, takeLock } from '../boot/lock.mjs';
import { isBrokerTooOld } from '../boot/nats.mjs';
import { placePostgres, serverUser } from '../boot/postgres-programs.mjs';
import { isPortFree, probeNats, probePostgres } from '../boot/probe.mjs';
import { bootId, isAlive, startTimeOf } from '../boot/processes.mjs';
import { RestartPolicy } from '../boot/restart-policy.mjs';
import { refuseOldNode } from '../node-version.mjs';
import { givenServices } from '../services.mjs';

let folder: string;
beforeEach(() => void (folder = realpathSync(mkdtempSync(join(tmpdir(), 'usher-boot-')))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('lock', () => {
  const path = () => join(folder, 'lock');

  it('is held once, names its owner, and can be taken again after its release', () => {
    const lock = takeLock(path(), { purpose: 'test' });
    if ('owner' in lock) throw new Error('nobody else holds it');
    lock.update({ url: 'http://x' });
    expect(takeLock(path())).toMatchObject({ owner: { pid: process.pid, url: 'http://x', purpose: 'test' } });
    lock.release();
    expect(lockOwner(path())).toBeNull();
    expect(takeLock(path())).not.toHaveProperty('owner');
  });

  it.each([
    ['another boot', { pid: process.pid, startTime: startTimeOf(process.pid), bootId: 'earlier' }],
    ['a process id that is nobody', { pid: 4_194_303, startTime: '1', bootId: bootId() }],
    ['a process id that was given to another', { pid: process.pid, startTime: '1', bootId: bootId() }],
  ])('is stale with %s', (_name, owner) => {
    writeFileSync(path(), JSON.stringify(owner));
    expect(lockOwner(path())).toBeNull();
    expect(takeLock(path())).not.toHaveProperty('owner');
  });

  it('is stale when its file is damaged', () => {
    writeFileSync(path(), '{"pid":');
    expect(takeLock(path())).not.toHaveProperty('owner');
  });
});

describe('restarts', () => {
  it('wait longer each time, and end at the fifth stop in two minutes', () => {
    const policy = new RestartPolicy();
    expect([0, 10_000, 20_000, 30_000, 40_000].map((at) => policy.next(at))).toEqual([1_000, 2_000, 4_000, 8_000, null]);
  });

  it('forget what is older than two minutes', () => {
    const policy = new RestartPolicy();
    for (const at of [0, 1_000, 2_000, 3_000]) policy.next(at);
    expect(policy.next(200_000)).toBe(1_000);
  });
});

describe('failures', () => {
  it('say what, why and what next', () => {
    const failure = new Failure({ id: 'F7', error: 'no NATS server found', why: ['no nats-server on PATH', 'docker: no daemon'], next: 'set USHER_NATS_URL' });
    expect(String(failure)).toBe('error: no NATS server found\n  why   no nats-server on PATH\n        docker: no daemon\n  next  set USHER_NATS_URL');
  });

  it('this Node is new enough', () => {
    expect(refuseOldNode()).toBe(false);
  });
});

describe('brokers', () => {
  it.each([['2.9.10', true], ['2.12.11', true], ['2.12.12', false], ['2.13.9', true], ['2.14.2', true], ['2.14.3', false], ['2.15.0', false], ['3.0.0', false], ['1.4.0', true]])('%s is too old off loopback: %s', (version, old) => {
    expect(isBrokerTooOld(version)).toBe(old);
  });
});

describe('probes', () => {
  let server: Server;
  let port: number;
  const listen = async (onConnection: (socket: import('node:net').Socket) => void): Promise<void> => {
    server = createServer(onConnection);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  };
  afterEach(() => server.close());

  it('know a broker and its version', async () => {
    await listen((socket) => void socket.write('INFO {"version":"2.9.10","auth_required":true}\r\n'));
    expect(await probeNats('127.0.0.1', port)).toEqual({ ok: true, version: '2.9.10', open: false });
    expect(await isPortFree(port)).toBe(false);
  });

  it('know that something else is neither', async () => {
    await listen((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await probeNats('127.0.0.1', port)).toMatchObject({ ok: false });
    expect(await probePostgres('127.0.0.1', port)).toMatchObject({ ok: false });
  });

  it('give up on silence', async () => {
    await listen(() => undefined);
    expect(await probePostgres('127.0.0.1', port)).toEqual({ ok: false, reason: 'no answer' });
  });

  it('F4: local services must be there and open', async () => {
    await listen(() => undefined);
    const env = { USHER_NATS_URL: 'nats://127.0.0.1:4222' };
    const free = await isPortFree(5432);
    const failure = await givenServices({ env, mode: 'local' }).then(() => null, (error: Failure) => error);
    expect(free ? failure : { id: 'F4' }).toMatchObject({ id: 'F4' });
  });

  it('in auto mode nobody asks the standard ports', async () => {
    await listen(() => undefined);
    expect(await givenServices({ env: {}, mode: 'auto' })).toEqual({ postgres: null, postgresOwner: null, nats: null });
  });
});

describe('the PostgreSQL user', () => {
  const asRoot = process.getuid?.() === 0;
  const passwd = (text: string) => {
    writeFileSync(join(folder, 'passwd'), text);
    return serverUser(join(folder, 'passwd'));
  };

  it('is `postgres`, else `nobody`, with the numeric group; an ordinary user stays who it is', () => {
    const nobody = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/bin/false\n';
    const expected = asRoot ? [{ name: 'nobody', uid: 65_534, gid: 65_533 }, { name: 'postgres', uid: 70, gid: 71 }] : [null, null];
    expect([passwd(nobody), passwd(`${nobody}postgres:x:70:71::/:/bin/sh\n`)]).toEqual(expected);
  });

  it('gets programs and data elsewhere when it cannot reach them, F6b when that place is not ours', () => {
    const programs = join(folder, 'native');
    mkdirSync(join(programs, 'bin'), { recursive: true });
    writeFileSync(join(programs, 'bin/postgres'), '#!/bin/sh\n');
    chmodSync(join(programs, 'bin/postgres'), 0o755);
    mkdirSync(join(folder, 'private'), { mode: 0o700 });
    const place = (base: string) => placePostgres({ folder: programs, dataFolder: join(folder, 'private'), user: asRoot ? { uid: 65_534, gid: 65_534 } : null, base });
    if (!asRoot) {
      expect(place(join(folder, 'base'))).toMatchObject({ moved: null });
      return;
    }
    const placed = place(join(folder, 'base'));
    expect(placed.moved).toMatch(/base\/[0-9a-f]{16}$/);
    expect(existsSync(join(placed.programs, 'bin/postgres'))).toBe(true);
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'private'), 0o755);
    expect(place(join(folder, 'base')).moved).toBe(placed.moved);
    rmSync(join(folder, 'private/moved.json'));
    chmodSync(join(folder, 'private'), 0o700);
    symlinkSync(join(folder, 'private'), join(folder, 'trap'));
    expect(() => place(join(folder, 'trap'))).toThrow('exists and belongs to');
  });
});

describe('children', () => {
  const log = () => join(folder, 'child.log');
  const started: ChildProcess[] = [];
  afterEach(() => void started.splice(0).map((child) => child.kill('SIGKILL')));
  const sleeper = ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'];

  it('are stopped by their signal, and killed when they do not listen', async () => {
    const child = startChild({ name: 'deaf', program: process.execPath, args: ['-e', "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"], log: log() });
    await eventually(() => readFileSync(log(), 'utf8').includes('up'));
    expect(await child.stop('SIGTERM', 50)).toMatchObject({ signal: 'SIGKILL' });
  });

  it.each(['setpriv', 'leash'] as const)('die with their parent by %s', async (how) => {
    if (how === 'setpriv' && process.platform !== 'linux') return;
    const script = `import { startChild } from ${JSON.stringify(join(import.meta.dirname, '../boot/children.mjs'))};
      startChild({ name: 'x', program: process.execPath, args: ${JSON.stringify(sleeper)}, log: ${JSON.stringify(log())}, how: '${how}' });
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    started.push(parent);
    const pid = await eventually(() => {
      const text = existsSync(log()) ? readFileSync(log(), 'utf8') : '';
      return text.endsWith('\n') && Number(text);
    });
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => !isAlive(pid), { timeoutMs: 3_000 });
  });

  it('of a leash get its signals and hand their exit code on', async () => {
    const child = startChild({ name: 'x', program: process.execPath, args: ['-e', "process.on('SIGTERM', () => process.exit(7)); console.log('up'); setInterval(() => {}, 1000)"], log: log(), how: 'leash' });
    await eventually(() => readFileSync(log(), 'utf8').includes('up'));
    expect(await child.stop('SIGTERM')).toMatchObject({ code: 7 });
  });

  it('change user by the leash where setpriv is missing', () => {
    const order = leashed({ program: '/bin/true', args: [], user: { uid: 5, gid: 6 }, deathSignal: 'SIGINT', how: 'leash' });
    expect(JSON.parse(order.args[1] ?? '')).toMatchObject({ uid: 5, gid: 6, signal: 'SIGINT', run: ['/bin/true'] });
  });
});
