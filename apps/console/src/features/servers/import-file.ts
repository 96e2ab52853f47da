import type { ImportServerRowInput } from '@usher/api-client';

export interface ImportMistake {
  /** Line in the file, or the row's number where a line is not known. */
  readonly line: number | null;
  readonly message: string;
}

export interface ImportFile {
  readonly rows: readonly ImportServerRowInput[];
  readonly mistakes: readonly ImportMistake[];
}

export const MOST_ROWS = 1_000;

const NAMES: Readonly<Record<string, string>> = {
  serverid: 'externalKey',
  externalkey: 'externalKey',
  alias: 'alias',
  name: 'alias',
  url: 'url',
  address: 'url',
  token: 'token',
  apikey: 'token',
  key: 'token',
  kind: 'kind',
  type: 'kind',
  vendor: 'kind',
  connection: 'connection',
  readonly: 'readOnly',
  role: 'role',
  tags: 'tags',
  region: 'region',
  weight: 'weight',
  tls: 'tls',
  poll: 'poll',
  location: 'location',
};

const ENUMS: Readonly<Record<string, readonly string[]>> = {
  kind: ['EMBY', 'JELLYFIN', 'PLEX'],
  connection: ['DIRECT', 'REMOTE'],
  role: ['PRIMARY', 'LINKED'],
};

const fieldOf = (name: string): string | undefined => NAMES[name.replace(/[\s_-]/g, '').toLowerCase()];

/** Turns one value into what the API takes; a text tells what is wrong with it. */
function convert(field: string, value: unknown): { value: unknown } | string {
  const choices = ENUMS[field];
  if (choices) {
    const word = String(value).toUpperCase();
    return choices.includes(word) ? { value: word } : `${field} is one of ${choices.join(', ').toLowerCase()}.`;
  }
  if (field === 'tags') return { value: Array.isArray(value) ? value.map(String) : String(value).split(/[;,]/).map((tag) => tag.trim()).filter(Boolean) };
  if (field === 'readOnly') {
    if (typeof value === 'boolean') return { value };
    const word = String(value).toLowerCase();
    return ['true', 'yes', '1', 'false', 'no', '0'].includes(word) ? { value: ['true', 'yes', '1'].includes(word) } : 'readOnly is true or false.';
  }
  if (field === 'weight') return Number.isFinite(Number(value)) ? { value: Number(value) } : 'weight is a number.';
  if (['tls', 'poll', 'location'].includes(field)) return typeof value === 'object' ? { value } : `${field} is written as an object, in JSON only.`;
  return typeof value === 'string' || typeof value === 'number' ? { value: String(value).trim() } : `${field} is a text.`;
}

function toRow(source: Readonly<Record<string, unknown>>, line: number): { row: ImportServerRowInput | null; mistakes: ImportMistake[] } {
  const row: Record<string, unknown> = { line };
  const mistakes: ImportMistake[] = [];
  for (const [name, value] of Object.entries(source)) {
    const field = fieldOf(name);
    if (!field) {
      mistakes.push({ line, message: `There is no field “${name}”.` });
      continue;
    }
    if (value === '' || value === null || value === undefined) continue;
    const converted = convert(field, value);
    if (typeof converted === 'string') mistakes.push({ line, message: converted });
    else row[field] = converted.value;
  }
  if (typeof row['url'] !== 'string') mistakes.push({ line, message: 'The address (url) is missing.' });
  return { row: mistakes.length === 0 ? (row as ImportServerRowInput) : null, mistakes };
}

/** Splits CSV after RFC 4180: quotes, doubled quotes, line breaks inside quotes, comma or semicolon. */
export function parseCsv(text: string): { line: number; cells: string[] }[] {
  const head = text.slice(0, text.search(/\r?\n|$/));
  const separator = head.includes(';') && !head.includes(',') ? ';' : ',';
  const records: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let start = 1;
  const endRecord = () => {
    cells.push(cell);
    if (cells.some((value) => value.trim() !== '')) records.push({ line: start, cells });
    cells = [];
    cell = '';
    start = line;
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '\n') line += 1;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === separator) {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') endRecord();
    else if (char !== '\r') cell += char;
  }
  endRecord();
  return records;
}

function fromCsv(text: string): { source: Record<string, unknown>; line: number }[] | string {
  const [head, ...records] = parseCsv(text);
  if (!head || !head.cells.some((name) => fieldOf(name) === 'url')) return 'The first line has to name the columns, among them url.';
  return records.map(({ line, cells }) => ({ line, source: Object.fromEntries(head.cells.map((name, index) => [name.trim(), cells[index]?.trim() ?? ''])) }));
}

function fromJson(text: string): { source: Record<string, unknown>; line: number }[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return `This is no valid JSON: ${(error as Error).message}`;
  }
  const list = Array.isArray(parsed) ? parsed : (parsed as { servers?: unknown } | null)?.servers ?? (parsed && typeof parsed === 'object' ? [parsed] : null);
  if (!Array.isArray(list)) return 'The file has to hold a list of servers, or an object with a list named servers.';
  if (!list.every((entry) => entry && typeof entry === 'object' && !Array.isArray(entry))) return 'Each server has to be an object with at least a url.';
  return list.map((source: Record<string, unknown>, index) => ({ source, line: index + 1 }));
}

/** Reads pasted or uploaded text: JSON (list, `{servers: []}` or one object) or CSV with a head line. Nothing is sent. */
export function parseImport(text: string): ImportFile {
  const content = text.replace(/^\uFEFF/, '').trim();
  if (!content) return { rows: [], mistakes: [{ line: null, message: 'There is nothing to import.' }] };
  const entries = /^[[{]/.test(content) ? fromJson(content) : fromCsv(content);
  if (typeof entries === 'string') return { rows: [], mistakes: [{ line: null, message: entries }] };
  if (entries.length > MOST_ROWS) return { rows: [], mistakes: [{ line: null, message: `At most ${MOST_ROWS} servers at once; this file has ${entries.length}.` }] };
  const rows: ImportServerRowInput[] = [];
  const mistakes: ImportMistake[] = [];
  for (const { source, line } of entries) {
    const { row, mistakes: found } = toRow(source, line);
    if (row) rows.push(row);
    mistakes.push(...found);
  }
  return { rows, mistakes };
}
