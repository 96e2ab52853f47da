import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join } from 'node:path';
import type { z } from 'zod';
import { CliError } from '../errors.js';
import { parseCsvFile } from './csv-file.js';
import { nearest, type FileProblem, type ParsedFile } from './problem.js';
import { FileRow } from './row.schema.js';
import { parseYamlFile } from './yaml-file.js';

/** A good row and where it came from. */
export interface ImportRow {
  readonly row: FileRow;
  readonly file: string;
  readonly line: number;
  /** Files named in a row are relative to its own file. */
  readonly folder: string;
}

export interface ImportContent {
  readonly rows: ImportRow[];
  readonly problems: FileProblem[];
}

const EXTENSIONS = ['.yaml', '.yml', '.json', '.csv'];

/** Reads a file, a folder of files (in order of their names), or `-` for standard input. */
export async function readImport(path: string, stdin: () => Promise<string>): Promise<ImportContent> {
  if (path === '-') return checkRows('stdin', process.cwd(), parseAny('stdin', await stdin()));
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new CliError('VALIDATION_FAILED', `${path} cannot be read (${error.code}).`, { file: path, next: 'Check the path and its mode.' });
  });
  if (!info.isDirectory()) return readOne(path);
  const names = (await readdir(path)).filter((name) => EXTENSIONS.includes(extname(name))).sort();
  if (names.length === 0) throw new CliError('VALIDATION_FAILED', `${path} holds no .yaml, .json or .csv file.`, { file: path });
  const contents = await Promise.all(names.map((name) => readOne(join(path, name))));
  return { rows: contents.flatMap((content) => content.rows), problems: contents.flatMap((content) => content.problems) };
}

async function readOne(path: string): Promise<ImportContent> {
  const text = await readFile(path, 'utf8');
  return checkRows(path, dirname(path), parseAny(path, text));
}

/** By the file's ending; without one by its first character. */
function parseAny(file: string, text: string): ParsedFile {
  const extension = extname(file).toLowerCase();
  const looksCsv = !EXTENSIONS.includes(extension) && /^\ufeff?[A-Za-z]+(,[A-Za-z]+)+\s*(\r?\n|$)/.test(text);
  return extension === '.csv' || looksCsv ? parseCsvFile(file, text) : parseYamlFile(file, text);
}

function checkRows(file: string, folder: string, parsed: ParsedFile): ImportContent {
  const problems = [...parsed.problems];
  const rows: ImportRow[] = [];
  const spoiled = new Set(problems.map((problem) => problem.row));
  parsed.rows.forEach((raw, index) => {
    if (spoiled.has(index)) return;
    const merged = isObject(raw.value) && isObject(parsed.defaults) ? { ...parsed.defaults, ...raw.value } : raw.value;
    const result = FileRow.safeParse(merged);
    if (result.success) rows.push({ row: result.data, file, line: raw.line, folder });
    else for (const issue of result.error.issues.flatMap(spread)) {
      problems.push({ file, ...raw.at(issue.path), path: [raw.label, ...issue.path.map(String)].join('.'), message: issue.message, row: index });
    }
  });
  return { rows, problems };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const FIELDS = [...Object.keys(FileRow.shape)];

/** One problem per unknown field, with the nearest known one. */
function spread(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string }[] {
  if (issue.path[0] === 'token') {
    return [{ path: ['token'], message: 'must be a key, { file: … }, { env: … } or { stdin: true }, and only one of them' }];
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = issue.path.length === 0 ? nearest(key, FIELDS) : null;
      return { path: [...issue.path, key], message: `is no field of a server${near ? `; did you mean ${near}?` : ''}` };
    });
  }
  return [{ path: issue.path, message: issue.message }];
}

/** A path named in a row, relative to the row's file. */
export function resolveNamed(row: ImportRow, path: string): string {
  return isAbsolute(path) ? path : join(row.folder, path);
}
