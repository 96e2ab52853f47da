import { describe, expect, it } from '@jest/globals';
import { renderCsv } from '../output/columns.js';
import { DECISION_COLUMNS, parseDecisionsFile, type DecisionRow } from './decisions-file.js';

const row = (change: Partial<DecisionRow>): DecisionRow => ({
  id: 'item:u1:i1', kind: 'ITEM' as never, severity: 'WARNING' as never, sourceRef: 'i1', sourceName: '=Film', targetRef: '', targetName: '', field: '', sourceValue: '', targetValue: '', plannedValue: '', tier: '', evidence: 'one, two', recommended: 'map', decision: '', decisionTarget: '', reason: '', ...change,
});

describe('a decisions file', () => {
  it('comes back from a spreadsheet as it was decided; open rows are left alone', () => {
    const text = renderCsv([row({ decision: 'map', decisionTarget: '=t1' }), row({ id: 'item:u1:i2', decision: 'Skip', reason: 'not mine, "really"' }), row({ id: 'item:u1:i3' })], DECISION_COLUMNS, true);
    expect(parseDecisionsFile('d.csv', `\uFEFF${text}`)).toEqual({
      problems: [],
      decisions: [{ id: 'item:u1:i1', decision: 'MAP', target: '=t1', reason: null }, { id: 'item:u1:i2', decision: 'SKIP', target: null, reason: 'not mine, "really"' }],
    });
  });

  it('may be JSON', () => {
    expect(parseDecisionsFile('d.json', JSON.stringify([row({ decision: 'TAKE_SOURCE' })])).decisions).toEqual([{ id: 'item:u1:i1', decision: 'TAKE_SOURCE', target: null, reason: null }]);
  });

  it('tells every bad line, and then uses none', () => {
    const text = 'id,decision,decision_target,reason\na,skip,,\na,skip,,\nb,mpa,,\nc,map,,\n,skip,,\nd,skip,,\n';
    const { decisions, problems } = parseDecisionsFile('d.csv', text);
    expect(decisions).toEqual([]);
    expect(problems.map(({ line, path, message }) => [line, path, message])).toEqual([
      [3, 'id', 'the same id stands in line 2'],
      [4, 'decision', '"mpa" is no decision; did you mean map?'],
      [5, 'decision_target', 'map needs the id at the target'],
      [6, 'id', 'has no id'],
    ]);
  });

  it.each([
    ['an empty file', '', 'the file is empty'],
    ['another file', 'name,age\nana,3\n', 'the columns id and decision are missing'],
    ['a truncated row', 'id,decision,reason\na,skip\n', '2 columns, the header has 3'],
    ['broken JSON', '[{"id":', 'is no JSON'],
    ['JSON of another shape', '{"a":1}', 'must hold a list'],
    ['UTF-16', Buffer.from('id,decision\na,skip\n', 'utf16le').toString('latin1'), 'are missing'],
  ])('is refused when it is %s', (_, text, message) => {
    expect(parseDecisionsFile('d.csv', text)).toEqual({ decisions: [], problems: [expect.objectContaining({ file: 'd.csv', message: expect.stringContaining(message) })] });
  });
});
