/** A cell with the place where it begins; both count from 1. */
export interface CsvCell {
  readonly text: string;
  readonly column: number;
}
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly CsvCell[];
  /** A quote that is never closed, or text behind a closing quote. */
  readonly isBroken: boolean;
}

/** RFC 4180 with either line end; a byte order mark and empty lines are left out. Never throws. */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let [at, line, lineStart] = [text.startsWith('\ufeff') ? 1 : 0, 1, 0];
  lineStart = at;
  while (at < text.length) {
    const [begun, cells] = [line, [] as CsvCell[]];
    let isBroken = false;
    for (;;) {
      const column = at - lineStart + 1;
      let cell = '';
      if (text[at] === '"') {
        at += 1;
        for (;;) {
          if (at >= text.length) {
            isBroken = true;
            break;
          }
          if (text[at] === '"' && text[at + 1] !== '"') break;
          if (text[at] === '"') at += 1;
          if (text[at] === '\n') [line, lineStart] = [line + 1, at + 1];
          cell += text[at];
          at += 1;
        }
        at += 1;
      }
      const from = at;
      while (at < text.length && text[at] !== ',' && text[at] !== '\n') at += 1;
      const rest = text.slice(from, at).replace(/\r$/, '');
      if (column - 1 + lineStart !== from && rest !== '') isBroken = true;
      cells.push({ text: cell + rest, column });
      if (text[at] !== ',') break;
      at += 1;
    }
    at += 1;
    [line, lineStart] = [line + 1, at];
    if (cells.length > 1 || cells[0]!.text !== '') records.push({ line: begun, cells, isBroken });
  }
  return records;
}
