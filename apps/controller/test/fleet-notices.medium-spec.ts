import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { loadConfig } from '@usher/platform';
import { controllerVars } from '../src/config.js';
import { start } from '../src/index.js';
import { eventually, FleetHarness, type FleetServer } from './fleet-harness.js';

const FIELDS = `id text state targets { kind serverIds sessionIds } showAt expiresAt createdBy canceledBy counts { sent unsupported failed waiting }
  deliveries { serverId serverAlias state sent unsupported failed code reason tries answeredAt tookMs }`;
const SEND = `mutation ($input: SendNoticeInput!) { sendNotice(input: $input) { ${FIELDS} } }`;
const CANCEL = `mutation ($input: CancelNoticeInput!) { cancelNotice(input: $input) { ${FIELDS} } }`;
const GET = `query ($id: ID!) { notice(id: $id) { ${FIELDS} } }`;
const FORECAST = 'query ($targets: NoticeTargetsInput!) { noticeForecast(targets: $targets) { sessions canTake unsupported later servers { serverAlias canTake unsupported later code reason stale } } }';

let fleet: FleetHarness;
let attic: FleetServer;
let studio: FleetServer;
let vault: FleetServer;
let shed: FleetServer;

beforeAll(async () => {
  fleet = await FleetHarness.start();
  attic = await fleet.addServer('Attic');
  studio = await fleet.addServer('Studio', { kind: 'plex' });
  vault = await fleet.addServer('Vault', { readOnly: true });
  shed = await fleet.addServer('Shed', { role: 'unlinked' });
  for (const server of [attic, studio, vault, shed]) await fleet.showViewers(server);
});
afterAll(() => fleet?.close());

const send = async (more: Record<string, unknown> = {}) => (await fleet.ok(SEND, { input: { idempotencyKey: uuidv7(), text: 'Down at ten', targets: { serverIds: [attic.id] }, ...more } }))['sendNotice'];
const get = async (id: string) => (await fleet.ok(GET, { id }))['notice'];
const until = (id: string, state: string, timeoutMs = 10_000) =>
  eventually(
    async () => {
      const notice = await get(id);
      expect(notice.state).toBe(state);
      return notice;
    },
    { timeoutMs },
  );
const noticesAt = (server: FleetServer, id: string) => fleet.got(server, 'notice.show@1').filter((args) => args.noticeId === id);

describe('before it is sent', () => {
  it('says who can take a text, and that Plex cannot show any', async () => {
    const { noticeForecast } = await fleet.ok(FORECAST, { targets: { allLinked: true } });
    expect(noticeForecast).toMatchObject({
      sessions: 9, canTake: 2, unsupported: 7, later: 0,
      servers: [
        { serverAlias: 'Attic', canTake: 2, unsupported: 1, reason: 'Cannot be sent a text now: LG webOS.', stale: false },
        { serverAlias: 'Studio', canTake: 0, unsupported: 3, code: 'CAPABILITY_MISSING', reason: 'Plex cannot show messages, only the reason of a stop.' },
        { serverAlias: 'Vault', canTake: 0, unsupported: 3, code: 'SERVER_READ_ONLY' },
      ],
    });
  });
});

