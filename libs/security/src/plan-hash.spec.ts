import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { AgentKeys } from './agent-keys.js';
import { planHash, sealPlanPiece, sha256Hex } from './plan-hash.js';
import { sealBytesTo } from './sealed-box.js';

describe('the hash of a plan', () => {
  it('is that of the bytes behind their purpose', () => {
    expect(planHash(Buffer.from('{}'))).toBe(sha256Hex('usher-plan-v1\n{}'));
    expect(planHash(Buffer.from(''))).not.toBe(sha256Hex(''));
  });

  it('is the same for the same bytes, and another after any change of one bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), (bytes, at) => {
        const changed = Uint8Array.from(bytes);
        const bit = at % (bytes.length * 8);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(planHash(Uint8Array.from(bytes))).toBe(planHash(bytes));
        expect(planHash(changed)).not.toBe(planHash(bytes));
      }),
    );
  });

  it('binds the rows through the hashes of their chunks: a changed, moved or missing row is another plan', () => {
    const chunksOf = (rows: readonly string[], size: number) => Array.from({ length: Math.ceil(rows.length / size) }, (_, n) => rows.slice(n * size, (n + 1) * size).map((row) => `${row}\n`).join(''));
    const headerOf = (rows: readonly string[], size: number) => Buffer.from(JSON.stringify({ chunks: chunksOf(rows, size).map((text) => sha256Hex(text)) }));
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 2, maxLength: 30 }), fc.integer({ min: 1, max: 8 }), fc.nat(), (rows, size, at) => {
        const hash = planHash(headerOf(rows, size));
        const i = at % rows.length;
        const j = (i + 1) % rows.length;
        const swapped = rows.with(i, rows[j]!).with(j, rows[i]!);
        for (const other of [rows.with(i, `${rows[i]}.`), swapped, rows.toSpliced(i, 1), [...rows, 'more.']]) expect(planHash(headerOf(other, size))).not.toBe(hash);
        expect(planHash(headerOf([...rows], size))).toBe(hash);
      }),
    );
  });
});

describe('a sealed piece of a plan', () => {
  let folder: string;
  let mine: AgentKeys;
  let theirs: AgentKeys;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'usher-piece-'));
    mine = await AgentKeys.loadOrCreate(path.join(folder, 'a'));
    theirs = await AgentKeys.loadOrCreate(path.join(folder, 'b'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is opened byte for byte by the agent that it is for, and fits a command', async () => {
    const piece = Buffer.concat([Buffer.alloc(1_000_000, 'a row of the plan\n'), randomBytes(60_000)]);
    const sealed = await sealPlanPiece(mine.boxPub, piece);
    expect(sealed.length).toBeLessThan(100_000);
    expect((await mine.openPlanPiece(sealed)).equals(piece)).toBe(true);
  });

  it('is not opened by another agent, when cut, or when it is something else', async () => {
    const sealed = await sealPlanPiece(mine.boxPub, Buffer.from('{}'));
    for (const text of [sealed.slice(0, -4), `${sealed}x`, 'garbage', '']) await expect(mine.openPlanPiece(text)).rejects.toMatchObject({ code: 'MESSAGE_INVALID', details: { reason: 'sealed' } });
    await expect(theirs.openPlanPiece(sealed)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await expect(mine.openPlanPiece(await sealBytesTo(mine.boxPub, Buffer.from('not deflated')))).rejects.toMatchObject({ details: { reason: 'plan' } });
  });

  it('that would fill the memory is given up', async () => {
    const bomb = await sealBytesTo(mine.boxPub, deflateRawSync(Buffer.alloc(64 * 1024 * 1024)));
    await expect(mine.openPlanPiece(bomb)).rejects.toMatchObject({ code: 'MESSAGE_INVALID', details: { reason: 'plan' } });
  });
});
