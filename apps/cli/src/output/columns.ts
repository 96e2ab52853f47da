/** One column of a table and the value of the same field in machine-readable output. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | boolean | null | undefined;
  readonly align?: 'right';
  /** Shown by `--output wide` only. */
  readonly wide?: true;
}

const cell = (value: string | number | boolean | null | undefined): string => (value === null || value === undefined || value === '' ? '–' : String(value));

/** Aligned by width for a terminal. Control characters of names never reach it. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], headers: boolean): string {
  const body = rows.map((row) => columns.map((column) => printable(cell(column.value(row)))));
  const lines = headers ? [columns.map((column) => column.title.toUpperCase()), ...body] : body;
  const widths = columns.map((_, index) => Math.max(0, ...lines.map((line) => [...line[index]!].length)));
  return lines.map((line) => line.map((text, index) => pad(text, widths[index]!, columns[index]!.align)).join('  ').trimEnd()).join('\n');
}

/** The same rows for a pipe: tab-separated, absent values empty. */
export function renderTabs<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return rows.map((row) => columns.map((column) => printable(String(column.value(row) ?? ''))).join('\t')).join('\n');
}

/** RFC 4180. Cells that a spreadsheet would run as a formula get a leading apostrophe. */
export function renderCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[], headers: boolean): string {
  const line = (values: readonly string[]) => values.map(csvCell).join(',');
  const body = rows.map((row) => line(columns.map((column) => String(column.value(row) ?? ''))));
  return (headers ? [line(columns.map((column) => column.title)), ...body] : body).join('\r\n');
}

function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function pad(text: string, width: number, align?: 'right'): string {
  const gap = ' '.repeat(width - [...text].length);
  return align === 'right' ? gap + text : text + gap;
}

/** Takes control characters out, so that a name cannot move the cursor or color the terminal. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
