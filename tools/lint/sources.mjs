// What the own lint rules share: which files there are, and how problems are printed.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { globFiles } from '../files.mjs';

const root = join(import.meta.dirname, '..', '..');

/** Every TypeScript source of the product, path below the root with `/`. */
export function sourceFiles(folders = ['apps', 'libs', 'bench']) {
  return folders.flatMap((folder) => globFiles(join(root, folder), '.ts', '.tsx').map((path) => relative(root, path).replaceAll('\\', '/')));
}

export const isTest = (path) => /\.(spec|contract-spec|medium-spec|e2e-spec)\.tsx?$/.test(path) || /\/test\//.test(path);

/** Line number of an offset in a text. */
export const lineAt = (text, offset) => text.slice(0, offset).split('\n').length;

/**
 * Runs one rule over all sources and sets the exit code.
 * @param {string} name
 * @param {(path: string, text: string) => { line: number, message: string }[]} check
 */
export function lint(name, check) {
  const problems = sourceFiles().flatMap((path) => check(path, readFileSync(join(root, path), 'utf8')).map((problem) => ({ path, ...problem })));
  for (const { path, line, message } of problems) process.stdout.write(`${path}:${line}: ${name}: ${message}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
