// Secrets have a type that prints `[secret]`; raw SQL is never put together from text.
import { isTest, lineAt, lint } from './lint/sources.mjs';

const UNSAFE_SQL = /\$(query|execute)RawUnsafe\b/g;
/** A parameter, field or property `…token`, `…key`, `…password` that is a plain string. */
const PLAIN_SECRET = /\b(?:readonly\s+)?([a-zA-Z]*(?:[tT]oken|[aA]piKey|[sS]ecretKey|[pP]rivateKey|[pP]assword))\??\s*:\s*string\b/g;

/**
 * Where a plain string is right: what an edge receives or hands out before it is wrapped, generated code, sources that may not
 * import the type (media-server, contracts, the CLI and the console), simulators, and functions that make or read the text.
 */
const EXEMPT = [
  /^apps\/(console|cli|e2e)\//,
  /^bench\//,
  /^libs\/(contracts|media-server|testing|api-client|security)\//,
  /\.graphql\.ts$/,
  /\.resolver\.ts$/,
  /\.controller\.ts$/,
  /^apps\/controller\/src\/graphql\//,
  /\/config\.ts$/,
];

export function check(path, text) {
  const problems = [...text.matchAll(UNSAFE_SQL)].map(({ index }) => ({ line: lineAt(text, index), message: 'raw SQL goes through pg with parameters' }));
  if (isTest(path) || EXEMPT.some((pattern) => pattern.test(path))) return problems;
  const plain = [...text.matchAll(PLAIN_SECRET)].map(({ index, 1: name }) => ({ line: lineAt(text, index), message: `${name} must be a Secret, not a string` }));
  return [...problems, ...plain];
}

if (process.argv[1] === import.meta.filename) lint('secrets', check);
