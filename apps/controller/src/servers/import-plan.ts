import { AppError, type ServerKind } from '@usher/contracts';
import { Secret } from '@usher/security';
import { parseInput } from '../graphql/parse-input.js';
import { diffServer, reconnects, type FieldChange } from './server-diff.js';
import type { ImportServerRowInput } from './server-inputs.graphql.js';
import { ImportRow, NEW_SERVER, patched, type ServerSettings } from './server-settings.js';
import { aliasTaken, alreadyRegistered, type ServerRow } from './servers.repository.js';
import { slugOf } from './slug.js';
import { normalizeUrl } from './url-normalizer.js';

interface PlannedBase {
  readonly index: number;
  readonly line: number | null;
  readonly alias: string | null;
  readonly url: string;
  readonly matched: ServerRow | null;
  readonly matchedBy: 'externalKey' | 'url' | null;
}

/** A row that can be looked at further: a new server, a changed one, or one that is as it should be. */
export interface PlannedRow extends PlannedBase {
  readonly settings: ServerSettings;
  readonly kind: ServerKind | null;
  /** As typed; null = keep the stored key. */
  readonly token: Secret | null;
  readonly isNewToken: boolean;
  readonly changes: readonly FieldChange[];
}

/** A row that cannot be applied, with its reason. */
export interface RefusedRow extends PlannedBase {
  readonly error: AppError;
}

export type ImportPlanRow = PlannedRow | RefusedRow;

export function isRefused(row: ImportPlanRow): row is RefusedRow {
  return 'error' in row;
}

/** A new server, and one whose address, key or TLS settings change. */
export function needsTest(row: PlannedRow): boolean {
  return row.matched === null || reconnects(row.changes);
}

/**
 * Decides for every row of a file what it means, before anything is tested or written. Pure: `isSameToken` compares a
 * typed key with the stored one of a server.
 *
 * Rows are matched by external key where a stored server has it, else by normalized address. The alias is never a key.
 */
export function planImport(
  inputs: readonly ImportServerRowInput[],
  existing: readonly ServerRow[],
  isSameToken: (row: ServerRow, token: Secret) => boolean,
): ImportPlanRow[] {
  const seen = new SeenInFile(existing);
  return inputs.map((input, index) => {
    let base: PlannedBase = { index, line: input.line ?? null, alias: input.alias ?? null, url: withoutLogin(input.url), matched: null, matchedBy: null };
    try {
      const given = parseInput(ImportRow, withoutNulls(input));
      const url = normalizeUrl(given.url);
      base = { ...base, url, ...matchOf(given, url, existing) };
      const planned = planRow(base, given, isSameToken);
      seen.claim(planned);
      return planned;
    } catch (error) {
      if (error instanceof AppError) return { ...base, error };
      throw error;
    }
  });
}

function matchOf(given: ImportRow, url: string, existing: readonly ServerRow[]): Pick<PlannedBase, 'matched' | 'matchedBy'> {
  const byKey = given.externalKey ? existing.find((row) => row.externalKey === given.externalKey) : undefined;
  const byUrl = existing.find((row) => row.url === url);
  if (byKey && byUrl && byKey !== byUrl) throw alreadyRegistered('externalKey', `The external key is that of “${byKey.alias}”, the address that of “${byUrl.alias}”.`);
  if (byKey) return { matched: byKey, matchedBy: 'externalKey' };
  return byUrl ? { matched: byUrl, matchedBy: 'url' } : { matched: null, matchedBy: null };
}

function planRow(base: PlannedBase, given: ImportRow, isSameToken: (row: ServerRow, token: Secret) => boolean): PlannedRow {
  const { matched, url } = base;
  if (given.connection === 'remote') {
    throw new AppError('VALIDATION_FAILED', 'Only direct servers can be imported; a remote one needs an agent beside it.', { field: 'connection' });
  }
  const token = given.token ? Secret.of(given.token) : null;
  if (!matched && token === null) throw new AppError('VALIDATION_FAILED', 'A new server needs a token.', { field: 'token' });
  const alias = given.alias ?? matched?.alias ?? given.externalKey?.slice(0, 64);
  if (!alias) throw new AppError('VALIDATION_FAILED', 'A new server needs an alias or an external key.', { field: 'alias' });
  slugOf(alias);
  const settings = patched(matched ?? { ...NEW_SERVER, alias }, { ...given, alias });
  const kind = given.kind ?? matched?.kind ?? null;
  const isNewToken = token !== null && !(matched && isSameToken(matched, token));
  const changes = matched ? diffServer(matched, { ...settings, url, kind }, isNewToken) : [];
  return { ...base, alias, settings, kind, token, isNewToken, changes };
}

/** Two rows of one file may not be one server, nor have one alias; nor may a row take the alias of a server that keeps it. */
class SeenInFile {
  private readonly urls = new Map<string, number>();
  private readonly keys = new Map<string, number>();
  private readonly servers = new Map<string, number>();
  private readonly slugs = new Map<string, number>();

  constructor(private readonly existing: readonly ServerRow[]) {}

  claim(row: PlannedRow): void {
    const first = this.urls.get(row.url) ?? (row.matched ? this.servers.get(row.matched.id) : undefined);
    if (first !== undefined) throw alreadyRegistered('url', `Row ${first + 1} of this import is the same server.`);
    const { externalKey } = row.settings;
    const sameKey = externalKey === null ? undefined : this.keys.get(externalKey);
    if (sameKey !== undefined) throw alreadyRegistered('externalKey', `Row ${sameKey + 1} of this import has the same external key.`);
    const slug = slugOf(row.settings.alias);
    if (this.slugs.has(slug)) throw aliasTaken();
    if (this.existing.some((other) => other.slug === slug && other.id !== row.matched?.id)) throw aliasTaken();
    this.urls.set(row.url, row.index);
    if (row.matched) this.servers.set(row.matched.id, row.index);
    if (externalKey !== null) this.keys.set(externalKey, row.index);
    this.slugs.set(slug, row.index);
  }
}

/** In a file an empty cell means "not said"; nothing is cleared by an import. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null).map(([name, inner]) => [name, withoutNulls(inner)]));
}

/** The address as it may be repeated in an answer: a name or password in front of the host stays out. */
function withoutLogin(url: string): string {
  return url.slice(0, 2000).replace(/^([a-z]+:\/\/)?[^/@]*@/i, '$1');
}
