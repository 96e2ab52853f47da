import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, uuidv7, type Capability, type WatchGlance } from '@usher/contracts';
import { DETAIL_DOCUMENTS } from './detail-bad-inputs.js';
import { eventually, FleetHarness, sessionOf, type FleetServer } from './fleet-harness.js';

const CAPABILITIES: Capability[] = ['users.list', 'libraries.list', 'watchStates.read'];
const FILMS = ['f1', 'f2', 'f3'];
const STOPPED_MS = 3_730_000;

type State = Omit<WatchGlance, 'itemVendorId'>;
type Asked = { userVendorId: string; of: { newest?: string; itemVendorIds?: string[] } };

/** A server that answers from what a test puts here: what Ada watched, newest last, and what she may see. */
class WatchedServer {
  readonly states = new Map<string, State>();
  libraries: 'all' | string[] = 'all';
  readonly asked: Asked['of'][] = [];

  private constructor(readonly row: FleetServer) {}

  static async add(fleet: FleetHarness, alias: string, itemIds: ReadonlyMap<string, string>): Promise<WatchedServer> {
    const row = await fleet.addServer(alias, { capabilities: CAPABILITIES });
    const server = new WatchedServer(row);
    const { pool } = fleet.controller;
    const library = { vendorId: 'films', name: 'Films', type: 'movies', itemCount: 3, childCount: null, folders: [] };
    const user = { vendorId: 'u1', name: 'Ada', email: null, isAdministrator: false, enabled: true, lastSeenAt: null };
    const { rows } = await pool.query('SELECT profile FROM server WHERE id = $1', [row.id]);
    row.agent!.handlers.set('server.probe@1', async () => rows[0].profile);
    row.agent!.handlers.set('library.list@1', async () => ({ libraries: [library] }));
    row.agent!.handlers.set('user.list@1', async () => ({ users: [{ ...user, libraries: server.libraries }] }));
    row.agent!.handlers.set('watch-state.glance@1', async (args) => server.glance(args as Asked));
    await fleet.ok('mutation ($id: ID!) { refreshServer(id: $id) { id } }', { id: row.id });
    for (const film of FILMS) {
      await pool.query(
        `INSERT INTO item_location (server_id, vendor_id, library_vendor_id, item_id, type, title, duration_ms, identity, read_run, read_at) VALUES ($1, $2, 'films', $3, 'movie', $2, 7200000, $2, $4, now())`,
        [row.id, film, itemIds.get(film), uuidv7()],
      );
    }
    return server;
  }

  private glance({ of }: Asked): { states: WatchGlance[] } {
    this.asked.push(of);
    if (of.newest === 'episode') return { states: [] };
    const ids = of.itemVendorIds ?? [...this.states.keys()].reverse();
    return { states: ids.map((itemVendorId) => ({ itemVendorId, played: false, positionMs: 0, ...this.states.get(itemVendorId) })) };
  }
}