describe('sendNotice', () => {
  it('reaches the primary and linked servers, asks only those that can, and tells each outcome', async () => {
    fleet.answerNotices(attic);
    const { id } = await send({ targets: { allLinked: true }, text: '  Down at ten  ' });
    const notice = await until(id, 'ENDED');
    expect(notice).toMatchObject({
      text: 'Down at ten', targets: { kind: 'LINKED', sessionIds: [] }, counts: { sent: 2, unsupported: 7, failed: 0, waiting: 0 },
      deliveries: [
        { serverAlias: 'Attic', state: 'ANSWERED', sent: 2, unsupported: 1, tries: 1 },
        { serverAlias: 'Studio', state: 'REFUSED', unsupported: 3, code: 'CAPABILITY_MISSING', reason: 'Plex cannot show messages, only the reason of a stop.' },
        { serverAlias: 'Vault', state: 'REFUSED', unsupported: 3, code: 'SERVER_READ_ONLY' },
      ],
    });
    expect(notice.deliveries[0].tookMs).toBeGreaterThanOrEqual(0);
    expect(noticesAt(attic, id)).toEqual([{ noticeId: id, text: 'Down at ten', expiresAt: notice.expiresAt, sessionVendorIds: null }]);
    expect([studio, vault, shed].flatMap((server) => fleet.got(server, 'notice.show@1'))).toEqual([]);
    const { rows } = await fleet.controller.pool.query(`SELECT payload FROM audit_event WHERE action = 'notice.created' AND payload->>'notice' = $1`, [id]);
    expect(rows).toHaveLength(1);
  });

  it('with the same key is one notice', async () => {
    fleet.answerNotices(attic);
    const idempotencyKey = uuidv7();
    const [first, second] = await Promise.all([send({ idempotencyKey }), send({ idempotencyKey })]);
    expect(second.id).toBe(first.id);
    await until(first.id, 'ENDED');
    expect(noticesAt(attic, first.id)).toHaveLength(1);
    const other = await fleet.refused(SEND, { input: { idempotencyKey, text: 'Another text', targets: { serverIds: [attic.id] } } });
    expect(other.code).toBe('IDEMPOTENCY_CONFLICT');
  });

  it('goes to single sessions, grouped by server', async () => {
    fleet.answerNotices(attic, { sent: 1, unsupported: 0 });
    fleet.answerNotices(shed, { sent: 1, unsupported: 0 });
    const sessionIds = [fleet.sessionId(attic, 's2'), fleet.sessionId(shed, 's1')];
    const notice = await until((await send({ targets: { sessionIds } })).id, 'ENDED');
    expect(notice.targets).toMatchObject({ kind: 'SESSIONS', sessionIds });
    expect(noticesAt(attic, notice.id)[0].sessionVendorIds).toEqual(['s2']);
    expect(noticesAt(shed, notice.id)[0].sessionVendorIds).toEqual(['s1']);
  });

  it('tells each change to those who watch', async () => {
    fleet.answerNotices(attic);
    const client = await fleet.controller.socket().acknowledged();
    client.subscribe('1', 'subscription { noticeDeliveriesChanged { id state counts { sent } } }');
    const { id } = await eventually(async () => {
      const sent = await send();
      await until(sent.id, 'ENDED');
      if (!client.messages.some((message) => message.type === 'next')) throw new Error('not subscribed yet');
      return sent;
    });
    const last = await client.until((message) => message.type === 'next' && message.payload.data.noticeDeliveriesChanged.id === id && message.payload.data.noticeDeliveriesChanged.state === 'ENDED');
    expect(last.payload.data.noticeDeliveriesChanged.counts.sent).toBe(2);
    client.close();
  });

  it('waits for its time, and is sent then without anybody asking', async () => {
    fleet.answerNotices(attic);
    const planned = await send({ showAt: new Date(Date.now() + 1_500).toISOString() });
    expect(planned).toMatchObject({ state: 'PLANNED', counts: { waiting: 1 } });
    expect(noticesAt(attic, planned.id)).toEqual([]);
    const notice = await until(planned.id, 'ENDED');
    expect(Date.parse(notice.deliveries[0].answeredAt)).toBeGreaterThanOrEqual(Date.parse(planned.showAt));
  });

  it('goes on with another command while the media server is away', async () => {
    let calls = 0;
    fleet.answerNotices(attic, async () => (++calls < 2
      ? { sent: 1, unsupported: 0, failed: 0, again: true, reasons: [{ code: 'SERVER_UNREACHABLE', message: 'It is starting.', count: 0 }] }
      : { sent: 2, unsupported: 1, failed: 0, again: false, reasons: [] }));
    const { id } = await send();
    await eventually(async () => expect((await get(id)).deliveries[0]).toMatchObject({ state: 'WAITING', sent: 1, code: 'SERVER_UNREACHABLE', reason: 'It is starting.' }));
    await fleet.controller.pool.query(`UPDATE notice_delivery SET next_try_at = now() WHERE notice_id = $1`, [id]);
    const notice = await until(id, 'ENDED');
    expect(notice.deliveries[0]).toMatchObject({ state: 'ANSWERED', sent: 2, code: null });
    const { rows } = await fleet.controller.pool.query(`SELECT id FROM command_outbox WHERE args->>'noticeId' = $1`, [id]);
    expect(rows).toHaveLength(2);
  });

  it('a refusal of the agent ends it with its reason', async () => {
    fleet.answerNotices(attic, () => Promise.reject(new Error('broken')));
    const notice = await until((await send()).id, 'ENDED');
    expect(notice.deliveries[0]).toMatchObject({ state: 'REFUSED', code: 'INTERNAL', sent: 0 });
  });

  it('a server that is taken out of the fleet gets nothing', async () => {
    const gone = await fleet.addServer('Gone', { withAgent: false });
    const { id } = await send({ targets: { serverIds: [gone.id] }, showAt: new Date(Date.now() + 1_000).toISOString() });
    await fleet.ok('mutation ($input: RemoveServerInput!) { removeServer(input: $input) { id } }', { input: { id: gone.id, confirmAlias: 'Gone' } });
    expect((await until(id, 'ENDED')).deliveries[0]).toMatchObject({ state: 'REFUSED', code: 'NOT_FOUND' });
  });
});

