import { isMap, isSeq, LineCounter, parseDocument, type Document, type ParsedNode } from 'yaml';
import { ServerList } from './row.schema.js';
import type { ParsedFile, RawRow } from './problem.js';

/**
 * YAML and JSON (which is YAML): a plain row, an array of rows, or the full form. Unknown tags are never
 * evaluated; warnings are errors.
 */
export function parseYamlFile(file: string, text: string): ParsedFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, maxAliasCount: 100 } as never);
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const problems = faults.map((fault) => {
      const { line, col } = lines.linePos(fault.pos[0]);
      return { file, line, column: col, path: '', message: fault.message.replace(/\s+/g, ' '), row: null };
    });
    return { rows: [], defaults: undefined, problems };
  }
  return rowsOf(file, document, lines);
}

function rowsOf(file: string, document: Document.Parsed, lines: LineCounter): ParsedFile {
  const root = document.contents;
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  const rowAt = (path: readonly PropertyKey[], rowValue: unknown, label: string): RawRow => ({
    value: rowValue,
    line: position(document, lines, path).line,
    at: (inner) => position(document, lines, [...path, ...inner]),
    label,
  });
  if (isSeq(root)) return { rows: (value as unknown[]).map((row, index) => rowAt([index], row, `[${index}]`)), defaults: undefined, problems: [] };
  if (isMap(root) && root.has('servers')) {
    const list = ServerList.safeParse(value);
    if (list.success) {
      const rows = list.data.servers.map((row, index) => rowAt(['servers', index], row, `servers[${index}]`));
      return { rows, defaults: list.data.defaults, problems: [] };
    }
    const problems = list.error.issues.map((issue) => {
      const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
      return { file, ...position(document, lines, path), path: path.map(String).join('.'), message: issue.message, row: null };
    });
    return { rows: [], defaults: undefined, problems };
  }
  if (isMap(root)) return { rows: [rowAt([], value, 'server')], defaults: undefined, problems: [] };
  const message = root === null ? 'the file is empty' : 'must hold a server, a list of servers, or a ServerList';
  return { rows: [], defaults: undefined, problems: [{ file, line: 1, column: 1, path: '', message, row: null }] };
}

/** Where a value stands; for a missing one, where its nearest parent stands. */
export function position(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): { line: number; column: number } {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : (document.getIn(path.slice(0, length), true) as ParsedNode | undefined);
    const start = node?.range?.[0];
    if (start !== undefined) {
      const { line, col } = lines.linePos(start);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}
