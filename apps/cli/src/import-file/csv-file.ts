import { CsvError, parse } from 'csv-parse/sync';
import { nearest, type FileProblem, type ParsedFile, type RawRow } from './problem.js';

const COLUMNS = ['externalKey', 'serverId', 'alias', 'url', 'vendor', 'connection', 'readOnly', 'role', 'token', 'tokenFile', 'region', 'lat', 'lon', 'location', 'tags', 'weight', 'tlsVerify', 'caFile'];

interface Info {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** RFC 4180 with a header in any order; empty cells are unset, `;` separates inside lists. */
export function parseCsvFile(file: string, text: string): ParsedFile {
  const problem = (line: number, column: number, message: string, row: number | null = null): FileProblem => ({ file, line, column, path: '', message, row });
  let records: Info[];
  try {
    records = parse(text, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }) as unknown as Info[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { rows: [], defaults: undefined, problems: [problem(Number(error['lines'] ?? 1), 1, error.message.replace(/ at line \d+.*$/, ''))] };
  }
  const header = records.shift()?.record;
  if (!header) return { rows: [], defaults: undefined, problems: [problem(1, 1, 'the file is empty')] };
  const unknown = header.flatMap((name, index) => (COLUMNS.includes(name) ? [] : [{ name, index }]));
  const twice = header.filter((name, index) => header.indexOf(name) !== index);
  const headerProblems = [
    ...unknown.map(({ name, index }) => problem(1, index + 1, `unknown column ${JSON.stringify(name)}${hint(name)}`)),
    ...twice.map((name) => problem(1, header.lastIndexOf(name) + 1, `column ${name} stands twice`)),
  ];
  if (headerProblems.length > 0) return { rows: [], defaults: undefined, problems: headerProblems };

  const problems: FileProblem[] = [];
  const rows: RawRow[] = [];
  for (const { record, info } of records) {
    const line = info.lines;
    if (record.length !== header.length) {
      problems.push(problem(line, 1, `${record.length} columns, the header has ${header.length}`, rows.length));
    }
    rows.push({ value: rowOf(header, record), line, at: (path) => ({ line, column: Math.max(1, header.indexOf(columnOf(String(path[0] ?? ''), header)) + 1) }), label: `row ${rows.length + 1}` });
  }
  return { rows, defaults: undefined, problems };
}

function hint(name: string): string {
  const near = nearest(name, COLUMNS);
  return near ? `; did you mean ${near}?` : '';
}

const columnOf = (field: string, header: readonly string[]) => (field === 'token' && !header.includes('token') ? 'tokenFile' : field === 'tls' ? 'caFile' : field);

/** Spreadsheets write `'=…` for a cell that must not run; the apostrophe goes again here. */
const unguard = (cell: string) => cell.replace(/^'(?=[=+\-@\t\r])/, '');

function rowOf(header: readonly string[], record: readonly string[]): Record<string, unknown> {
  const cells = Object.fromEntries(header.flatMap((name, index) => (record[index] ? [[name, unguard(record[index])]] : [])));
  const { tokenFile, lat, lon, location, tags, weight, readOnly, tlsVerify, caFile, ...plain } = cells;
  return {
    ...plain,
    ...(tokenFile !== undefined && { token: plain['token'] === undefined ? { file: tokenFile } : { file: tokenFile, also: 'token' } }),
    ...((lat !== undefined || lon !== undefined || location !== undefined) && { location: { label: location ?? plain['region'] ?? '–', lat: asNumber(lat), lon: asNumber(lon) } }),
    ...(tags !== undefined && { tags: tags.split(';').map((tag) => tag.trim()).filter(Boolean) }),
    ...(weight !== undefined && { weight: asNumber(weight) }),
    ...(readOnly !== undefined && { readOnly: asBoolean(readOnly) }),
    ...((tlsVerify !== undefined || caFile !== undefined) && { tls: { ...(tlsVerify !== undefined && { verify: asBoolean(tlsVerify) }), ...(caFile !== undefined && { caFile }) } }),
  };
}

/** Text that is no number stays text, so that the schema names the field. */
const asNumber = (text: string | undefined): unknown => (text !== undefined && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text);
const asBoolean = (text: string): unknown => ({ true: true, yes: true, '1': true, false: false, no: false, '0': false })[text.toLowerCase()] ?? text;