describe('while an agent is away', () => {
  it('says so, and the notice comes when it is back', async () => {
    const cabin = await fleet.addServer('Cabin');
    await fleet.showViewers(cabin);
    fleet.answerNotices(cabin);
    await fleet.unplug(cabin);
    const { noticeForecast } = await fleet.ok(FORECAST, { targets: { serverIds: [cabin.id] } });
    expect(noticeForecast).toMatchObject({ canTake: 0, unsupported: 1, later: 2, servers: [{ code: 'AGENT_OFFLINE' }] });
    const { id } = await send({ targets: { serverIds: [cabin.id] } });
    await eventually(async () => expect((await get(id)).deliveries[0]).toMatchObject({ state: 'WAITING', code: 'AGENT_OFFLINE' }));
    await fleet.plugIn(cabin);
    expect(await until(id, 'ENDED')).toMatchObject({ counts: { sent: 2, waiting: 0 } });
    expect(noticesAt(cabin, id)).toHaveLength(1);
  });

  it('a notice that expires meanwhile is not sent any more', async () => {
    const barn = await fleet.addServer('Barn');
    await fleet.showViewers(barn);
    fleet.answerNotices(barn);
    await fleet.unplug(barn);
    const { id } = await send({ targets: { serverIds: [barn.id] }, expiresAt: new Date(Date.now() + 2_000).toISOString() });
    expect((await until(id, 'ENDED')).deliveries[0]).toMatchObject({ state: 'EXPIRED', code: 'AGENT_OFFLINE' });
    await fleet.plugIn(barn);
    await until((await send({ targets: { serverIds: [barn.id] } })).id, 'ENDED');
    expect(noticesAt(barn, id)).toEqual([]);
  });

  it('an agent that is killed before it answers gets the same command again', async () => {
    const loft = await fleet.addServer('Loft');
    let kill = () => undefined as void;
    const killed = new Promise<void>((resolve) => (kill = resolve));
    fleet.answerNotices(loft, () => {
      kill();
      return new Promise(() => undefined);
    });
    const { id } = await send({ targets: { serverIds: [loft.id] } });
    await killed;
    await fleet.unplug(loft);
    fleet.answerNotices(loft);
    await fleet.plugIn(loft);
    await until(id, 'ENDED');
    expect(noticesAt(loft, id)).toHaveLength(2);
    const { rows } = await fleet.controller.pool.query(`SELECT id FROM command_outbox WHERE args->>'noticeId' = $1`, [id]);
    expect(rows).toHaveLength(1);
  });
});

