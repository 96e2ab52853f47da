import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activitiesState, uuidv7 } from '@usher/contracts';
import { FLEET_BAD_INPUTS, FLEET_DOCUMENTS, FLEET_GOOD, type FleetWorld } from './fleet-bad-inputs.js';
import { eventually, FleetHarness, type FleetServer } from './fleet-harness.js';

let fleet: FleetHarness;
let attic: FleetServer;
let primary: FleetServer;
let plex: FleetServer;
let vault: FleetServer;
let world: FleetWorld;

const WINDOW = `id title serverIds timeZone startLocal durationMin rrule repeats skipped drainMin noticeMin canceledAt canceledBy
  current { startAt } next { startAt endAt drainFrom startLocal endLocal startOther endOther shifted } occurrences { startAt }`;
const SCHEDULE = `mutation ($input: ScheduleMaintenanceInput!) { scheduleMaintenance(input: $input) { ${WINDOW} } }`;
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
/** The wall clock of UTC so many minutes from now. */
const wall = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 16);
const schedule = async (more: Record<string, unknown> = {}) =>
  (await fleet.ok(SCHEDULE, { input: { idempotencyKey: uuidv7(), window: { title: 'New disks', serverIds: [attic.id], timeZone: 'UTC', startLocal: `${day(20)}T02:00`, durationMin: 30, ...more } } }))['scheduleMaintenance'];
const epoch = async () => Number((await fleet.controller.pool.query('SELECT epoch FROM fleet')).rows[0].epoch);
const roleOf = async (server: FleetServer) => (await fleet.ok('query ($id: ID) { server(id: $id) { role } }', { id: server.id }))['server'].role;
const audits = async (action: string) => (await fleet.controller.pool.query('SELECT payload FROM audit_event WHERE action = $1', [action])).rowCount;

beforeAll(async () => {
  fleet = await FleetHarness.start();
  attic = await fleet.addServer('Attic');
  primary = await fleet.addServer('Primary', { role: 'primary', withAgent: false });
  plex = await fleet.addServer('Studio', { kind: 'plex', withAgent: false });
  vault = await fleet.addServer('Vault', { readOnly: true, withAgent: false });
  const removed = await fleet.addServer('Removed', { withAgent: false });
  await fleet.ok('mutation ($input: RemoveServerInput!) { removeServer(input: $input) { id } }', { input: { id: removed.id, confirmAlias: 'Removed' } });
  await fleet.showViewers(attic);
  fleet.answerNotices(attic);
  const { sendNotice } = await fleet.ok(FLEET_DOCUMENTS['sendNotice']!, { input: { idempotencyKey: uuidv7(), text: 'x', targets: { serverIds: [attic.id] } } });
  await eventually(async () => expect((await fleet.ok('query ($id: ID!) { notice(id: $id) { state } }', { id: sendNotice.id }))['notice'].state).toBe('ENDED'));
  const [kept, canceled] = [await schedule({ rrule: 'FREQ=WEEKLY' }), await schedule()];
  await fleet.ok(FLEET_DOCUMENTS['cancelMaintenance']!, { input: { id: canceled.id } });
  world = {
    serverId: attic.id, alias: 'Attic', primaryId: primary.id, readOnlyId: vault.id, plexId: plex.id, plexAlias: 'Studio', removedId: removed.id, foreignId: uuidv7(),
    noticeId: sendNotice.id, windowId: kept.id, canceledWindowId: canceled.id,
  };
});
afterAll(() => fleet?.close());

