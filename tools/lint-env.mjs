// Only an app's `config.ts` (and a library's, for tests) reads the environment; everything else is told.
import { isTest, lineAt, lint } from './lint/sources.mjs';

const ALLOWED = /^(apps|libs)\/[^/]+\/src\/config\.ts$|^bench\/src\/config\.ts$|^apps\/e2e\//;

export function check(path, text) {
  if (ALLOWED.test(path) || isTest(path)) return [];
  return [...text.matchAll(/\bprocess\s*\.\s*env\b|\bimport\.meta\.env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/g)].map(({ index }) => ({
    line: lineAt(text, index),
    message: 'the environment is read in config.ts only',
  }));
}

if (process.argv[1] === import.meta.filename) lint('env', check);
