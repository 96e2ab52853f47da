import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Stack, startEmby, startJellyfin, startPlex, type PlaybackHandle, type Simulator } from '@usher/testing';
import { Cli } from '../cli.js';
import { Operator, PASSWORD } from '../operator.js';

const SLOW = { timeoutMs: 60_000, everyMs: 250 };
const MINUTE_MS = 60_000;
const KINDS = ['jellyfin', 'emby', 'plex'] as const;
const ALIASES = { jellyfin: 'Attic', emby: 'Office', plex: 'Studio' } as const;

interface Notice {
  readonly id: string;
  readonly text: string;
  readonly state: string;
  readonly minutesBefore: number | null;
  readonly counts: { sent: number; unsupported: number; failed: number; waiting: number };
  readonly deliveries: { serverAlias: string; state: string; sent: number; unsupported: number; code: string | null; reason: string | null }[];
}
const NOTICE = 'id text state minutesBefore counts { sent unsupported failed waiting } deliveries { serverAlias state sent unsupported code reason }';

interface Window {
  readonly id: string;
  readonly repeats: string;
  readonly current: { startAt: string } | null;
  readonly next: { startAt: string; drainFrom: string }[];
}
const WINDOW = 'id repeats current { startAt } next { startAt drainFrom }';

/** Wall clock of UTC, so many minutes from now. */
const wallClock = (minutes: number): string => new Date(Date.now() + minutes * MINUTE_MS).toISOString().slice(0, 16);

