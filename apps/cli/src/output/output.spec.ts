import { describe, expect, it } from '@jest/globals';
import { CliError, errorAsJson, exitCodeOf, formatError } from '../errors.js';
import { renderCsv, renderTable, renderTabs, type Column } from './columns.js';
import { Printer } from './printer.js';
import { deliveryText, durationText, parsePosition, titleOf } from './session-text.js';

interface Row {
  readonly name: string;
  readonly count: number | null;
}
const columns: Column<Row>[] = [
  { title: 'name', value: (row) => row.name },
  { title: 'count', align: 'right', value: (row) => row.count },
];
const rows: Row[] = [
  { name: 'attic', count: 12 },
  { name: 'a\u001b[31mred', count: null },
];

describe('tables', () => {
  it('align, mark what is absent, and let no control character through', () => {
    expect(renderTable(rows, columns, true)).toBe('NAME       COUNT\nattic         12\na [31mred      –');
    expect(renderTabs(rows, columns)).toBe('attic\t12\na [31mred\t');
  });

  it('guard formulas and quote in CSV', () => {
    const text = renderCsv([{ name: '=1+1', count: 1 }, { name: 'a "b", c', count: 2 }], columns, true);
    expect(text).toBe('name,count\r\n\'=1+1,1\r\n"a ""b"", c",2');
  });
});

describe('Printer', () => {
  const capture = (format: 'table' | 'json' | 'name' | 'yaml' | 'csv', isTTY = false) => {
    const written = { out: '', err: '' };
    const streams = { out: { isTTY, write: (text: string) => (written.out += text) }, err: { isTTY, write: (text: string) => (written.err += text) } };
    return { written, printer: new Printer(streams, { format, headers: true, quiet: false }) };
  };

  it('prints [] for an empty list in JSON and nothing in a table', async () => {
    const json = capture('json');
    await json.printer.list([], columns, (row) => row.name);
    expect(json.written.out).toBe('[]\n');
    const table = capture('table', true);
    await table.printer.list([], columns, (row) => row.name);
    expect(table.written.out).toBe('');
  });

  it('writes tabs into a pipe, names alone with name, YAML with yaml', async () => {
    for (const [format, expected] of [
      ['table', 'attic\t12\n'],
      ['name', 'attic\n'],
      ['yaml', '- name: attic\n  count: 12\n'],
      ['csv', 'name,count\r\nattic,12\n'],
    ] as const) {
      const { written, printer } = capture(format);
      await printer.list(rows.slice(0, 1), columns, (row) => row.name);
      expect(written.out).toBe(expected);
    }
  });

  it('keeps notes and errors away from stdout', () => {
    const { written, printer } = capture('json');
    printer.note('a note');
    printer.error(new CliError('NOT_FOUND', 'no', { correlationId: 'c-12345678' }));
    expect(written.out).toBe('');
    expect(JSON.parse(written.err.split('\n')[1]!)).toMatchObject({ error: { code: 'NOT_FOUND', family: 'input', retryable: false } });
  });
});

describe('errors', () => {
  it('exit by family', () => {
    const codes = ['VALIDATION_FAILED', 'NOT_FOUND', 'SERVER_ALREADY_REGISTERED', 'UNAUTHENTICATED', 'SERVER_UNREACHABLE', 'AGENT_OFFLINE', 'INTERNAL', 'USAGE', 'UNREACHABLE', 'SOMETHING_NEW'];
    expect(codes.map(exitCodeOf)).toEqual([3, 5, 6, 4, 7, 7, 70, 2, 9, 70]);
  });

  it('say what, why, next and where', () => {
    const text = formatError(new CliError('VALIDATION_FAILED', 'bad url', { file: 'f.yaml', line: 3, column: 4, why: ['x', 'y'], correlationId: '01234567-89ab' }));
    expect(text).toBe('error: f.yaml:3:4  bad url  VALIDATION_FAILED\n  why    x\n         y\n  next   Correct the named field and send it again.\n  ref    correlation …567-89ab');
    expect(JSON.parse(errorAsJson(new CliError('NO_SERVER_AVAILABLE', 'no', { why: ['Attic: draining'] })))).toMatchObject({ error: { why: ['Attic: draining'] } });
    expect(formatError(new CliError('VALIDATION_FAILED', 'f.yaml cannot be read (ENOENT).', { file: 'f.yaml' }))).toMatch(/^error: f\.yaml cannot/);
    expect(formatError(new CliError('VALIDATION_FAILED', 'This time is over.', { path: 'showAt' }))).toContain('\n  what   showAt\n');
    expect(formatError(new CliError('VALIDATION_FAILED', 'showAt is over.', { path: 'showAt' }))).not.toContain('what');
    expect(errorAsJson(new CliError('UNREACHABLE', 'x'))).toContain('"family":"connection"');
  });
});

describe('session texts', () => {
  it('name films and episodes', () => {
    expect(titleOf({ title: 'Metropolis', year: 1927 })).toBe('Metropolis (1927)');
    expect(titleOf({ title: 'The Long Tide', seriesTitle: 'Harbor Lights', seasonNumber: 2, episodeNumber: 5 })).toBe('Harbor Lights S02E05 The Long Tide');
  });

  it('write and read positions', () => {
    expect([durationText(6_127_000), durationText(1_872_000), durationText(999)]).toEqual(['1:42:07', '31:12', '0:00']);
    expect(['0:31:12', '31:12', '90', '1:99', 'x', ''].map(parsePosition)).toEqual([1_872_000, 1_872_000, 90_000, null, null, null]);
  });

  it('say how and why a stream is delivered', () => {
    const stream = { delivery: 'TRANSCODE', transcode: { reasons: ['audio-codec', 'subtitle'], hardware: 'SOFTWARE', speed: 0.94 } };
    expect(deliveryText({ stream } as never)).toBe('transcode (audio-codec, subtitle) SW 0.9×');
    expect(deliveryText({ stream: { delivery: 'DIRECT_PLAY', transcode: null } } as never)).toBe('direct play');
    expect(deliveryText({ stream: null } as never)).toBe('');
  });
});
