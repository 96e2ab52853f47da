import { AppError } from '@usher/contracts';
import { parseCsv, type CsvCell, type CsvRecord } from './csv.js';

export type EmailCell = CsvCell;

export interface EmailRowOfFile {
  readonly line: number;
  readonly server: EmailCell;
  readonly user: EmailCell;
  readonly email: EmailCell;
  /** Why the row cannot be read at all. */
  readonly problem: { readonly cell: EmailCell; readonly message: string } | null;
}

const COLUMNS = ['server', 'user', 'email'] as const;
const MAX_CHARACTERS = 200_000;
const MAX_ROWS = 5_000;
const MAX_CELL = 500;
const FORMULA_GUARD = /^'(?=[=+\-@\t\r])/;

/**
 * The rows of a file with the columns server, user and email, in any order.
 * @throws VALIDATION_FAILED with line and column when the header is wrong, or when the file is too large
 */
export function readEmailRows(csv: string): EmailRowOfFile[] {
  if (csv.length > MAX_CHARACTERS) throw refused(`A file has at most ${MAX_CHARACTERS} characters; send it in parts.`);
  const [header, ...records] = parseCsv(csv);
  if (!header) throw refused('The file is empty.');
  const places = placesOf(header);
  if (records.length > MAX_ROWS) throw refused(`A file has at most ${MAX_ROWS} rows; send it in parts.`);
  const seen = new Map<string, number>();
  return records.map((record) => {
    const row = rowOf(record, places, header.cells.length);
    const key = JSON.stringify([row.server.text, row.user.text, row.email.text]);
    const before = seen.get(key);
    seen.set(key, before ?? row.line);
    return before === undefined || row.problem ? row : { ...row, problem: { cell: row.server, message: `The same stands in line ${before}.` } };
  });
}

function placesOf({ line, cells }: CsvRecord): Record<(typeof COLUMNS)[number], number> {
  const names = cells.map(({ text }) => text.trim().toLowerCase());
  cells.forEach(({ column, text }, index) => {
    if (!COLUMNS.some((name) => name === names[index])) throw refused(`“${text.slice(0, 50)}” is no column; server, user and email are.`, { line, column });
    if (names.indexOf(names[index]!) !== index) throw refused(`The column ${names[index]} comes twice.`, { line, column });
  });
  const missing = COLUMNS.find((name) => !names.includes(name));
  if (missing) throw refused(`The column ${missing} is missing.`, { line, column: 1 });
  return { server: names.indexOf('server'), user: names.indexOf('user'), email: names.indexOf('email') };
}

function rowOf(record: CsvRecord, places: Record<(typeof COLUMNS)[number], number>, width: number): EmailRowOfFile {
  const { line, cells, isBroken } = record;
  const cell = (index: number): EmailCell => {
    const { text, column } = cells[index] ?? { text: '', column: cells.at(-1)!.column };
    return { text: text.slice(0, MAX_CELL).replace(FORMULA_GUARD, '').trim(), column };
  };
  const row = { line, server: cell(places.server), user: cell(places.user), email: cell(places.email) };
  const message = isBroken ? 'A quote is not closed, or text follows a closed one.' : cells.length !== width ? `${cells.length} columns, the header has ${width}.` : null;
  const empty = COLUMNS.find((name) => row[name].text === '');
  if (message !== null) return { ...row, problem: { cell: cells.at(-1)!, message } };
  return { ...row, problem: empty ? { cell: row[empty], message: `The ${empty} is missing.` } : null };
}

function refused(message: string, place: object = {}): AppError {
  return new AppError('VALIDATION_FAILED', message, { field: 'csv', ...place });
}