describe('bad input', () => {
  /** Each row signs in anew, so that no row meets the limits of another. */
  const tokenFor = async (role: (typeof FLEET_BAD_INPUTS)[number]['as']) => (role === 'anonymous' ? null : role === 'operator' ? await fleet.addReader() : (await fleet.controller.addOperator(role)).token);
  const state = async () => {
    const { rows } = await fleet.controller.pool.query(`SELECT (SELECT count(*) FROM notice) AS notices, (SELECT count(*) FROM maintenance_window) AS windows,
      (SELECT json_agg(w ORDER BY w.id) FROM maintenance_window w) AS window, (SELECT json_agg(s.role ORDER BY s.id) FROM server s) AS roles, (SELECT epoch FROM fleet) AS epoch`);
    return JSON.stringify(rows);
  };

  it.each(FLEET_BAD_INPUTS.map((row) => [`${row.operation}: ${row.given} (${row.mistake}) is ${row.code}`, row] as const))('%s', async (_, row) => {
    const before = await state();
    const commands = attic.agent!.commands.length;
    const answer = await fleet.controller.gql(FLEET_DOCUMENTS[row.operation]!, row.variables(world), { token: await tokenFor(row.as) });
    expect(answer.errors?.[0]?.extensions.code).toBe(row.code);
    if (row.field !== undefined) expect(answer.errors![0]!.extensions.details['field']).toBe(row.field);
    expect(answer.errors![0]!.extensions.next).not.toBe('');
    expect(await state()).toBe(before);
    expect(attic.agent!.commands.length).toBe(commands);
  });

  it('covers every operation', () => {
    const covered = new Set(FLEET_BAD_INPUTS.map((row) => row.operation));
    expect(Object.keys(FLEET_DOCUMENTS).filter((name) => !covered.has(name) || !FLEET_GOOD[name])).toEqual([]);
  });

  it.each(Object.keys(FLEET_GOOD).filter((name) => name !== 'activities'))('%s with a broken database is INTERNAL and says nothing of it', async (operation) => {
    const { needs, variables } = FLEET_GOOD[operation]!;
    const token = await tokenFor(needs);
    for (const table of ['server', 'notice', 'maintenance_window']) await fleet.controller.owner.query(`ALTER TABLE ${table} RENAME TO ${table}_gone`);
    try {
      const answer = await fleet.controller.gql(FLEET_DOCUMENTS[operation]!, variables(world), { token });
      expect(answer.errors?.[0]?.extensions.code).toBe('INTERNAL');
      expect(answer.text).not.toMatch(/relation "|does not exist|postgres|SELECT|stack/i);
    } finally {
      for (const table of ['server', 'notice', 'maintenance_window']) await fleet.controller.owner.query(`ALTER TABLE ${table}_gone RENAME TO ${table}`);
    }
  });
});

describe('primary and linked servers', () => {
  const setPrimary = (server: FleetServer) => ({ input: { id: server.id, confirmAlias: server.alias } });

  it('there is one primary; a change makes the former one linked and raises the epoch', async () => {
    const before = await epoch();
    const { setPrimaryServer } = await fleet.ok(FLEET_DOCUMENTS['setPrimaryServer']!, setPrimary(attic), 'superadmin');
    expect(setPrimaryServer).toEqual({ id: attic.id, role: 'PRIMARY' });
    expect([await roleOf(primary), await epoch()]).toEqual(['LINKED', before + 1]);
    await fleet.ok(FLEET_DOCUMENTS['setPrimaryServer']!, setPrimary(attic), 'superadmin');
    expect(await epoch()).toBe(before + 1);
    // Orders carry the new epoch at once.
    await eventually(async () => {
      await fleet.ok(FLEET_DOCUMENTS['scanLibrary']!, FLEET_GOOD['scanLibrary']!.variables(world));
      expect(attic.agent!.fences.highest('fleet')).toBe(before + 1);
    });
    await fleet.ok(FLEET_DOCUMENTS['setPrimaryServer']!, setPrimary(primary), 'superadmin');
  });

  it('of two superadmins who change it at once both are heard, one after the other', async () => {
    const before = await epoch();
    await Promise.all([attic, vault, plex].map((server) => fleet.ok(FLEET_DOCUMENTS['setPrimaryServer']!, setPrimary(server), 'superadmin')));
    const { rows } = await fleet.controller.pool.query(`SELECT id FROM server WHERE role = 'primary'`);
    expect(rows).toHaveLength(1);
    expect(await epoch()).toBe(before + 3);
    await fleet.ok(FLEET_DOCUMENTS['setPrimaryServer']!, setPrimary(primary), 'superadmin');
  });

  it('asks for the password again', async () => {
    const { token } = await fleet.controller.addOperator('superadmin', { provenMsAgo: 6 * 60_000 });
    const answer = await fleet.controller.gql(FLEET_DOCUMENTS['setPrimaryServer']!, setPrimary(attic), { token });
    expect(answer.errors?.[0]?.extensions.code).toBe('STEP_UP_REQUIRED');
    const update = await fleet.controller.gql('mutation ($input: UpdateServerInput!) { updateServer(input: $input) { id } }', { input: { id: attic.id, role: 'PRIMARY' } }, { token });
    expect(update.errors?.[0]?.extensions.code).toBe('STEP_UP_REQUIRED');
  });

  it('a server that is unlinked is left out of what all get, until it is linked again', async () => {
    const targets = async () => (await fleet.ok('{ noticeForecast(targets: { allLinked: true }) { servers { serverAlias } } }'))['noticeForecast'].servers.map(({ serverAlias }: { serverAlias: string }) => serverAlias);
    expect(await targets()).toContain('Vault');
    await fleet.ok(FLEET_DOCUMENTS['unlinkServer']!, { id: vault.id });
    expect([await roleOf(vault), (await targets()).includes('Vault')]).toEqual(['UNLINKED', false]);
    await fleet.ok(FLEET_DOCUMENTS['unlinkServer']!, { id: vault.id });
    expect(await audits('server.unlinked')).toBe(1);
    await fleet.ok(FLEET_DOCUMENTS['linkServer']!, { id: vault.id });
    expect(await roleOf(vault)).toBe('LINKED');
    await fleet.ok(FLEET_DOCUMENTS['linkServer']!, { id: primary.id });
    expect(await roleOf(primary)).toBe('PRIMARY');
  });
});

describe('maintenance windows', () => {
  it('show their next five dates in two zones, and what they would mean', async () => {
    const PREVIEW = `query ($window: MaintenanceWindowInput!, $otherTimeZone: String) { maintenancePreview(window: $window, otherTimeZone: $otherTimeZone) {
      repeats warnings next { startLocal startOther shifted drainFrom startAt } notices { canTake unsupported } } }`;
    const window = { title: 'Kernel update', serverIds: [attic.id, plex.id], timeZone: 'Europe/Paris', startLocal: '2027-03-02T02:30', durationMin: 30, rrule: 'FREQ=MONTHLY;BYMONTHDAY=28;COUNT=3', drainMin: 30, noticeMin: [60, 15, 0] };
    const { maintenancePreview } = await fleet.ok(PREVIEW, { window: { ...window, rrule: 'FREQ=WEEKLY', startLocal: '2027-03-14T02:30' }, otherTimeZone: 'Asia/Tokyo' });
    expect(maintenancePreview).toMatchObject({ repeats: 'weekly', notices: { canTake: 2, unsupported: 1 } });
    expect(maintenancePreview.next.map((date: { startLocal: string }) => date.startLocal)).toEqual([
      '2027-03-14T02:30:00+01:00', '2027-03-21T02:30:00+01:00', '2027-03-28T03:30:00+02:00', '2027-04-04T02:30:00+02:00', '2027-04-11T02:30:00+02:00',
    ]);
    expect(maintenancePreview.next[0].startOther).toBe('2027-03-14T10:30:00+09:00');
    expect(maintenancePreview.next[3].startOther).toBe('2027-04-04T09:30:00+09:00');
    expect(maintenancePreview.warnings).toEqual(['On 2027-03-28 the clocks of Europe/Paris go forward over 02:30; it starts later that day.']);
    const clash = await fleet.ok(PREVIEW, { window: { ...window, rrule: null, serverIds: [attic.id], timeZone: 'UTC', startLocal: `${day(20)}T02:15` } });
    expect(clash['maintenancePreview'].warnings[0]).toContain('“New disks” is planned for the same time');
  });

  it('are told to every agent, signed, at once and again when they change', async () => {
    const known = (id: string) => (attic.agent!.fleetStates.at(-1)?.body as { occurrences: { windowId: string; serverIds: string[] }[] } | undefined)?.occurrences.filter(({ windowId }) => windowId === id) ?? [];
    const window = await schedule({ startLocal: wall(24 * 60), rrule: 'FREQ=DAILY', drainMin: 45 });
    await eventually(() => expect(known(window.id).length).toBeGreaterThanOrEqual(6));
    expect(known(window.id)[0]).toMatchObject({ serverIds: [attic.id], startAt: window.next[0].startAt, endAt: window.next[0].endAt, drainFrom: window.next[0].drainFrom });
    expect(JSON.stringify(attic.agent!.fleetStates.at(-1))).not.toContain('New disks');
    const first = window.next[0].startAt;
    const skipped = (await fleet.ok(`mutation ($input: CancelMaintenanceInput!) { cancelMaintenance(input: $input) { ${WINDOW} } }`, { input: { id: window.id, occurrenceAt: first } }))['cancelMaintenance'];
    expect(skipped).toMatchObject({ canceledAt: null, skipped: [first.slice(0, 16)] });
    expect(skipped.next.map(({ startAt }: { startAt: string }) => startAt)).not.toContain(first);
    await eventually(() => expect(known(window.id)[0]).not.toMatchObject({ startAt: first }));
    await fleet.ok(FLEET_DOCUMENTS['cancelMaintenance']!, { input: { id: window.id } });
    await eventually(() => expect(known(window.id)).toEqual([]));
    const again = (await fleet.ok(`mutation ($input: CancelMaintenanceInput!) { cancelMaintenance(input: $input) { ${WINDOW} } }`, { input: { id: window.id } }))['cancelMaintenance'];
    expect(again).toMatchObject({ next: [], canceledAt: expect.any(String) });
    expect(await audits('maintenance.date_canceled')).toBe(1);
  });

  it('flag their servers while they last, and say when that begins and ends', async () => {
    const flag = async () => (await fleet.ok('query ($id: ID) { server(id: $id) { maintenance } }', { id: plex.id }))['server'].maintenance;
    expect(await flag()).toBe(false);
    const window = await schedule({ serverIds: [plex.id], startLocal: wall(-5), durationMin: 60 });
    expect(await flag()).toBe(true);
    expect(window.current).toEqual({ startAt: window.next[0].startAt });
    await fleet.ok(FLEET_DOCUMENTS['updateMaintenance']!, { input: { id: window.id, startLocal: wall(120) } });
    expect(await flag()).toBe(false);
    await fleet.ok(FLEET_DOCUMENTS['cancelMaintenance']!, { input: { id: window.id } });
  });

  it('announce themselves once, and take the notice back with the window', async () => {
    const of = async (windowId: string) => (await fleet.ok('query ($filter: NoticeFilter) { notices(filter: $filter) { edges { node { id state text minutesBefore windowId createdBy expiresAt } } } }', { filter: { windowId } }))['notices'].edges.map((edge: { node: object }) => edge.node);
    fleet.answerNotices(attic);
    const window = await schedule({ startLocal: wall(30), noticeMin: [60, 15, 0] });
    await eventually(async () => expect(await of(window.id)).toMatchObject([{ state: 'ENDED', minutesBefore: 60, text: expect.stringMatching(/^Maintenance in (29|30) minutes: New disks\./), expiresAt: expect.any(String) }]));
    await fleet.ok(FLEET_DOCUMENTS['updateMaintenance']!, { input: { id: window.id, title: 'Newer disks' } });
    await eventually(() => expect(fleet.got(attic, 'notice.show@1').filter(({ text }) => text.includes('New disks.')).length).toBe(1));
    const offline = await schedule({ serverIds: [primary.id], startLocal: wall(30), noticeMin: [60] });
    await eventually(async () => expect(await of(offline.id)).toMatchObject([{ state: 'SENDING' }]));
    await fleet.ok(FLEET_DOCUMENTS['cancelMaintenance']!, { input: { id: offline.id } });
    expect(await of(offline.id)).toMatchObject([{ state: 'CANCELED' }]);
    await fleet.ok(FLEET_DOCUMENTS['cancelMaintenance']!, { input: { id: window.id } });
  });

  it('list what is planned in a range, for some servers, ended ones when asked for', async () => {
    const LIST = 'query ($range: MaintenanceRange) { maintenanceWindows(range: $range) { id canceledAt occurrences { startAt } } }';
    const ids = async (range: object) => (await fleet.ok(LIST, { range }))['maintenanceWindows'].map(({ id }: { id: string }) => id);
    expect(await ids({})).toContain(world.windowId);
    expect(await ids({})).not.toContain(world.canceledWindowId);
    expect(await ids({ includeEnded: true })).toContain(world.canceledWindowId);
    expect(await ids({ serverIds: [plex.id] })).toEqual([]);
    const [listed] = (await fleet.ok(LIST, { range: { from: `${day(19)}T00:00:00Z`, to: `${day(35)}T00:00:00Z`, serverIds: [attic.id] } }))['maintenanceWindows'];
    expect(listed.occurrences.length).toBe(3);
  });

  it('with the same key is planned once', async () => {
    const input = { idempotencyKey: uuidv7(), window: { title: 'Once', serverIds: [attic.id], timeZone: 'UTC', startLocal: `${day(30)}T02:00`, durationMin: 5 } };
    const [a, b] = await Promise.all([fleet.ok(SCHEDULE, { input }), fleet.ok(SCHEDULE, { input })]);
    expect(a['scheduleMaintenance'].id).toBe(b['scheduleMaintenance'].id);
    await fleet.ok(FLEET_DOCUMENTS['cancelMaintenance']!, { input: { id: a['scheduleMaintenance'].id } });
  });
});

describe('remote actions', () => {
  it('reach the agent, once per key, and are written down', async () => {
    attic.agent!.commands.length = 0;
    const variables = { input: { idempotencyKey: uuidv7(), serverId: attic.id, libraryId: 'l1' } };
    for (let i = 0; i < 2; i++) expect(await fleet.ok(FLEET_DOCUMENTS['scanLibrary']!, variables)).toEqual({ scanLibrary: { action: 'SCAN_LIBRARY' } });
    for (const name of ['refreshLibrary', 'refreshItem', 'restartServer']) await fleet.ok(FLEET_DOCUMENTS[name]!, FLEET_GOOD[name]!.variables(world));
    expect(attic.agent!.commands).toEqual([
      { name: 'library.scan@1', args: { libraryVendorId: 'l1' } },
      { name: 'library.refresh@1', args: { libraryVendorId: 'l1', mode: 'missing' } },
      { name: 'item.refresh@1', args: { itemVendorId: 'i1', mode: 'missing' } },
      { name: 'server.restart@1', args: {} },
    ]);
    expect(await audits('server.restart_server_ordered')).toBe(1);
  });

  it('of an agent that is away are AGENT_OFFLINE, and may be repeated with the same key', async () => {
    const away = await fleet.addServer('Away');
    await fleet.show(away);
    await fleet.unplug(away);
    const variables = { input: { idempotencyKey: uuidv7(), serverId: away.id } };
    expect(await fleet.refused(FLEET_DOCUMENTS['scanLibrary']!, variables)).toMatchObject({ code: 'AGENT_OFFLINE' });
    await fleet.plugIn(away);
    await eventually(() => fleet.ok(FLEET_DOCUMENTS['scanLibrary']!, variables));
    expect(fleet.got(away, 'library.scan@1')).toHaveLength(1);
  });

  it('show what the server makes of them as activities, live', async () => {
    const FIELDS = 'serverId stale activities { id type title progressPercent libraryId startedAt }';
    const activity = { vendorId: 't1', type: 'scan' as const, title: 'Scan media library', subtitle: null, progressPercent: 40, libraryVendorId: null, startedAt: new Date().toISOString() };
    const tell = (activities: object[]) => attic.agent!.link.publishState(activitiesState, { seq: attic.agent!.nextSeq(), at: new Date().toISOString(), activities: activities as never });
    const client = await fleet.controller.socket().acknowledged();
    client.subscribe('1', `subscription { activitiesChanged { ${FIELDS} } }`);
    attic.agent!.beat();
    await eventually(async () => {
      tell([activity]);
      expect((await fleet.ok(`{ activities { ${FIELDS} } }`))['activities']).toEqual([
        { serverId: attic.id, stale: false, activities: [{ id: `${attic.id}:t1`, type: 'SCAN', title: 'Scan media library', progressPercent: 40, libraryId: null, startedAt: activity.startedAt }] },
      ]);
    });
    tell([]);
    await client.until((message) => message.type === 'next' && message.payload.data.activitiesChanged.activities.length === 0);
    client.close();
  });
});
