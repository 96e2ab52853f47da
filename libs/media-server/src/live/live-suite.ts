import { AppError, type Capability } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { READINGS, type Known } from './readings.js';
import { WRITINGS } from './writings.js';

export interface LiveResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'not offered' | 'nothing to ask';
  /** Codes and counts only: no name, no address, no text of the server. */
  readonly detail: string;
  readonly ms: number;
}

/** What must be known before a reading can be asked for. */
const NEEDS: Readonly<Record<string, readonly (keyof Known)[]>> = {
  items: ['libraryId'],
  itemsById: ['itemId'],
  health: ['libraryId'],
  policy: ['userId'],
  discovery: ['userId'],
  states: ['userId'],
  stateOfOne: ['userId', 'itemId'],
  statesNewest: ['userId'],
  statesAtAGlance: ['userId', 'itemId'],
  playlists: ['userId'],
  playlistItems: ['userId', 'playlistId'],
  collectionItems: ['collectionId'],
  subtitles: ['itemId'],
  source: ['itemId', 'userId'],
};

/**
 * Everything that the port reads, against one server, each answer compared with its contract; with `write` also what can be
 * made and taken away again without a trace.
 */
export async function runLive(server: MediaServer, { write }: { readonly write: boolean }): Promise<LiveResult[]> {
  const results: LiveResult[] = [await check('probe', server, async () => `${(await server.probe()).capabilities.length} capabilities`)];
  if (results[0]!.outcome === 'failed') return results;
  const known = await knownOf(server);
  for (const [name, read] of READINGS) {
    if (name === 'probe') continue;
    if ((NEEDS[name] ?? []).some((each) => known[each] === '')) results.push({ name, outcome: 'nothing to ask', detail: '', ms: 0 });
    else results.push(await check(name, server, () => read(server, known)));
  }
  if (write) for (const [name, run] of WRITINGS) results.push(await check(name, server, () => run(server, known)));
  return results;
}

/** Ids of whatever is there; empty for what is not. */
async function knownOf(server: MediaServer): Promise<Known> {
  const userId = (await quietly(() => server.users.list()))?.find(({ enabled }) => enabled)?.vendorId ?? '';
  let [libraryId, itemId] = ['', ''];
  for (const library of (await quietly(() => server.libraries.list())) ?? []) {
    const page = await quietly(() => server.libraries.items(library.vendorId, { start: 0, limit: 20 }, { withFiles: false }));
    const item = page?.items.find(({ type }) => type === 'movie' || type === 'episode' || type === 'track');
    if (item) [libraryId, itemId] = [library.vendorId, item.vendorId];
    if (item) break;
  }
  const playlistId = userId === '' ? '' : ((await quietly(() => server.playlists.list(userId)))?.[0]?.vendorId ?? '');
  const collectionId = (await quietly(() => server.collections.list()))?.[0]?.vendorId ?? '';
  return { libraryId, userId, itemId, playlistId, collectionId };
}

/** What fails here fails again where it is reported. */
async function quietly<T>(ask: () => Promise<T>): Promise<T | null> {
  return await ask().catch(() => null);
}

async function check(name: string, server: MediaServer, run: () => Promise<unknown>): Promise<LiveResult> {
  const startedMs = performance.now();
  const done = (outcome: LiveResult['outcome'], detail: string): LiveResult => ({ name, outcome, detail, ms: Math.round(performance.now() - startedMs) });
  try {
    const answer = await run();
    return done('passed', typeof answer === 'string' ? answer : '');
  } catch (error) {
    if (!(error instanceof AppError)) return done('failed', shapeOf(error));
    const capability = error.details['capability'];
    const isUndeclared = error.code === 'CAPABILITY_MISSING' && !(typeof capability === 'string' && server.capabilities.has(capability as Capability));
    return isUndeclared ? done('not offered', '') : done('failed', [error.code, error.details['reason'], error.details['httpStatus']].filter((each) => each !== undefined).join(' '));
  }
}

/** Where an answer is not what its contract says: places and kinds, no values. */
function shapeOf(error: unknown): string {
  const issues = (error as { issues?: readonly { path: readonly PropertyKey[]; code: string }[] }).issues;
  if (issues) return `contract: ${issues.slice(0, 5).map(({ path, code }) => `${path.map(String).join('.')} ${code}`).join(', ')}`;
  return error instanceof Error ? error.name : 'unknown';
}

/** Lines that an operator can send to somebody else. */
export function reportOf(kind: string, version: string, results: readonly LiveResult[]): string {
  const count = (outcome: LiveResult['outcome']): number => results.filter((each) => each.outcome === outcome).length;
  const lines = results.map(({ name, outcome, detail, ms }) => `${outcome.padEnd(14)} ${name.padEnd(18)} ${String(ms).padStart(6)} ms  ${detail}`.trimEnd());
  return [`${kind} ${version}`, ...lines, `${count('passed')} passed, ${count('failed')} failed, ${count('not offered')} not offered, ${count('nothing to ask')} with nothing to ask`, ''].join('\n');
}
