import type { ConsoleMigrationDecisionsQuery, MigrationDecision, MigrationDecisionInput } from '@usher/api-client';
import { parseCsv } from '../servers/import-file.js';

export type DecisionRow = ConsoleMigrationDecisionsQuery['migrationDecisions']['rows'][number];

export interface BadLine {
  /** Line of a CSV file, place in the list of a JSON file. */
  readonly line: number;
  readonly column: string | null;
  readonly message: string;
}

export const MOST_DECISIONS = 5_000;

const word = (text: string): string => text.toLowerCase().replaceAll('_', '-');

/** The file's columns, in their order; the command line writes and reads the same. */
const COLUMNS: readonly (readonly [string, (row: DecisionRow) => string])[] = [
  ['id', (row) => row.id],
  ['kind', (row) => word(row.kind)],
  ['severity', (row) => word(row.severity)],
  ['source_ref', (row) => row.sourceRef],
  ['source_name', (row) => row.sourceName],
  ['target_ref', (row) => row.targetRef],
  ['target_name', (row) => row.targetName],
  ['field', (row) => row.field],
  ['source_value', (row) => row.sourceValue],
  ['target_value', (row) => row.targetValue],
  ['planned_value', (row) => row.plannedValue],
  ['tier', (row) => row.tier],
  ['evidence', (row) => row.evidence],
  ['recommended', (row) => row.recommended],
  ['decision', (row) => row.decision],
  ['decision_target', (row) => row.decisionTarget],
  ['reason', (row) => row.reason],
];

const DECISIONS: Readonly<Record<string, MigrationDecision>> = { map: 'MAP', skip: 'SKIP', accept: 'ACCEPT', 'take-source': 'TAKE_SOURCE', 'keep-target': 'KEEP_TARGET' };
const LEGAL: Readonly<Record<string, readonly string[]>> = { user: ['map', 'skip', 'accept'], item: ['map', 'skip', 'accept'], state: ['take-source', 'keep-target'] };

/** A cell that a spreadsheet would run gets an apostrophe; reading takes it off again. */
const guarded = (cell: string): string => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
const unguarded = (cell: string): string => cell.replace(/^'(?=[=+\-@\t\r])/, '');
const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export function writeDecisions(rows: readonly DecisionRow[], format: 'csv' | 'json'): string {
  if (format === 'json') return `${JSON.stringify(rows, null, 2)}\n`;
  const lines = rows.map((row) => COLUMNS.map(([, cell]) => quoted(guarded(cell(row)))).join(','));
  return `${[COLUMNS.map(([name]) => name).join(','), ...lines].join('\r\n')}\r\n`;
}

interface Cells {
  readonly line: number;
  readonly id: string;
  readonly decision: string;
  readonly target: string;
  readonly reason: string;
}

/** Reads CSV or JSON. Rows without a decision are left alone; every bad line is told, and then none is used. */
export function readDecisions(text: string): { decisions: MigrationDecisionInput[]; bad: BadLine[] } {
  if (text.includes('\u0000')) return { decisions: [], bad: [{ line: 1, column: null, message: 'This is no text in UTF-8. Save it as “CSV UTF-8”.' }] };
  const content = text.replace(/^\uFEFF/, '');
  const rows = /^\s*[[{]/.test(content) ? fromJson(content) : fromCsv(content);
  if ('bad' in rows) return { decisions: [], bad: rows.bad };
  const bad: BadLine[] = [];
  const decisions: MigrationDecisionInput[] = [];
  const lineOf = new Map<string, number>();
  for (const { line, id, decision, target, reason } of rows.rows) {
    if (decision === '') continue;
    const wrong = (column: string, message: string) => bad.push({ line, column, message });
    const name = word(decision);
    const known = DECISIONS[name];
    const legal = LEGAL[id.split(':', 1)[0] ?? ''];
    if (id === '') wrong('id', 'The id is missing.');
    else if (!legal) wrong('id', `“${id.slice(0, 60)}” is no id of a decision.`);
    else if (!known) wrong('decision', `“${decision}” is no decision; use ${legal.join(', ')}.`);
    else if (!legal.includes(name)) wrong('decision', `${name} cannot be said here; use ${legal.join(' or ')}.`);
    else if (lineOf.has(id)) wrong('id', `The same id stands in line ${lineOf.get(id)}.`);
    else if (name === 'map' && target === '') wrong('decision_target', 'map needs the id at the target.');
    else decisions.push({ id, decision: known, target: name === 'map' ? target : null, reason: reason || null });
    if (!lineOf.has(id)) lineOf.set(id, line);
  }
  if (decisions.length > MOST_DECISIONS) bad.push({ line: 1, column: null, message: `At most ${MOST_DECISIONS} decisions at once; this file has ${decisions.length}.` });
  return bad.length > 0 ? { decisions: [], bad } : { decisions, bad };
}

function fromCsv(text: string): { rows: Cells[] } | { bad: BadLine[] } {
  const [head, ...records] = parseCsv(text);
  const one = (line: number, message: string) => ({ bad: [{ line, column: null, message }] });
  if (!head) return one(1, 'The file is empty.');
  const names = head.cells.map((name) => name.trim().toLowerCase());
  const missing = ['id', 'decision'].filter((name) => !names.includes(name));
  if (missing.length > 0) return one(1, `The column ${missing.join(' and ')} is missing.`);
  const short = records.filter(({ cells }) => cells.length !== names.length);
  if (short.length > 0) return { bad: short.map(({ line, cells }) => ({ line, column: null, message: `${cells.length} columns, the first line has ${names.length}.` })) };
  const cell = (cells: readonly string[], name: string) => unguarded((cells[names.indexOf(name)] ?? '').trim());
  return { rows: records.map(({ line, cells }) => ({ line, id: cell(cells, 'id'), decision: cell(cells, 'decision'), target: cell(cells, 'decision_target'), reason: cell(cells, 'reason') })) };
}

function fromJson(text: string): { rows: Cells[] } | { bad: BadLine[] } {
  const one = (message: string) => ({ bad: [{ line: 1, column: null, message }] });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return one(`This is no valid JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(value)) return one('The file has to hold a list of decisions.');
  const field = (row: unknown, name: string) => {
    const found = typeof row === 'object' && row !== null ? (row as Record<string, unknown>)[name] : undefined;
    return typeof found === 'string' ? found.trim() : '';
  };
  return { rows: value.map((row, index) => ({ line: index + 1, id: field(row, 'id'), decision: field(row, 'decision'), target: field(row, 'decisionTarget'), reason: field(row, 'reason') })) };
}
