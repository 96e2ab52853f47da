import { PlanHeader, PlanRow, uuidv7, type PlanRowOf, type PlanUser, type WatchField, type WatchState } from '@usher/contracts';
import { planHash, sha256Hex } from '@usher/security';
import type { z } from 'zod';

export function state(itemVendorId: string, change: Partial<WatchState> = {}): WatchState {
  return { itemVendorId, played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null, original: null, ...change };
}

/** A title that was watched twice and is to be so at the target. */
export function stateRow(n: number, item: string, given: { from?: Partial<WatchState>; to?: Partial<WatchState>; fields?: WatchField[]; u?: number; loss?: PlanRowOf<'watch-state.set'>['loss'] } = {}): PlanRow {
  const to = { played: true, playCount: 2, lastPlayedAt: '2024-05-01T20:00:00.000Z', ...given.to };
  return {
    n,
    u: given.u ?? 0,
    op: 'watch-state.set',
    item: `source-${item}`,
    title: `The title ${item}`,
    tier: 'A',
    evidence: ['imdb'],
    source: state(`source-${item}`, to),
    from: state(item, given.from),
    to: state(item, { ...given.from, ...to }),
    fields: given.fields ?? ['played', 'playCount', 'lastPlayedAt'],
    loss: given.loss ?? [],
  };
}

export interface MadePlan {
  readonly header: PlanHeader;
  readonly headerBytes: Buffer;
  readonly sha256: string;
  readonly chunks: readonly Buffer[];
  readonly rows: readonly PlanRow[];
}

const user = (vendorId: string | null, name: string): PlanUser => ({
  identityId: null,
  sources: [{ vendorId: `source-${name}`, name }],
  target: { vendorId, name },
  decision: vendorId === null ? 'create' : 'map',
  evidence: 'given',
  verdicts: [],
});

/** A frozen plan, as migration makes them: by default for one account that is there, `user-1`. */
export function makePlan(
  serverId: string,
  rows: readonly PlanRow[],
  change: Partial<Omit<z.input<typeof PlanHeader>, 'chunks'>> & { chunkRows?: number; users?: PlanUser[]; account?: string | null } = {},
): MadePlan {
  const { chunkRows = 960, account = 'user-1', ...given } = change;
  const groups = Array.from({ length: Math.ceil(rows.length / chunkRows) }, (_, n) => rows.slice(n * chunkRows, (n + 1) * chunkRows));
  const chunks = groups.map((group) => Buffer.from(group.map((row) => `${JSON.stringify(PlanRow.parse(row))}\n`).join('')));
  const server = (id: string, alias: string) => ({ serverId: id, alias, kind: 'jellyfin' as const, machineId: alias, version: '10.10.0', digest: sha256Hex(alias) });
  const header = PlanHeader.parse({
    v: 1,
    planId: uuidv7(),
    version: 1,
    kind: 'users',
    ofRun: null,
    madeAt: '2026-01-01T00:00:00.000Z',
    initiator: uuidv7(),
    source: server(uuidv7(), 'Attic'),
    target: server(serverId, 'Cabin'),
    users: [user(account, 'Ada')],
    libraries: [],
    paths: [],
    fields: ['played', 'playCount', 'lastPlayedAt'],
    options: { overwrite: 'additive', playCounts: 'max', minTier: 'C', maxConnections: 8, driftLimitPercent: 5, approvalsRequired: 1 },
    counts: { rows: rows.length, writes: rows.length, skips: 0 },
    limits: { maxWrites: 10_000, maxFailures: 50 },
    ...given,
    chunks: groups.map((group, n) => ({ n, first: group[0]!.n, rows: group.length, sha256: sha256Hex(chunks[n]!) })),
  });
  const headerBytes = Buffer.from(JSON.stringify(header));
  return { header, headerBytes, sha256: planHash(headerBytes), chunks, rows };
}
