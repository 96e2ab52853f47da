import type { ActivityRow } from './activity-row.js';

export const EXPORT_FORMATS = ['csv', 'json', 'ndjson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const COLUMNS = [
  'id', 'kind', 'state', 'serverId', 'serverAlias', 'title', 'subtitle', 'userName', 'deviceName', 'progressPercent', 'speed', 'bitRateKbps', 'startedAt', 'cancellable', 'problem', 'code', 'next',
] as const satisfies readonly (keyof ActivityRow)[];

/** Rows as one text. CSV as in RFC 4180 with a header; a JSON array; or one JSON object a line. */
export function exportRows(rows: readonly ActivityRow[], format: ExportFormat): string {
  const objects = rows.map((row) => Object.fromEntries(COLUMNS.map((column) => [column, row[column]])));
  if (format === 'json') return JSON.stringify(objects);
  if (format === 'ndjson') return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
  return [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(','))].map((line) => `${line}\r\n`).join('');
}

/** Spreadsheets run what begins with one of these as a formula; an apostrophe in front makes it text. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