describe('notices, maintenance windows and orders', () => {
  let stack: Stack;
  let sam: Operator;
  let cli: Cli;
  let simulators: Record<(typeof KINDS)[number], Simulator>;
  const ids: Record<string, string> = {};
  const viewers: Record<string, PlaybackHandle> = {};

  const textsOf = (kind: string): string[] => viewers[kind]!.messages.map(({ text }) => text);
  const timesOf = (kind: string, text: string): number => textsOf(kind).filter((shown) => shown === text).length;
  const notice = async (id: string): Promise<Notice> => (await sam.ask<{ notice: Notice }>(`query ($id: ID!) { notice(id: $id) { ${NOTICE} } }`, { id })).notice;
  const send = async (input: object): Promise<Notice> => (await sam.ask<{ sendNotice: Notice }>(`mutation ($input: SendNoticeInput!) { sendNotice(input: $input) { ${NOTICE} } }`, { input: { idempotencyKey: crypto.randomUUID(), ...input } })).sendNotice;
  const schedule = async (window: object): Promise<Window> =>
    (await sam.ask<{ scheduleMaintenance: Window }>(`mutation ($input: ScheduleMaintenanceInput!) { scheduleMaintenance(input: $input) { ${WINDOW} } }`, { input: { idempotencyKey: crypto.randomUUID(), window: { timeZone: 'UTC', ...window } } })).scheduleMaintenance;
  const standing = async (serverId: string, wanted: string): Promise<void> => {
    await eventually(async () => {
      const { serverLoads } = await sam.ask<{ serverLoads: { standing: string }[] }>('query ($ids: [ID!]) { serverLoads(serverIds: $ids) { standing } }', { ids: [serverId] });
      expect(serverLoads).toMatchObject([{ standing: wanted }]);
    }, SLOW);
  };

  beforeAll(async () => {
    const [made, jellyfin, emby, plex] = await Promise.all([Stack.start({ mode: 'all-in-one' }), startJellyfin(), startEmby(), startPlex()]);
    stack = made;
    simulators = { jellyfin, emby, plex };
    sam = await Operator.first(stack);
    cli = await Cli.make({ USHER_URL: stack.url, USHER_TOKEN: sam.token! });
    for (const kind of KINDS) ids[kind] = await sam.register(simulators[kind], ALIASES[kind], { poll: { sessionsS: 5 } });
    for (const id of Object.values(ids)) await sam.untilState(id, 'ONLINE');
    for (const kind of KINDS) viewers[kind] = simulators[kind].control.startPlayback({ user: 'Nell' });
    await eventually(async () => expect((await sam.sessions()).map(({ sessions }) => sessions.length)).toEqual([1, 1, 1]), SLOW);
  }, 120_000);

  afterAll(async () => {
    await cli?.close();
    await Promise.all(Object.values(simulators ?? {}).map((simulator) => simulator.close()));
    await stack?.close();
  });

  it('has one primary server, to which the others are linked or not', async () => {
    const roles = async () => Object.fromEntries((await sam.ask<{ servers: { alias: string; role: string }[] }>('{ servers { alias role } }')).servers.map(({ alias, role }) => [alias, role]));
    const primary = ['servers', 'set-primary', 'attic', '--confirm', 'attic'];
    const unproven = await cli.run(primary);
    expect([unproven.code, unproven.err]).toEqual([4, expect.stringContaining('usher auth step-up')]);
    expect(await cli.run(['auth', 'step-up', '--password-file', await cli.file('password', PASSWORD)])).toMatchObject({ code: 0 });
    expect(await cli.run(primary)).toMatchObject({ code: 0 });
    await sam.ask('mutation ($id: ID!) { unlinkServer(id: $id) { role } }', { id: ids['plex'] });
    expect(await roles()).toEqual({ Attic: 'PRIMARY', Office: 'LINKED', Studio: 'UNLINKED' });
    expect(await cli.json(['notices', 'send', 'nothing', '--all', '--dry-run'])).toMatchObject([{ serverAlias: 'Attic' }, { serverAlias: 'Office' }]);
    expect(await cli.run(['servers', 'unlink', 'attic'])).toMatchObject({ code: 3 });
    expect(await cli.run(['servers', 'link', 'studio'])).toMatchObject({ code: 0 });
    expect(await roles()).toEqual({ Attic: 'PRIMARY', Office: 'LINKED', Studio: 'LINKED' });
  });

  it('tells before what a notice would do, and after what it did, at every vendor', async () => {
    const forecast = await cli.json(['notices', 'send', 'Tonight at ten', '--all', '--dry-run']);
    expect(forecast).toMatchObject([
      { serverAlias: 'Attic', canTake: 1, unsupported: 0 },
      { serverAlias: 'Office', canTake: 1, unsupported: 0 },
      { serverAlias: 'Studio', canTake: 0, unsupported: 1, code: 'CAPABILITY_MISSING', reason: expect.stringContaining('Plex cannot show messages') },
    ]);
    expect(KINDS.map((kind) => textsOf(kind))).toEqual([[], [], []]);
    const sent = await cli.json<Notice>(['notices', 'send', 'Tonight at ten', '--all', '--wait']);
    expect(sent).toMatchObject({ state: 'ENDED', counts: { sent: 2, unsupported: 1, failed: 0, waiting: 0 } });
    expect([...sent.deliveries].sort((a, b) => a.serverAlias.localeCompare(b.serverAlias))).toMatchObject([
      { serverAlias: 'Attic', sent: 1, code: null },
      { serverAlias: 'Office', sent: 1, code: null },
      { serverAlias: 'Studio', sent: 0, unsupported: 1, code: 'CAPABILITY_MISSING' },
    ]);
    expect(KINDS.map((kind) => timesOf(kind, 'Tonight at ten'))).toEqual([1, 1, 0]);
    const listed = await cli.json<Notice[]>(['notices', 'list']);
    expect(listed.map(({ id }) => id)).toEqual([sent.id]);
  });

  it('reaches a server that was away when it returns, nobody twice, and not what was taken back meanwhile', async () => {
    await simulators.emby.control.setFault({ kind: 'refuse' });
    await sam.untilState(ids['emby']!, 'OFFLINE');
    const both = await send({ text: 'For both', targets: { serverIds: [ids['jellyfin'], ids['emby']] } });
    const regretted = await send({ text: 'Taken back', targets: { serverIds: [ids['emby']] } });
    await eventually(() => expect(timesOf('jellyfin', 'For both')).toBe(1), SLOW);
    await eventually(async () => expect((await notice(both.id)).counts).toMatchObject({ sent: 1, waiting: 1 }), SLOW);
    expect((await notice(both.id)).state).toBe('SENDING');
    expect(await cli.json(['notices', 'cancel', regretted.id.slice(-8)])).toMatchObject({ state: 'CANCELED' });

    await stack.kill(stack.agentService);
    await stack.startService(stack.agentService);
    await simulators.emby.control.clearFault();
    await eventually(async () => expect(await notice(both.id)).toMatchObject({ state: 'ENDED', counts: { sent: 2, failed: 0, waiting: 0 } }), SLOW);
    expect([timesOf('jellyfin', 'For both'), timesOf('emby', 'For both'), timesOf('emby', 'Taken back')]).toEqual([1, 1, 0]);
  }, 180_000);

  it('can be planned and taken back', async () => {
    const planned = await cli.json<Notice>(['notices', 'send', 'In an hour', '--server', 'attic,office', '--at', '+1h']);
    expect(planned.state).toBe('PLANNED');
    const { cancelNotice } = await sam.ask<{ cancelNotice: Notice }>('mutation ($input: CancelNoticeInput!) { cancelNotice(input: $input) { state } }', { input: { id: planned.id } });
    expect(cancelNotice.state).toBe('CANCELED');
    expect(await cli.json(['notices', 'list', '--state', 'planned'])).toEqual([]);
  });

  it('drains a server before a window and tells its viewers', async () => {
    const window = await cli.json<Window>(['windows', 'create', '--title', 'New disks', '--server', 'attic', '--zone', 'UTC', '--start', wallClock(10), '--for', '1h', '--drain', '30m', '--notice', '30']);
    expect(window).toMatchObject({ repeats: 'once', next: [{ drainFrom: expect.any(String) }] });
    await standing(ids['jellyfin']!, 'draining');
    await eventually(() => expect(textsOf('jellyfin')).toContainEqual(expect.stringMatching(/^Maintenance in (8|9|10) minutes: New disks\./)), SLOW);
    expect(textsOf('emby')).not.toContainEqual(expect.stringContaining('New disks'));
    const { notices } = await sam.ask<{ notices: { edges: { node: Notice }[] } }>(`query ($id: ID!) { notices(filter: { windowId: $id }) { edges { node { ${NOTICE} } } } }`, { id: window.id });
    expect(notices.edges.map(({ node }) => node)).toMatchObject([{ minutesBefore: 30, counts: { sent: 1 } }]);
    expect(await cli.run(['windows', 'cancel', window.id.slice(-8), '--yes'])).toMatchObject({ code: 0 });
    await standing(ids['jellyfin']!, 'ready');
  });

  it('repeats a window, lets one date of it out and tells who watches that it has begun', async () => {
    const startLocal = wallClock(-5);
    const window = await schedule({ title: 'Backup', serverIds: [ids['emby']], startLocal, durationMin: 30, rrule: 'FREQ=DAILY', noticeMin: [0] });
    const dates = Array.from({ length: 5 }, (_, day) => new Date(Date.parse(`${startLocal}Z`) + day * 1_440 * MINUTE_MS).toISOString());
    expect(window).toMatchObject({ repeats: 'daily', current: { startAt: dates[0] } });
    expect(window.next.map(({ startAt }) => startAt)).toEqual(dates);
    const isOn = async () => (await sam.ask<{ server: { maintenance: boolean } }>('query ($id: ID!) { server(id: $id) { maintenance } }', { id: ids['emby'] })).server.maintenance;
    expect(await isOn()).toBe(true);
    await standing(ids['emby']!, 'maintenance');
    await eventually(() => expect(textsOf('emby')).toContainEqual(expect.stringMatching(/^Maintenance has begun: Backup\./)), SLOW);

    expect(await cli.run(['windows', 'cancel', window.id.slice(-8), '--date', startLocal, '--yes'])).toMatchObject({ code: 0 });
    expect(await isOn()).toBe(false);
    await standing(ids['emby']!, 'ready');
    const weekly = await cli.json<Window>(['windows', 'update', window.id.slice(-8), '--repeat', 'weekly', '--start', wallClock(60)]);
    expect([weekly.repeats, weekly.current]).toEqual(['weekly', null]);
    expect(await cli.json<Window[]>(['windows', 'list'])).toMatchObject([{ id: window.id, repeats: 'weekly' }]);
  });

  it('orders scans and refreshes, and shows how far they are', async () => {
    for (const kind of ['jellyfin', 'plex'] as const) simulators[kind].control.state.tasks.takesMs = 6_000;
    const seen: { serverId: string; type: string; progressPercent: number | null }[] = [];
    const following = sam.follow<{ activitiesChanged: { activities: typeof seen } }>('subscription { activitiesChanged { activities { serverId type progressPercent } } }', ({ activitiesChanged }) => void seen.push(...activitiesChanged.activities));
    const progressOf = (kind: string) => seen.filter(({ serverId, type, progressPercent }) => serverId === ids[kind] && type === 'SCAN' && progressPercent !== null);
    // Jellyfin shows the scan of everything as a task, Plex that of one library.
    expect(await cli.run(['libraries', 'scan', 'attic'])).toMatchObject({ code: 0 });
    expect(await cli.run(['libraries', 'scan', 'studio', 'movies'])).toMatchObject({ code: 0 });
    await eventually(async () => {
      const running = await cli.json<{ serverAlias: string; kind: string }[]>(['activities', 'list', '--kind', 'scan']);
      expect(new Set(running.map(({ serverAlias, kind }) => `${serverAlias.toLowerCase()} ${kind}`))).toEqual(new Set(['attic SCAN', 'studio SCAN']));
    }, SLOW);
    await eventually(async () => expect(await cli.json(['activities', 'list', '--kind', 'scan'])).toEqual([]), SLOW);
    for (const kind of ['jellyfin', 'plex']) expect(progressOf(kind).length).toBeGreaterThan(0);
    await following.close();

    const { tasks } = simulators.emby.control.state;
    expect(await cli.run(['libraries', 'refresh', 'office', 'Movies', '--full'])).toMatchObject({ code: 0 });
    expect(tasks.ordered.map(({ kind, library, full }) => [kind, library?.name, full])).toEqual([['refresh', 'Movies', true]]);
    const { items } = await sam.ask<{ items: { edges: { node: { locations: { serverId: string; vendorId: string }[] } }[] } }>('{ items(search: { text: "Nosferatu" }) { edges { node { locations { serverId vendorId } } } } }');
    const itemId = items.edges[0]!.node.locations.find(({ serverId }) => serverId === ids['emby'])!.vendorId;
    await sam.ask('mutation ($input: RefreshItemInput!) { refreshItem(input: $input) { action } }', { input: { idempotencyKey: crypto.randomUUID(), serverId: ids['emby'], itemId } });
    expect(tasks.ordered.at(-1)).toMatchObject({ kind: 'refresh', full: false, item: { title: 'Nosferatu' } });
  });

  it('restarts a media server once, where the vendor can', async () => {
    const refused = await cli.run(['servers', 'restart', 'studio', '--confirm', 'studio']);
    expect([refused.code, refused.err]).toEqual([7, expect.stringContaining('Plex cannot be restarted from outside')]);
    expect(await cli.run(['servers', 'restart', 'office'])).toMatchObject({ code: 2 });
    expect(viewers['emby']!.playing).toBe(true);
    const input = { idempotencyKey: crypto.randomUUID(), serverId: ids['emby'], confirmAlias: 'Office' };
    const restart = () => sam.ask('mutation ($input: RestartServerInput!) { restartServer(input: $input) { action } }', { input });
    expect(await restart()).toEqual({ restartServer: { action: 'RESTART_SERVER' } });
    await restart();
    expect(simulators.emby.requests.filter(({ method, path }) => method === 'POST' && /System\/Restart$/i.test(path))).toHaveLength(1);
    await eventually(async () => expect((await sam.sessions()).find(({ serverId }) => serverId === ids['emby'])!.sessions).toEqual([]), SLOW);
    await sam.untilState(ids['emby']!, 'ONLINE');
  }, 180_000);

  it('showed no text twice', () => {
    for (const kind of KINDS) expect(textsOf(kind)).toEqual([...new Set(textsOf(kind))]);
  });
});
