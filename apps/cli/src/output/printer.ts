import { CliError, errorAsJson, formatError } from '../errors.js';
import { renderCsv, renderTable, renderTabs, type Column } from './columns.js';

export const OUTPUT_FORMATS = ['table', 'wide', 'json', 'yaml', 'csv', 'name'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface Streams {
  readonly out: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** stdout carries data, stderr everything else. */
export class Printer {
  constructor(
    private readonly streams: Streams,
    private readonly options: { readonly format: OutputFormat; readonly headers: boolean; readonly quiet: boolean },
  ) {}

  get format(): OutputFormat {
    return this.options.format;
  }

  /** Many rows: one document, or a table. An empty list is `[]`. */
  async list<Row extends object>(rows: readonly Row[], columns: readonly Column<Row>[], nameOf: (row: Row) => string): Promise<void> {
    if (this.options.quiet || this.format === 'name') return this.lines(rows.map(nameOf));
    if (this.format === 'json') return this.data(JSON.stringify(rows, null, 2));
    if (this.format === 'yaml') return this.yaml(rows);
    const shown = columns.filter((column) => !column.wide || this.format !== 'table');
    if (this.format === 'csv') return this.data(renderCsv(rows, columns, this.options.headers));
    if (rows.length === 0) return;
    this.data(this.streams.out.isTTY ? renderTable(rows, shown, this.options.headers) : renderTabs(rows, shown));
  }

  /** One thing: its document, or one `name  value` line per field. */
  async one<Row extends object>(row: Row, columns: readonly Column<Row>[], nameOf: (row: Row) => string): Promise<void> {
    if (this.options.quiet || this.format === 'name') return this.lines([nameOf(row)]);
    if (this.format === 'json') return this.data(JSON.stringify(row, null, 2));
    if (this.format === 'yaml') return this.yaml(row);
    if (this.format === 'csv') return this.data(renderCsv([row], columns, this.options.headers));
    const width = Math.max(...columns.map((column) => column.title.length));
    this.lines(columns.map((column) => `${column.title.padEnd(width)}  ${column.value(row) ?? '–'}`));
  }

  /** One event of a stream: NDJSON with `--output json`, else the given line. */
  event(event: object, line: string): void {
    this.data(this.format === 'json' ? JSON.stringify(event) : line);
  }

  /** A sentence for the person, not for the pipe. */
  note(text: string): void {
    if (!this.options.quiet) this.streams.err.write(`${text}\n`);
  }

  /** A line that is written over by the next one; terminals only. */
  progress(text: string): void {
    if (this.streams.err.isTTY && !this.options.quiet) this.streams.err.write(`\r\u001b[2K${text}`);
  }

  error(error: CliError): void {
    this.streams.err.write(`${this.format === 'json' ? errorAsJson(error) : formatError(error)}\n`);
  }

  data(text: string): void {
    if (text !== '') this.streams.out.write(`${text}\n`);
  }

  lines(lines: readonly string[]): void {
    this.data(lines.join('\n'));
  }

  private async yaml(value: unknown): Promise<void> {
    const { stringify } = await import('yaml');
    this.streams.out.write(stringify(value));
  }
}
