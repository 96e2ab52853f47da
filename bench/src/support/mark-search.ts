import type { Bar } from './bar.js';
import { filesBelow } from './files.js';
import { MarkIndex } from './marks.js';
import type { World } from './world.js';

/** Looks for marks in everything that the product leaves behind. Files are compared byte by byte, so nothing has to be unpacked. */
export class MarkSearch {
  private readonly index: MarkIndex;

  constructor(
    private readonly bar: Bar,
    marks: readonly string[],
  ) {
    this.index = new MarkIndex(marks);
  }

  isIn(content: Buffer): boolean {
    return this.index.isIn(content);
  }

  text(what: string, text: string): void {
    this.bar.check(`${what}.hits`, `${this.isIn(Buffer.from(text)) ? 1 : 0} in ${Math.round(text.length / 1024)} KiB`, 0, text.length > 0 && !this.isIn(Buffer.from(text)));
  }

  async folder(what: string, folder: string): Promise<void> {
    const hits: string[] = [];
    let files = 0;
    let bytes = 0;
    for await (const { file, content } of filesBelow(folder)) {
      files += 1;
      bytes += content.length;
      if (this.isIn(content)) hits.push(file.slice(folder.length));
    }
    this.bar.check(`${what}.hits`, `${hits.length} in ${files} files, ${Math.round(bytes / 1_048_576)} MiB ${hits.slice(0, 3).join(' ')}`, 0, files > 0 && hits.length === 0);
  }

  /** All rows as text: what a dump holds. */
  async dump({ pool }: World): Promise<void> {
    const { rows: tables } = await pool.query<{ name: string }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    let text = '';
    for (const { name } of tables) {
      const { rows } = await pool.query<{ line: string }>(`SELECT t::text AS line FROM ${name} AS t`);
      // bytea prints as hex, so the text inside is one of the shapes
      text += rows.map(({ line }) => `${name} ${line}\n`).join('');
    }
    this.text(`dump-of-${tables.length}-tables`, text);
  }
}
