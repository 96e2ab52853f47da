import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findNatsProgram, natsVersion, unpackFromApt } from '../boot/nats-program.mjs';
import { startNats } from '../boot/nats.mjs';
import type { Failure } from '../boot/failure.mjs';

describe('the ladder of NATS servers', () => {
  let folder: string;
  const path = process.env['PATH'];
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'usher-nats-')));
    process.env['PATH'] = join(folder, 'bin');
    mkdirSync(join(folder, 'bin'));
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  function program(file: string, text: string): string {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  }
  const start = (mode: string, aptReason: string | null = 'no apt-get here') =>
    startNats({ root: folder, dataDir: folder, aptFolders: [join(folder, 'apt')], mode, aptReason }).then(() => null, (error: Failure) => error);

  it('takes a program on PATH before an unpacked one', () => {
    const unpacked = program(join(folder, 'apt/nats/usr/sbin/nats-server'), 'echo "nats-server: v2.9.10"');
    const system = findNatsProgram([]);
    if (system === null) expect(findNatsProgram([join(folder, 'apt')])).toEqual({ source: 'apt', program: unpacked });
    const onPath = program(join(folder, 'bin/nats-server'), 'echo "nats-server: v2.14.3"');
    expect(findNatsProgram([join(folder, 'apt')])).toEqual({ source: 'PATH', program: onPath });
    expect(natsVersion(onPath)).toBe('2.14.3');
  });

  it('sees that a program cannot run here', () => {
    expect(natsVersion(program(join(folder, 'bin/nats-server'), 'exit 1'))).toBeNull();
  });

  it('needs apt-get and dpkg-deb for the third rung', async () => {
    expect(await unpackFromApt(join(folder, 'apt'))).toEqual({ reason: 'no apt-get, no dpkg-deb here' });
  });

  it('says why the distribution did not give one', async () => {
    program(join(folder, 'bin/apt-get'), 'echo "E: no network" >&2; exit 100');
    program(join(folder, 'bin/dpkg-deb'), 'exit 0');
    expect(await unpackFromApt(join(folder, 'apt'))).toEqual({ reason: 'apt-get update: E: no network' });
  });

  it('F7: names one reason per rung, and the three ways out', async () => {
    program(join(folder, 'bin/nats-server'), 'exit 1');
    const failure = await start('auto');
    expect(failure).toMatchObject({ id: 'F7', why: [`${join(folder, 'bin/nats-server')} cannot run here`, 'apt: no apt-get here', 'docker: not installed'] });
    expect(failure?.next).toHaveLength(3);
  });

  it('F7: tells a missing compose plugin from a missing daemon', async () => {
    program(join(folder, 'bin/docker'), 'exit 1');
    expect(await start('docker')).toMatchObject({ why: ['docker: no compose plugin'] });
    program(join(folder, 'bin/docker'), '[ "$1" = compose ]');
    expect(await start('docker')).toMatchObject({ why: ['docker: no daemon'] });
  });

  it('private leaves docker out', async () => {
    program(join(folder, 'bin/nats-server'), 'exit 1');
    expect((await start('private'))?.why.at(-1)).toBe('docker: left out by USHER_SERVICES=private');
  });
});
