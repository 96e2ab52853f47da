import type { CliMigrationDecisionsQuery, MigrationDecision, MigrationDecisionInput } from '@usher/api-client';
import { CsvError, parse } from 'csv-parse/sync';
import type { Column } from '../output/columns.js';
import { nearest, type FileProblem } from './problem.js';

export type DecisionRow = CliMigrationDecisionsQuery['migrationDecisions']['rows'][number];

const word = (text: string) => text.toLowerCase().replaceAll('_', '-');

/** The file's columns, in their order. */
export const DECISION_COLUMNS: readonly Column<DecisionRow>[] = [
  { title: 'id', value: (row) => row.id },
  { title: 'kind', value: (row) => word(row.kind) },
  { title: 'severity', value: (row) => word(row.severity) },
  { title: 'source_ref', value: (row) => row.sourceRef },
  { title: 'source_name', value: (row) => row.sourceName },
  { title: 'target_ref', value: (row) => row.targetRef },
  { title: 'target_name', value: (row) => row.targetName },
  { title: 'field', value: (row) => row.field },
  { title: 'source_value', value: (row) => row.sourceValue },
  { title: 'target_value', value: (row) => row.targetValue },
  { title: 'planned_value', value: (row) => row.plannedValue },
  { title: 'tier', value: (row) => row.tier },
  { title: 'evidence', value: (row) => row.evidence },
  { title: 'recommended', value: (row) => row.recommended },
  { title: 'decision', value: (row) => row.decision },
  { title: 'decision_target', value: (row) => row.decisionTarget },
  { title: 'reason', value: (row) => row.reason },
];

const DECISIONS: Readonly<Record<string, MigrationDecision>> = { map: 'MAP' as MigrationDecision, skip: 'SKIP' as MigrationDecision, accept: 'ACCEPT' as MigrationDecision, 'take-source': 'TAKE_SOURCE' as MigrationDecision, 'keep-target': 'KEEP_TARGET' as MigrationDecision };

interface Cells {
  readonly line: number;
  readonly id: string;
  readonly decision: string;
  readonly target: string;
  readonly reason: string;
}

/**
 * CSV with a header, or JSON as `decisions export` writes them. Rows without a decision are left alone; every bad line is
 * reported, and then nothing is used.
 */
export function parseDecisionsFile(file: string, text: string): { decisions: MigrationDecisionInput[]; problems: FileProblem[] } {
  const rows = /^﻿?\s*[[{]/.test(text) ? jsonRows(file, text) : csvRows(file, text);
  if ('problems' in rows) return { decisions: [], problems: rows.problems };
  const problems: FileProblem[] = [];
  const decisions: MigrationDecisionInput[] = [];
  const lineOf = new Map<string, number>();
  for (const { line, id, decision, target, reason } of rows.rows) {
    const wrong = (path: string, message: string) => problems.push({ file, line, column: 1, path, message, row: null });
    if (decision === '') continue;
    const known = DECISIONS[decision.toLowerCase()];
    if (id === '') wrong('id', 'has no id');
    else if (!known) wrong('decision', `"${decision}" is no decision; ${nearest(decision, Object.keys(DECISIONS)) ? `did you mean ${nearest(decision, Object.keys(DECISIONS))}?` : `use one of ${Object.keys(DECISIONS).join(', ')}`}`);
    else if (lineOf.has(id)) wrong('id', `the same id stands in line ${lineOf.get(id)}`);
    else if (decision.toLowerCase() === 'map' && target === '') wrong('decision_target', 'map needs the id at the target');
    else decisions.push({ id, decision: known, target: target || null, reason: reason || null });
    lineOf.set(id, line);
  }
  return problems.length > 0 ? { decisions: [], problems } : { decisions, problems };
}

/** Spreadsheets get `'=…` for a cell that must not run; the apostrophe goes again here. */
const unguard = (cell: string) => cell.replace(/^'(?=[=+\-@\t\r])/, '');

function csvRows(file: string, text: string): { rows: Cells[] } | { problems: FileProblem[] } {
  const problem = (line: number, message: string) => ({ problems: [{ file, line, column: 1, path: '', message, row: null }] });
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true }) as unknown as typeof records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return problem(Number(error['lines'] ?? 1), error.message.replace(/ at line \d+.*$/, ''));
  }
  const header = records.shift()?.record.map((name) => name.trim());
  if (!header) return problem(1, 'the file is empty');
  const missing = ['id', 'decision'].filter((name) => !header.includes(name));
  if (missing.length > 0) return problem(1, missing.length === 1 ? `the column ${missing[0]} is missing` : `the columns ${missing.join(' and ')} are missing`);
  const short = records.find(({ record }) => record.length !== header.length);
  if (short) return problem(short.info.lines, `${short.record.length} columns, the header has ${header.length}`);
  const cell = (record: string[], name: string) => unguard(record[header.indexOf(name)] ?? '').trim();
  return { rows: records.map(({ record, info }) => ({ line: info.lines, id: cell(record, 'id'), decision: cell(record, 'decision'), target: cell(record, 'decision_target'), reason: cell(record, 'reason') })) };
}

function jsonRows(file: string, text: string): { rows: Cells[] } | { problems: FileProblem[] } {
  const problem = (message: string) => ({ problems: [{ file, line: 1, column: 1, path: '', message, row: null }] });
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^﻿/, ''));
  } catch (error) {
    return problem(`is no JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(value)) return problem('must hold a list of decisions');
  const field = (row: unknown, name: string) => {
    const found = typeof row === 'object' && row !== null ? (row as Record<string, unknown>)[name] : undefined;
    return typeof found === 'string' ? found.trim() : '';
  };
  return { rows: value.map((row, index) => ({ line: index + 1, id: field(row, 'id'), decision: word(field(row, 'decision')), target: field(row, 'decisionTarget'), reason: field(row, 'reason') })) };
}