describe('cancelNotice', () => {
  it('stops a planned notice, and repeating it changes nothing', async () => {
    const { id } = await send({ showAt: new Date(Date.now() + 800).toISOString() });
    const canceled = (await fleet.ok(CANCEL, { input: { id } }))['cancelNotice'];
    expect(canceled).toMatchObject({ state: 'CANCELED', deliveries: [{ state: 'CANCELED' }] });
    expect((await fleet.ok(CANCEL, { input: { id } }))['cancelNotice'].canceledBy).toBe(canceled.canceledBy);
    await until((await send({ showAt: new Date(Date.now() + 1_200).toISOString() })).id, 'ENDED');
    expect(noticesAt(attic, id)).toEqual([]);
  });

  it('stops what waits for an agent that is away', async () => {
    const hut = await fleet.addServer('Hut');
    fleet.answerNotices(hut);
    await fleet.show(hut);
    await fleet.unplug(hut);
    const { id } = await send({ targets: { serverIds: [hut.id] } });
    await until(id, 'SENDING');
    await fleet.ok(CANCEL, { input: { id } });
    await fleet.plugIn(hut);
    await until((await send({ targets: { serverIds: [hut.id] } })).id, 'ENDED');
    expect(noticesAt(hut, id)).toEqual([]);
  });

  it('tells what was on its way and arrived all the same', async () => {
    let answer = () => undefined as void;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    fleet.answerNotices(attic, async () => {
      await answered;
      return { sent: 2, unsupported: 1, failed: 0, again: false, reasons: [] };
    });
    const { id } = await send();
    await eventually(async () => expect(noticesAt(attic, id)).toHaveLength(1));
    await fleet.ok(CANCEL, { input: { id } });
    answer();
    await eventually(async () => expect(await get(id)).toMatchObject({ state: 'CANCELED', counts: { sent: 2 }, deliveries: [{ state: 'CANCELED', sent: 2 }] }));
  });

  it('refuses a notice that nothing is open of', async () => {
    fleet.answerNotices(attic);
    const { id } = await send();
    await until(id, 'ENDED');
    expect(await fleet.refused(CANCEL, { input: { id } })).toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'id' } });
  });
});

describe('two controllers', () => {
  it('send each notice once, and one goes on where the other was killed', async () => {
    fleet.answerNotices(attic);
    const second = await start(loadConfig(controllerVars, { ...fleet.controller.environment, USHER_PORT: '8799' }), { logTo: { write: () => undefined } });
    try {
      const showAt = new Date(Date.now() + 4_000).toISOString();
      const sent = [];
      for (let i = 0; i < 24; i++) sent.push(await send({ showAt, text: `Notice ${i}` }));
      for (const { id } of sent) await until(id, 'ENDED', 30_000);
      for (const { id } of sent) expect(noticesAt(attic, id)).toHaveLength(1);
      // Handed to the outbox by a controller that is gone before it could read the answer.
      const { id } = await send({ showAt: new Date(Date.now() + 300).toISOString() });
      await second.stop();
      // The answer went to a process that is gone: the command is sent again, under its id.
      await until(id, 'ENDED', 40_000);
    } finally {
      await second.stop();
    }
  }, 90_000);
});

describe('lists', () => {
  it('are pages, newest first, by state, server and window', async () => {
    const LIST = 'query ($filter: NoticeFilter, $first: Int, $after: String) { notices(filter: $filter, first: $first, after: $after) { totalCount edges { node { id } cursor } pageInfo { hasNextPage endCursor } } }';
    const first = (await fleet.ok(LIST, { first: 3 }))['notices'];
    expect(first.edges).toHaveLength(3);
    const second = (await fleet.ok(LIST, { first: 3, after: first.pageInfo.endCursor }))['notices'];
    expect(second.edges.map((edge: { node: { id: string } }) => edge.node.id)).not.toContain(first.edges[0].node.id);
    const canceled = (await fleet.ok(LIST, { filter: { states: ['CANCELED'] } }))['notices'];
    expect(canceled.totalCount).toBeGreaterThanOrEqual(2);
    expect((await fleet.ok(LIST, { filter: { serverIds: [uuidv7()] } }))['notices'].totalCount).toBe(0);
    const suffix = first.edges[0].node.id.slice(-12);
    expect((await fleet.ok(GET, { id: suffix }))['notice'].id).toBe(first.edges[0].node.id);
  });
});
