import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { eventually } from '@usher/testing';
import { ControllerHarness } from './controller-harness.js';
import { LIBRARY_BAD_INPUTS, LIBRARY_DOCUMENTS, LIBRARY_GOOD, type LibraryWorld } from './library-bad-inputs.js';

const PLAN = 'query ($id: ID!) { libraryPlan(id: $id) { id rev state blockers problems { severity code next } libraries { name targetName titles } pathMap { from to verdict } } }';

let harness: ControllerHarness;
let world: LibraryWorld;

/** Each row signs in anew, so that no row meets the limits of another. */
const tokenFor = async (role: 'anonymous' | 'viewer' | 'operator') => (role === 'anonymous' ? null : (await harness.addOperator(role)).token);
const run = async (operation: string, variables: Record<string, unknown>, as: 'anonymous' | 'viewer' | 'operator' = 'operator') => harness.gql(LIBRARY_DOCUMENTS[operation]!, variables, { token: await tokenFor(as) });
const planOf = async (id: string) => (await harness.gql(PLAN, { id }, { token: await tokenFor('operator') })).data!['libraryPlan'];
const checked = (id: string, rev: number) => eventually(async () => expect(await planOf(id)).toMatchObject({ state: 'READY', rev }));

async function addServer(alias: string, library: string): Promise<string> {
  const id = uuidv7();
  await harness.pool.query(
    `INSERT INTO server (id, alias, slug, url, normalized_url, kind, connection, state, profile, machine_id)
     VALUES ($1, $2, $3, $4, $4, 'jellyfin', 'remote', 'online', $5, $3)`,
    [id, alias, alias.toLowerCase(), `http://${alias}.example`, JSON.stringify({ capabilities: ['items.list'], machineId: alias, hardening: [] })],
  );
  await harness.pool.query(`INSERT INTO library (server_id, vendor_id, name, type, folders, read_at) VALUES ($1, $2, $2, 'movies', '{/media}', now())`, [id, library]);
  return id;
}

async function addItem(serverId: string, library: string, itemKey: string): Promise<void> {
  await harness.pool.query(`INSERT INTO item (id, type, title, year, sort_title) VALUES ($1, 'movie', 'Alien', 1979, 'alien 1979') ON CONFLICT DO NOTHING`, [itemKey]);
  await harness.pool.query(
    `INSERT INTO item_location (server_id, vendor_id, library_vendor_id, item_id, type, title, path, identity, read_run, read_at, tier) VALUES ($1, 'v1', $2, $3, 'movie', 'Alien', '/media/a.mkv', 'x', $3, now(), 'B')`,
    [serverId, library, itemKey],
  );
}

beforeAll(async () => {
  harness = await ControllerHarness.start();
  await harness.addRoles();
  const itemKey = uuidv7();
  const [sourceId, targetId] = [await addServer('Seedbox', 'Movies'), await addServer('Attic', 'Films')];
  await addItem(sourceId, 'Movies', itemKey);
  await addItem(targetId, 'Films', itemKey);
  world = { sourceId, targetId, itemKey, planId: '', foreignId: uuidv7() };
  const { data } = await run('planLibrary', LIBRARY_GOOD['planLibrary']!.variables(world));
  world = { ...world, planId: data!['planLibrary'].id as string };
  await checked(world.planId, 1);
});
afterAll(() => harness?.close());