describe('what linked people watched', () => {
  let fleet: FleetHarness;
  let attic: WatchedServer;
  let cabin: WatchedServer;
  let identityId: string;

  beforeAll(async () => {
    fleet = await FleetHarness.start();
    const itemIds = new Map(FILMS.map((film) => [film, uuidv7()]));
    for (const [film, id] of itemIds) await fleet.controller.pool.query(`INSERT INTO item (id, type, title, sort_title) VALUES ($1, 'movie', $2, $3)`, [id, `Film ${film}`, `film ${film}`]);
    attic = await WatchedServer.add(fleet, 'Attic', itemIds);
    cabin = await WatchedServer.add(fleet, 'Cabin', itemIds);
  });
  afterAll(() => fleet?.close());

  const check = async () => (await fleet.ok(DETAIL_DOCUMENTS['checkWatchStates']!, { identityId })).checkWatchStates;
  const list = async (rule: string, states = ['OPEN']) => (await fleet.ok(DETAIL_DOCUMENTS['mismatches']!, { filter: { rules: [rule], states } })).mismatches.mismatches;
  const flags = async () => (await fleet.ok(DETAIL_DOCUMENTS['session']!, { id: fleet.sessionId(cabin.row, 's1') })).session.flags;
  const play = (positionMs: number) => {
    const session = sessionOf('s1');
    return fleet.show(cabin.row, { ...session, item: { ...session.item!, itemId: 'f2' }, stream: { ...session.stream!, positionMs } });
  };
  /** Whether a look at both servers finds it; a row that nothing finds any more is not touched. */
  const isFound = async (id: string): Promise<boolean> => {
    const { pool } = fleet.controller;
    await pool.query(`UPDATE mismatch SET last_seen_at = now() - interval '3 minutes' WHERE id = $1`, [id]);
    // the first check may have begun before the look was heard of
    for (let turn = 0; turn < 2; turn++) {
      await check();
      const { rows } = await pool.query('SELECT now() AS now');
      await eventually(async () => {
        const { rows: checks } = await pool.query('SELECT checked_at > $1 AS checked FROM mismatch_check', [rows[0].now]);
        expect(checks).toEqual([{ checked: true }]);
      });
    }
    const { rows } = await pool.query(`SELECT last_seen_at > now() - interval '2 minutes' AS found FROM mismatch WHERE id = $1`, [id]);
    return rows[0].found as boolean;
  };

  it('cannot be compared before two accounts are linked', async () => {
    const { linkUsers } = await fleet.ok('mutation ($input: LinkUsersInput!) { linkUsers(input: $input) { id } }', { input: { accounts: [{ serverId: attic.row.id, userVendorId: 'u1' }], displayName: 'Ada L.' } });
    identityId = linkUsers.id;
    expect(await fleet.refused(DETAIL_DOCUMENTS['checkWatchStates']!, { identityId })).toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'accounts' } });
    await fleet.ok('mutation ($input: LinkUsersInput!) { linkUsers(input: $input) { id } }', { input: { accounts: [{ serverId: cabin.row.id, userVendorId: 'u1' }], identityId } });
  });

  it('is one finding for both servers, by two calls to each for one kind of title', async () => {
    attic.states.set('f1', { played: true, positionMs: 0 });
    attic.states.set('f2', { played: false, positionMs: STOPPED_MS });
    attic.asked.length = 0;
    cabin.asked.length = 0;
    expect(await check()).toBe(2);
    expect(attic.asked).toEqual([{ newest: 'episode' }, { newest: 'movie' }]);
    expect(cabin.asked).toEqual([{ newest: 'episode' }, { newest: 'movie' }, { itemVendorIds: ['f2', 'f1'] }]);
    const [found, ...more] = await eventually(async () => {
      const rows = await list('WATCH_STATE');
      expect(rows).toHaveLength(1);
      return rows;
    });
    expect(more).toEqual([]);
    expect(found).toMatchObject({ severity: 'LOW', text: 'Ada L.: 2 titles differ between Attic and Cabin' });
    expect(found.evidence).toHaveLength(4);
  });

  it('tells on the row of who begins there what they began elsewhere, until it is the same', async () => {
    const [found] = await list('WATCH_STATE');
    await play(120_000);
    await eventually(async () => expect(await flags()).toEqual([{ mismatchId: found.id, rule: 'WATCH_STATE', text: 'Attic stopped at 1:02:10' }]));
    cabin.states.set('f2', { played: false, positionMs: STOPPED_MS });
    attic.states.set('f2', { played: false, positionMs: 60_000 });
    await check();
    await eventually(async () => expect(await flags()).toEqual([]));
    await fleet.show(cabin.row);
  });

  it('ends when both say the same, opens again as the same row, and stays dismissed', async () => {
    const [found] = await list('WATCH_STATE');
    for (const film of ['f1', 'f2']) cabin.states.set(film, attic.states.get(film)!);
    expect(await isFound(found.id)).toBe(false);
    cabin.states.set('f3', { played: true, positionMs: 0 });
    expect(await isFound(found.id)).toBe(true);
    expect(await list('WATCH_STATE')).toMatchObject([{ id: found.id, text: 'Ada L.: “Film f3” differs between Attic and Cabin' }]);
    await fleet.ok(DETAIL_DOCUMENTS['ignoreMismatch']!, { input: { id: found.id } });
    expect(await isFound(found.id)).toBe(true);
    expect(await list('WATCH_STATE')).toEqual([]);
    expect(await list('WATCH_STATE', ['IGNORED'])).toMatchObject([{ id: found.id }]);
  });

  it('says why when too few accounts can be read, and keeps what was seen', async () => {
    cabin.row.agent!.handlers.set('watch-state.glance@1', () => Promise.reject(new AppError('USER_TOKEN_MISSING', 'There is no token of this account for this server.')));
    expect(await fleet.refused(DETAIL_DOCUMENTS['checkWatchStates']!, { identityId })).toMatchObject({ code: 'USER_TOKEN_MISSING' });
    expect(await list('WATCH_STATE', ['IGNORED'])).toHaveLength(1);
  });

  it('is told of libraries, too: what one server gives and the other does not', async () => {
    expect(await list('PERMISSION_DRIFT')).toEqual([]);
    const reread = async (libraries: 'all' | string[]) => {
      cabin.libraries = libraries;
      await fleet.ok('mutation ($id: ID!) { refreshServer(id: $id) { id } }', { id: cabin.row.id });
    };
    await reread([]);
    const [found] = await eventually(async () => {
      const rows = await list('PERMISSION_DRIFT');
      expect(rows).toHaveLength(1);
      return rows;
    });
    expect(found).toMatchObject({ severity: 'MEDIUM', text: 'Ada L. sees “Films” on Attic and not on Cabin', evidence: [{ serverAlias: 'Attic' }, { serverAlias: 'Cabin' }] });
    await fleet.ok(DETAIL_DOCUMENTS['resolveMismatch']!, { input: { id: found.id, resolution: 'It is meant so' } });
    await eventually(async () => expect(await list('PERMISSION_DRIFT')).toEqual([]));
  });
});
