import { describe, expect, it } from '@jest/globals';
import { PlanHeader, uuidv7, type PlanRow } from '@usher/contracts';
import { planHash, sha256Hex } from '@usher/security';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';
import { ChunkWriter, headerBytes, type PlanChunk } from './plan-document.js';
import { emptyState } from './watch-fields.js';

function rowOf(n: number, change: Partial<Extract<PlanRow, { op: 'watch-state.set' }>> = {}): PlanRow {
  const from = emptyState(`t${n}`, true);
  return { n, u: 0, op: 'watch-state.set', item: `s${n}`, title: `Film ${n}`, tier: 'A', evidence: ['same path'], source: emptyState(`s${n}`, true), from, to: { ...from, played: true, playCount: 1 }, fields: ['played', 'playCount'], loss: [], ...change };
}

function chunksOf(rows: readonly PlanRow[]): PlanChunk[] {
  const writer = new ChunkWriter();
  return [...rows.flatMap((row) => writer.add(row)), ...writer.end()];
}

const ids = { plan: uuidv7(), initiator: uuidv7(), source: uuidv7(), target: uuidv7() };

function headerOf(rows: readonly PlanRow[]): PlanHeader {
  const server = { kind: 'jellyfin' as const, machineId: 'm', version: '12.0.0', digest: 'a'.repeat(64) };
  return PlanHeader.parse({
    v: 1, planId: ids.plan, version: 1, kind: 'users', ofRun: null, madeAt: '2026-01-01T00:00:00.000Z', initiator: ids.initiator,
    source: { ...server, serverId: ids.source, alias: 'Den' }, target: { ...server, serverId: ids.target, alias: 'Attic' },
    users: [{ identityId: null, sources: [{ vendorId: 'ana', name: 'Ana' }], target: { vendorId: 'ana2', name: 'Ana' }, decision: 'map', evidence: 'name', verdicts: [] }],
    libraries: [], paths: [], fields: ['played'], options: {}, counts: { rows: rows.length, writes: rows.length, skips: 0 }, limits: { maxWrites: 100, maxFailures: 50 },
    chunks: chunksOf(rows).map(({ n, first, rows: count, sha256 }) => ({ n, first, rows: count, sha256 })),
  });
}

const hashOf = (rows: readonly PlanRow[]): string => planHash(headerBytes(headerOf(rows)));

describe('the document of a plan', () => {
  it('has the same bytes for the same rows, whatever the order of their keys', () => {
    const rows = Array.from({ length: 30 }, (_, n) => rowOf(n));
    const mixed = rows.map((row) => Object.fromEntries(Object.entries(row).reverse()) as unknown as PlanRow);
    expect(chunksOf(mixed).map(({ bytes }) => bytes.toString())).toEqual(chunksOf(rows).map(({ bytes }) => bytes.toString()));
    expect(hashOf(mixed)).toBe(hashOf(rows));
  });

  it('has another hash when anything of any row changes', () => {
    const rows = Array.from({ length: 40 }, (_, n) => rowOf(n));
    const before = hashOf(rows);
    const changes: ((row: Extract<PlanRow, { op: 'watch-state.set' }>) => PlanRow)[] = [
      (row) => ({ ...row, item: `${row.item}x` }),
      (row) => ({ ...row, u: 1 }),
      (row) => ({ ...row, title: `${row.title}.` }),
      (row) => ({ ...row, tier: 'B' }),
      (row) => ({ ...row, to: { ...row.to, playCount: row.to.playCount + 1 } }),
      (row) => ({ ...row, to: { ...row.to, itemVendorId: 'other' } }),
      (row) => ({ ...row, from: { ...row.from, positionMs: 1 } }),
      (row) => ({ ...row, fields: ['played'] }),
      (row) => ({ ...row, loss: [{ field: 'playCount', kind: 'lossy', reason: 'one-play-only' }] }),
    ];
    fc.assert(
      fc.property(fc.nat({ max: rows.length - 1 }), fc.constantFrom(...changes), (at, change) => {
        const other = rows.map((row, n) => (n === at ? change(row as Extract<PlanRow, { op: 'watch-state.set' }>) : row));
        expect(hashOf(other)).not.toBe(before);
      }),
    );
  });

  it('cuts chunks that fit into one message, without a gap', () => {
    const noise = (n: number): string => Array.from({ length: 4 }, (_, part) => sha256Hex(`${n} ${part}`)).join('');
    const rows = Array.from({ length: 2_000 }, (_, n) => rowOf(n, { title: noise(n), evidence: [noise(n + 9_000).slice(0, 200)] }));
    const chunks = chunksOf(rows);
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.map(({ n }) => n)).toEqual(chunks.map((_, n) => n));
    let next = 0;
    for (const { first, rows: count, bytes } of chunks) {
      expect(first).toBe(next);
      expect(count).toBeLessThanOrEqual(960);
      expect(bytes.toString().trimEnd().split('\n')).toHaveLength(count);
      next += count;
    }
    expect(next).toBe(2_000);
  });

  it('refuses rows out of order', () => {
    const writer = new ChunkWriter();
    writer.add(rowOf(0));
    expect(() => writer.add(rowOf(2))).toThrow('out of order');
  });
});

describe('JSON in one form', () => {
  it('sorts keys at every depth and leaves out what is absent', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'é', x: undefined, 0: true })).toBe('{"0":true,"a":"é","b":[{"c":null,"d":1}]}');
  });

  it.each([[0.5], [Number.NaN], [Number.MAX_SAFE_INTEGER + 2], [Symbol('x')]])('has none for %p', (value) => {
    expect(() => canonicalJson({ value })).toThrow();
  });
});
