import { describe, expect, it } from '@jest/globals';
import { differencesOf, differingFields, lossesOf, matrixOf, mostTitles, sumOf } from './field-matrix.js';
import { chartOf } from './rate.js';
import type { PlanUser, Row, Verdict } from './migration-words.js';

const verdict = (field: Verdict['field'], kind: Verdict['kind'], rows: number | null, text: string | null = null): Verdict => ({ field, kind, rows, text, reason: text, instead: null });
const user = (name: string, verdicts: Verdict[]): PlanUser => ({ identityId: null, decision: 'MAP', evidence: 'identity', sources: [{ vendorId: name, name }], targetVendorId: name, targetName: name, verdicts });

describe('what survives', () => {
  const users = [
    user('ana', [verdict('ACCOUNT', 'EXACT', null), verdict('PLAYED', 'EXACT', 10), verdict('POSITION_MS', 'EXACT', 3), verdict('POSITION_MS', 'LOSSY', 1, 'too near the end'), verdict('PASSWORD', 'IMPOSSIBLE', null, 'nobody tells it'), verdict('ENABLED', 'EXACT', null), verdict('STREAM_LIMIT', 'LOSSY', null, 'differs')]),
    user('ben', [verdict('PLAYED', 'EXACT', 0), verdict('POSITION_MS', 'LOSSY', 2, 'too near the end')]),
  ];
  const matrix = matrixOf(users);
  const cell = (u: number, key: string) => matrix.rows[u]!.cells[matrix.columns.findIndex((column) => column.key === key)];

  it('is counted by user and field', () => {
    expect(cell(0, 'account')).toEqual({ kind: 'EXACT', arrives: null, of: null });
    expect(cell(0, 'resume')).toEqual({ kind: 'LOSSY', arrives: 3, of: 4 });
    expect(cell(0, 'policy')).toEqual({ kind: 'LOSSY', arrives: 1, of: 2 });
    expect(cell(1, 'played')).toEqual({ kind: null, arrives: null, of: null });
    expect(matrix.columns.find(({ key }) => key === 'resume')!.total).toEqual({ kind: 'LOSSY', arrives: 3, of: 6 });
  });

  it('gives each reason one number', () => {
    expect(matrix.notes.map(({ number, text }) => [number, text])).toEqual([[1, 'differs'], [2, 'too near the end'], [3, 'nobody tells it']]);
    expect(matrix.columns.find(({ key }) => key === 'resume')!.notes).toEqual([2]);
  });

  it('puts the same loss of several people together, the worst last', () => {
    expect(lossesOf(users).map(({ what, kind, users: names }) => [what, kind, names])).toEqual([
      ['Resume point: 3', 'LOSSY', ['ana', 'ben']],
      ['Streams at once: 1', 'LOSSY', ['ana']],
      ['Password: 1', 'IMPOSSIBLE', ['ana']],
    ]);
    expect(mostTitles(users[0]!)).toBe(10);
    expect(sumOf([{ name: 'a', count: 2 }, { name: 'b', count: 3 }], (name) => name === 'b')).toBe(3);
  });
});

describe('what was read back', () => {
  const to = { itemVendorId: 't', played: true, playCount: 2, lastPlayedAt: '2026-03-12T20:00:00Z', positionMs: 0, favorite: false, ratingTenths: null };
  const row = (now: Row['now']): Row => ({ u: 1, fields: ['PLAYED', 'PLAY_COUNT', 'LAST_PLAYED_AT'], to, now }) as Row;
  it('names the fields that differ, all of them when nothing is there', () => {
    expect(differingFields(row({ ...to, playCount: 3, lastPlayedAt: '2026-03-12T20:00:00.000Z' }))).toEqual(['PLAY_COUNT']);
    expect(differingFields(row(null))).toHaveLength(3);
    expect(differencesOf([row(null), row({ ...to, playCount: 3 })]).get('1:PLAY_COUNT')).toBe(2);
  });
});

describe('the rate', () => {
  const at = (atMs: number, perSecond: number, slowed = false) => ({ atMs, perSecond, slowed });
  it('is a line over time, with its slow stretch in one piece', () => {
    const { line, slowed, most, median } = chartOf([at(0, 100), at(10, 200), at(20, 50, true), at(40, 50, true)], 400, 100);
    expect(line).toBe('M0 50 L100 0 L200 75 L400 75');
    expect(slowed).toEqual([{ x: 100, width: 300 }]);
    expect([most, median]).toEqual([200, 100]);
  });
  it('begins with the second point', () => expect(chartOf([at(0, 5)], 400, 100)).toEqual({ line: '', slowed: [], most: 5, median: 5 }));
});
