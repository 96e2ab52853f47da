import { readFile } from 'node:fs/promises';
import type { ImportServerRowInput } from '@usher/api-client';
import type { Environment } from '../config.js';
import { CliError } from '../errors.js';
import { resolveNamed, type ImportRow } from './import-file.js';
import type { FileProblem } from './problem.js';
import type { TokenSource } from './row.schema.js';

export interface PreparedRows {
  readonly inputs: ImportServerRowInput[];
  /** For each input the row it came from. */
  readonly origins: ImportRow[];
  readonly problems: FileProblem[];
  /** Rows whose key stands in the file itself. */
  readonly literalTokens: number;
}

/** Reads the keys and certificates that rows name and turns rows into what the API takes. */
export async function prepareRows(rows: readonly ImportRow[], environment: Environment, readStdin: () => Promise<string>): Promise<PreparedRows> {
  const inputs: ImportServerRowInput[] = [];
  const origins: ImportRow[] = [];
  const problems: FileProblem[] = [];
  for (const [index, origin] of rows.entries()) {
    try {
      inputs.push(await toInput(origin, environment, readStdin));
      origins.push(origin);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      problems.push({ file: origin.file, line: origin.line, column: 1, path: `servers[${index}].${error.details.path ?? ''}`, message: error.message, row: index });
    }
  }
  return { inputs, origins, problems, literalTokens: rows.filter(({ row }) => typeof row.token === 'string').length };
}

async function toInput(origin: ImportRow, environment: Environment, readStdin: () => Promise<string>): Promise<ImportServerRowInput> {
  const { row } = origin;
  const token = row.token === undefined ? undefined : await resolveToken(origin, row.token, environment, readStdin);
  const caPem = row.tls?.caFile === undefined ? undefined : await readNamed(origin, row.tls.caFile, 'tls.caFile');
  return {
    line: origin.line,
    externalKey: row.externalKey ?? row.serverId,
    alias: row.alias,
    url: row.url,
    token,
    kind: row.vendor === undefined || row.vendor === 'auto' ? undefined : (row.vendor.toUpperCase() as ImportServerRowInput['kind']),
    connection: row.connection?.toUpperCase() as ImportServerRowInput['connection'],
    readOnly: row.readOnly,
    role: row.role?.toUpperCase() as ImportServerRowInput['role'],
    tags: row.tags,
    region: row.region,
    location: row.location,
    weight: row.weight,
    tls: row.tls ? { verify: row.tls.verify, caPem } : undefined,
    poll: row.poll ? { sessionsS: row.poll.sessions, librariesS: row.poll.libraries, serverS: row.poll.server } : undefined,
  };
}

async function resolveToken(origin: ImportRow, source: TokenSource, environment: Environment, readStdin: () => Promise<string>): Promise<string | undefined> {
  if (typeof source === 'string') return source;
  if ('redacted' in source) return undefined;
  if ('file' in source) return readNamed(origin, source.file, 'token.file');
  const value = 'env' in source ? environment.variable(source.env) : (await readStdin()).trim();
  if (value) return value;
  const message = 'env' in source ? `the variable ${source.env} is not set` : 'standard input holds no key';
  throw new CliError('VALIDATION_FAILED', message, { path: 'token' });
}

async function readNamed(origin: ImportRow, path: string, field: string): Promise<string> {
  const text = await readFile(resolveNamed(origin, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CliError('VALIDATION_FAILED', `${path} cannot be read (${error.code})`, { path: field });
  });
  if (text.trim()) return text.trim();
  throw new CliError('VALIDATION_FAILED', `${path} is empty`, { path: field });
}
