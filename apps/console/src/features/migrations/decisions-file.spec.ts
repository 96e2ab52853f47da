import { describe, expect, it } from '@jest/globals';
import { readDecisions, writeDecisions, type DecisionRow } from './decisions-file.js';

const row = (change: Partial<DecisionRow>): DecisionRow => ({ id: 'item:u:1', kind: 'ITEM', severity: 'WARNING', sourceRef: '1', sourceName: '=Film', targetRef: '', targetName: '', field: '', sourceValue: '', targetValue: '', plannedValue: '', tier: '', evidence: 'one, "two"', recommended: 'skip', decision: '', decisionTarget: '', reason: '', ...change });

describe('a decisions file', () => {
  const rows = [row({ decision: 'map', decisionTarget: '=t1' }), row({ id: 'item:u:2', decision: 'Skip', reason: 'not mine,\nreally' }), row({ id: 'item:u:3' })];
  const taken = [
    { id: 'item:u:1', decision: 'MAP', target: '=t1', reason: null },
    { id: 'item:u:2', decision: 'SKIP', target: null, reason: 'not mine,\nreally' },
  ];

  it.each(['csv', 'json'] as const)('comes back as it was decided, from %s; open rows are left alone', (format) => {
    expect(readDecisions(`\uFEFF${writeDecisions(rows, format)}`)).toEqual({ decisions: taken, bad: [] });
  });

  it('runs nothing in a spreadsheet', () => expect(writeDecisions(rows, 'csv')).toContain(",'=Film,"));

  it('tells every bad line with its column, and then uses none', () => {
    const text = 'id,decision,decision_target,reason\nitem:u:1,skip,,\nitem:u:1,skip,,\nitem:u:2,mpa,,\nitem:u:3,map,,\n,skip,,\nuser:u,take-source,,\nfilm,skip,,\nitem:u:4,skip,,\n';
    const { decisions, bad } = readDecisions(text);
    expect(decisions).toEqual([]);
    expect(bad.map(({ line, column, message }) => [line, column, message])).toEqual([
      [3, 'id', 'The same id stands in line 2.'],
      [4, 'decision', '“mpa” is no decision; use map, skip, accept.'],
      [5, 'decision_target', 'map needs the id at the target.'],
      [6, 'id', 'The id is missing.'],
      [7, 'decision', 'take-source cannot be said here; use map or skip or accept.'],
      [8, 'id', '“film” is no id of a decision.'],
    ]);
  });

  it.each([
    ['an empty file', '', 'The file is empty.'],
    ['another file', 'name,age\nana,3\n', 'The column id and decision is missing.'],
    ['a truncated row', 'id,decision,reason\nitem:u:1,skip\n', '2 columns, the first line has 3.'],
    ['broken JSON', '[{"id":', 'no valid JSON'],
    ['JSON of another shape', '{"a":1}', 'a list of decisions'],
    ['UTF-16', 'i\u0000d\u0000', 'UTF-8'],
  ])('is refused when it is %s', (_, text, message) => {
    expect(readDecisions(text)).toEqual({ decisions: [], bad: [expect.objectContaining({ message: expect.stringContaining(message) })] });
  });
});
