import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { KeyRing, checkCanary, sealCanary } from './key-ring.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-ring-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fileIn = (name: string) => path.join(folder, name, 'keyring.json');

describe('KeyRing', () => {
  it('is made once, readable by its owner alone, and is the same afterwards', async () => {
    const made = await KeyRing.loadOrCreate(fileIn('a'));
    const read = await KeyRing.load(fileIn('a'));
    expect(read.fleetId).toBe(made.fleetId);
    expect((await stat(fileIn('a'))).mode & 0o777).toBe(0o400);
    expect(await readdir(path.dirname(fileIn('a')))).toEqual(['keyring.json']);
    expect(read.commandKey('controller').trusted).toEqual(made.trustedKeys()[0]);
  });

  it('is one ring when many processes start at once', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, () => KeyRing.loadOrCreate(fileIn('race'))));
    expect(new Set(rings.map((ring) => ring.fleetId)).size).toBe(1);
    expect(await readdir(path.dirname(fileIn('race')))).toEqual(['keyring.json']);
  });

  it('of an older version gets the keys of the router and the migration, once, and keeps the rest', async () => {
    const made = await KeyRing.loadOrCreate(fileIn('older'));
    const data = JSON.parse(await readFile(fileIn('older'), 'utf8')) as { commandKeys: { router?: unknown; migration?: unknown } };
    delete data.commandKeys.router;
    delete data.commandKeys.migration;
    await rm(fileIn('older'));
    await writeFile(fileIn('older'), JSON.stringify(data), { mode: 0o400 });
    const older = await KeyRing.load(fileIn('older'));
    expect(older.trustedKeys()).toHaveLength(1);
    expect(() => older.commandKey('router')).toThrow(expect.objectContaining({ code: 'KEYRING_MISMATCH' }));
    const completed = await KeyRing.loadOrCreate(fileIn('older'));
    expect(completed.trustedKeys().map(({ kid }) => kid)).toEqual(['controller-1', 'router-1', 'migration-1']);
    expect(completed.commandKey('controller').trusted).toEqual(made.commandKey('controller').trusted);
    expect((await KeyRing.loadOrCreate(fileIn('older'))).trustedKeys()).toEqual(completed.trustedKeys());
    expect((await stat(fileIn('older'))).mode & 0o777).toBe(0o400);
  });

  it('derives the same bytes for the same text, and others for another', async () => {
    const [ring, other] = await Promise.all([KeyRing.loadOrCreate(fileIn('a')), KeyRing.loadOrCreate(fileIn('b'))]);
    expect(ring.derive('link', 'x')).toEqual(ring.derive('link', 'x'));
    const all = [ring.derive('link', 'x'), ring.derive('link', 'y'), ring.derive('link2', 'x'), other.derive('link', 'x')].map((bytes) => bytes.toString('hex'));
    expect(new Set(all).size).toBe(4);
  });

  it('prints nothing of itself', async () => {
    const ring = await KeyRing.loadOrCreate(fileIn('a'));
    const { broker, keys } = JSON.parse(await readFile(fileIn('a'), 'utf8')) as { broker: { rootSeed: string }; keys: { material: string }[] };
    for (const text of [inspect(ring, { depth: 9, showHidden: true }), JSON.stringify(ring)]) {
      expect(text).not.toContain(broker.rootSeed);
      expect(text).not.toContain(keys[0]!.material);
    }
    expect(Object.keys(ring.commandKey('controller').trusted.jwk)).not.toContain('d');
  });

  it('is KEYRING_MISSING when there is none', async () => {
    await expect(KeyRing.load(fileIn('none'))).rejects.toMatchObject({ code: 'KEYRING_MISSING' });
  });

  it.each([0o644, 0o440, 0o604])('is KEYRING_UNSAFE with mode %o', async (mode) => {
    const file = fileIn(`mode-${mode}`);
    await KeyRing.loadOrCreate(file);
    await chmod(file, mode);
    await expect(KeyRing.load(file)).rejects.toMatchObject({ code: 'KEYRING_UNSAFE', details: { reason: 'mode' } });
    await expect(KeyRing.loadOrCreate(file)).rejects.toMatchObject({ code: 'KEYRING_UNSAFE' });
  });

  it('is KEYRING_UNSAFE beside the data of PostgreSQL, in a backup folder, and as a folder', async () => {
    await mkdir(path.join(folder, 'pg', 'sub'), { recursive: true });
    await writeFile(path.join(folder, 'pg', 'PG_VERSION'), '18\n');
    const inside = path.join(folder, 'pg', 'sub', 'keyring.json');
    await expect(KeyRing.loadOrCreate(inside)).rejects.toMatchObject({ code: 'KEYRING_UNSAFE', details: { reason: 'place' } });
    expect(await readdir(path.dirname(inside))).toEqual([]);
    await expect(KeyRing.load(fileIn('a'), { forbiddenDirs: [path.join(folder, 'a')] })).rejects.toMatchObject({ code: 'KEYRING_UNSAFE', details: { reason: 'place' } });
    await expect(KeyRing.load(path.join(folder, 'pg'))).rejects.toMatchObject({ code: 'KEYRING_UNSAFE', details: { reason: 'not-a-file' } });
  });

  it('is KEYRING_MISMATCH when it is damaged or of another make, and says nothing of its text', async () => {
    const good = JSON.parse(await readFile(fileIn('a'), 'utf8')) as Record<string, unknown>;
    const bad = ['{"fleetId": "hush', '{}', JSON.stringify({ ...good, primary: 'gone' }), JSON.stringify({ ...good, fpKey: 'short' })];
    for (const [index, text] of bad.entries()) {
      const file = path.join(folder, `bad-${index}.json`);
      await writeFile(file, text, { mode: 0o400 });
      const error = await KeyRing.load(file).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'KEYRING_MISMATCH' });
      expect(inspect(error)).not.toContain('hush');
    }
  });

  it('opens the canary of its own fleet and no other', async () => {
    const mine = await KeyRing.loadOrCreate(fileIn('a'));
    const other = await KeyRing.loadOrCreate(fileIn('b'));
    const canary = sealCanary(mine);
    expect(() => checkCanary(mine, canary)).not.toThrow();
    for (const blob of [canary.subarray(0, 20), Buffer.alloc(0), Buffer.concat([canary.subarray(0, -1), Buffer.of(canary.at(-1)! ^ 1)])]) {
      expect(() => checkCanary(mine, blob)).toThrow(expect.objectContaining({ code: 'KEYRING_MISMATCH' }));
    }
    expect(() => checkCanary(other, canary)).toThrow(expect.objectContaining({ code: 'KEYRING_MISMATCH' }));
  });
});