describe('items and prechecks', () => {
  it.each(LIBRARY_BAD_INPUTS.map((row) => [`${row.operation}: ${row.given} (${row.mistake}) is ${row.code}`, row] as const))('%s', async (_, row) => {
    const plans = async () => JSON.stringify((await harness.pool.query('SELECT id, rev, request FROM library_plan ORDER BY id')).rows);
    const before = await plans();
    const answer = await run(row.operation, row.variables(world), row.as);
    expect(answer.errors?.[0]?.extensions.code).toBe(row.code);
    expect(answer.errors![0]!.extensions.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.errors![0]!.extensions.next).not.toBe('');
    expect(await plans()).toBe(before);
  });

  it('covers every operation with bad input', () => {
    const covered = new Set(LIBRARY_BAD_INPUTS.map((row) => row.operation));
    expect(Object.keys(LIBRARY_DOCUMENTS).filter((name) => !covered.has(name))).toEqual([]);
  });

  it.each(Object.keys(LIBRARY_GOOD))('%s with a broken database is INTERNAL and says nothing of it', async (operation) => {
    const token = await tokenFor('operator');
    await harness.owner.query('ALTER TABLE server RENAME TO server_gone; ALTER TABLE library_plan RENAME TO library_plan_gone');
    try {
      const answer = await harness.gql(LIBRARY_DOCUMENTS[operation]!, LIBRARY_GOOD[operation]!.variables(world), { token });
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL', family: 'bug' });
      expect(answer.text).not.toMatch(/relation "|does not exist|postgres|SELECT|stack/i);
    } finally {
      await harness.owner.query('ALTER TABLE server_gone RENAME TO server; ALTER TABLE library_plan_gone RENAME TO library_plan');
    }
  });

  it('a title is found with the servers that hold it', async () => {
    const query = 'query ($search: ItemSearch) { items(search: $search) { totalCount edges { node { itemKey type title year locations { serverId tier path } } } } }';
    const { data } = await harness.gql(query, { search: { text: 'ali', types: ['MOVIE'] } }, { token: await tokenFor('viewer') });
    expect(data!['items']).toMatchObject({ totalCount: 1, edges: [{ node: { itemKey: world.itemKey, type: 'MOVIE', title: 'Alien', year: 1979 } }] });
    const { locations } = data!['items'].edges[0].node as { locations: { serverId: string; tier: string; path: string | null }[] };
    expect(new Set(locations.map(({ serverId }) => serverId))).toEqual(new Set([world.sourceId, world.targetId]));
    expect(locations).toEqual([expect.objectContaining({ tier: 'B', path: null }), expect.objectContaining({ tier: 'B', path: null })]);
  });

  it('a precheck of servers without agents blocks with AGENT_OFFLINE and still compares what is known', async () => {
    const plan = await planOf(world.planId);
    expect(plan.problems.filter(({ severity }: { severity: string }) => severity === 'BLOCKER').map(({ code }: { code: string }) => code)).toEqual(expect.arrayContaining(['AGENT_OFFLINE']));
    expect(plan.libraries).toEqual([{ name: 'Movies', targetName: 'Films', titles: 1 }]);
    expect(plan.pathMap).toEqual([{ from: '/media', to: '/media', verdict: 'UNKNOWN' }]);
    for (const { next } of plan.problems) expect(next.length).toBeGreaterThan(5);
  });

  it('a change of the path map is told live, and leaves a trace', async () => {
    const client = await harness.socket().acknowledged();
    client.subscribe('plan', 'subscription ($id: ID!) { libraryPlanChanged(id: $id) { id rev state } }', { id: world.planId });
    const isReady = ({ payload, type }: { payload?: unknown; type: string }) => type === 'next' && JSON.stringify(payload).includes('"state":"READY"');
    // A subscription does not say when it has begun: the map is sent again until it tells.
    await eventually(async () => {
      const { rev, state } = await planOf(world.planId);
      if (state === 'READY' && !client.messages.some(isReady)) await run('updatePathMap', { input: { planId: world.planId, rev, rows: [{ from: '/media', to: '/data' }] } });
      expect(client.messages.some(isReady)).toBe(true);
    });
    expect((await planOf(world.planId)).pathMap).toEqual([{ from: '/media', to: '/data', verdict: 'UNKNOWN' }]);
    const audit = await harness.pool.query(`SELECT action, server_id FROM audit_event WHERE action LIKE 'library.%' ORDER BY seq`);
    expect(audit.rows).toEqual(expect.arrayContaining([{ action: 'library.planned', server_id: world.sourceId }, { action: 'library.plan_mapped', server_id: world.sourceId }]));
    client.close();
  });
});
