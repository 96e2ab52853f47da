import { describe, expect, it } from '@jest/globals';
import { PlanHeader, uuidv7, type Library, type MediaUser } from '@usher/contracts';
import { PlanStaleness } from './plan-staleness.service.js';
import type { ServerRecord } from './plan-record.js';
import { serverDigest } from './rules/server-digest.js';

interface Side {
  server: ServerRecord | null;
  users: MediaUser[];
  libraries: Library[];
}

function side(alias: string): Side & { server: ServerRecord } {
  return {
    server: { id: uuidv7(), alias, kind: 'jellyfin', machineId: alias, version: '12.0.1', versionTested: true, capabilities: ['items.list', 'users.list'], readOnly: false },
    users: [{ vendorId: 'ana', name: 'Ana', email: null, isAdministrator: false, enabled: true, lastSeenAt: null }],
    libraries: [{ vendorId: 'films', name: 'Films', type: 'movies', itemCount: 3, childCount: null, folders: ['/a', '/b'] }],
  };
}

/** A plan of two servers, and what asks them. */
function world() {
  const sides = { source: side('Den'), target: side('Attic') };
  const concerned = { users: ['ana'], libraries: ['films'] };
  const serverOf = ({ server, users, libraries }: ReturnType<typeof side>) => ({ serverId: server.id, alias: server.alias, kind: server.kind, machineId: server.machineId, version: server.version, digest: serverDigest({ users, libraries, capabilities: server.capabilities }, concerned) });
  const header = PlanHeader.parse({
    v: 1, planId: uuidv7(), version: 1, kind: 'users', ofRun: null, madeAt: '2026-01-01T00:00:00.000Z', initiator: uuidv7(), source: serverOf(sides.source), target: serverOf(sides.target),
    users: [
      { identityId: null, sources: [{ vendorId: 'ana', name: 'Ana' }], target: { vendorId: 'ana', name: 'Ana' }, decision: 'map', evidence: 'name', verdicts: [] },
    ],
    libraries: [{ source: 'films', target: 'films' }], paths: [], fields: ['played'], options: {}, counts: { rows: 0, writes: 0, skips: 0 }, limits: { maxWrites: 1, maxFailures: 1 }, chunks: [],
  });
  const live: { source: Side; target: Side } = structuredClone(sides);
  const ids = { source: sides.source.server.id, target: sides.target.server.id };
  const of = (id: string): Side => (id === ids.source ? live.source : live.target);
  const marked: string[] = [];
  const staleness = new PlanStaleness(
    { markStale: async (_id: string, message: string) => void marked.push(message) } as never,
    { server: async (id: string) => of(id).server } as never,
    { users: async (id: string) => of(id).users, libraries: async (id: string) => of(id).libraries } as never,
  );
  return { header, live, marked, staleness };
}

describe('a plan', () => {
  it('is not stale while the servers are as they were', async () => {
    const { header, staleness, marked } = world();
    expect(await staleness.isStale(header)).toBeNull();
    await staleness.refuseStale(header);
    expect(marked).toEqual([]);
  });

  it('is not stale because of what does not concern it, nor of what its own run writes', async () => {
    const { header, live, staleness } = world();
    live.target.users.push({ ...live.target.users[0]!, vendorId: 'new', name: 'New' });
    live.target.users[0] = { ...live.target.users[0]!, enabled: false, lastSeenAt: '2026-01-01T00:00:00Z' };
    live.target.libraries.push({ ...live.target.libraries[0]!, vendorId: 'other' });
    live.target.libraries[0] = { ...live.target.libraries[0]!, itemCount: 9, folders: ['/b', '/a'] };
    live.source.server = { ...live.source.server!, version: '12.3.0', capabilities: ['users.list', 'items.list'] };
    expect(await staleness.isStale(header)).toBeNull();
    const made = { ...header.users[0]!, decision: 'create' as const, target: { vendorId: 'new', name: 'New' } };
    expect(await staleness.isStale({ ...header, users: [...header.users, made] })).toBeNull();
  });

  it.each<[string, (live: ReturnType<typeof world>['live']) => void, string]>([
    ['a server left', ({ source }) => void (source.server = null), 'Den is not part of the fleet any more.'],
    ['another server answers', ({ target }) => void (target.server = { ...target.server!, machineId: 'x' }), 'Another media server answers in the place of Attic.'],
    ['a major version came', ({ target }) => void (target.server = { ...target.server!, version: '13.0' }), 'Attic was version 12.0.1 and is 13.0 now.'],
    ['a capability went', ({ target }) => void (target.server = { ...target.server!, capabilities: [] }), 'Accounts or libraries of Attic changed since the plan was made.'],
    ['an account was renamed', ({ target }) => void (target.users[0]!.name = 'Anna'), 'Accounts or libraries of Attic changed since the plan was made.'],
    ['an account became an administrator', ({ source }) => void (source.users[0]!.isAdministrator = true), 'Accounts or libraries of Den changed since the plan was made.'],
    ['an account is gone', ({ source }) => void source.users.pop(), 'Accounts or libraries of Den changed since the plan was made.'],
    ['a library moved', ({ source }) => void (source.libraries[0]!.folders = ['/c']), 'Accounts or libraries of Den changed since the plan was made.'],
  ])('is stale when %s', async (_name, change, message) => {
    const { header, live, marked, staleness } = world();
    change(live);
    expect(await staleness.isStale(header)).toBe(message);
    await expect(staleness.refuseStale(header)).rejects.toMatchObject({ code: 'PLAN_STALE', message });
    expect(marked).toEqual([message]);
  });
});
