import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Stack, startEmby, startPlex, startPlexTv, type PlexTv, type Simulator } from '@usher/testing';
import { Migrations, type Run } from '../migrations.js';
import { changesAt, heldBy, household, libraries, MINUTE, undated, UNTOUCHED, watch, type Held } from '../migrant.js';
import { Operator } from '../operator.js';

const TITLES = 1_000;
const LONG = { timeoutMs: 240_000, everyMs: 50 };
const CLEAN = { state: 'DONE', counts: { new: 0, intent: 0, conflict: 0, failed: 0 }, verification: { differs: 0, notThere: 0, unreadable: 0 } };

/** Two runs at once, to a server that takes whole rows and to one that counts marks. */
describe('runs of 2,000 titles while the services are killed', () => {
  let stack: Stack;
  let sam: Operator;
  let plexTv: PlexTv;
  let source: Simulator;
  let emby: Simulator;
  let plex: Simulator;
  let migrations: Migrations;
  const ids = new Map<Simulator, string>();

  const written = (): number => Object.keys(heldBy(emby, 'Nell')).length + Object.keys(heldBy(plex, 'Nell')).length;
  const reached = (percent: number): Promise<unknown> => eventually(() => written() * 100 >= percent * 2 * TITLES, LONG);
  /** What the API answers while somebody is dead is no answer. */
  const untilAnswered = <T,>(ask: () => Promise<T>): Promise<T> => eventually(async () => ({ answer: await ask() }), LONG).then(({ answer }) => answer);
  const kill = async (service: 'migration' | 'agent' | 'controller'): Promise<void> => {
    await stack.kill(service);
    await stack.startService(service);
  };
  const ended = (runId: string): Promise<Run> =>
    eventually(async () => {
      const run = await migrations.run(runId);
      return ['DONE', 'AWAITING_DECISION', 'ABORTED', 'FAILED'].includes(run.state) && run;
    }, LONG);

  beforeAll(async () => {
    const held = libraries(TITLES - 10, 10);
    [source, emby, plex] = await Promise.all([startPlex(household('Old', ['Nell', 'Otis'], held)), startEmby(household('Home', ['Nell', 'Otis'], held)), startPlex(household('New', ['Nell'], held))]);
    plexTv = await startPlexTv([source, plex]);
    const began = Date.parse('2020-01-01T00:00:00Z');
    for (const [at, item] of source.control.state.catalogue.leaves().entries()) {
      const lastPlayedAt = `${new Date(began + at * 3_600_000).toISOString().slice(0, 19)}Z`;
      const state: Held = { ...UNTOUCHED, lastPlayedAt, ...(at % 10 === 9 ? { positionMs: 15 * MINUTE } : { played: true, playCount: 1 + (at % 4) }) };
      watch(source, 'Nell', item, state);
      if (at < 600) watch(source, 'Otis', item, state);
    }
    stack = await Stack.start({ mode: 'split', env: { USHER_PLEX_TV_URL: plexTv.url } });
    sam = await Operator.first(stack);
    for (const simulator of [source, emby, plex]) ids.set(simulator, await sam.register(simulator, simulator.control.state.name));
    for (const id of ids.values()) await sam.untilState(id, 'ONLINE');
    migrations = await Migrations.of(sam);
  }, 180_000);

  afterAll(async () => {
    await stack?.close();
    await Promise.all([source, emby, plex].map((simulator) => simulator?.close()));
    await plexTv?.close();
  });

  it('writes nothing any more once the approval was revoked, and goes on under the next', async () => {
    emby.control.setPace({ latencyMs: 40 });
    const plan = await migrations.plan(ids.get(source)!, ids.get(emby)!, [{ from: 'Otis', to: 'Otis' }]);
    await migrations.approve(plan.id);
    const { runId } = await migrations.start(plan.id);
    const count = () => Object.keys(heldBy(emby, 'Otis')).length;
    await eventually(() => count() >= 60, LONG);
    await migrations.revoke(plan.id);
    expect(await migrations.ended(runId)).toMatchObject({ state: 'PAUSED', code: 'TICKET_REVOKED' });
    const mark = emby.requests.length;
    const left = count();
    expect(left).toBeLessThan(600);
    await expect(migrations.resume(runId)).rejects.toMatchObject({ code: 'TICKET_REVOKED' });
    expect([count(), changesAt(emby, mark)]).toEqual([left, []]);
    await migrations.approve(plan.id);
    await migrations.resume(runId);
    expect(await migrations.ended(runId)).toMatchObject(CLEAN);
    expect(heldBy(emby, 'Otis')).toEqual(heldBy(source, 'Otis'));
  }, 240_000);

  it('ends as planned: nothing lost, nothing marked twice', async () => {
    emby.control.setPace({ latencyMs: 10 });
    plex.control.setPace({ latencyMs: 10 });
    const plans = [await migrations.plan(ids.get(source)!, ids.get(emby)!, [{ from: 'Nell', to: 'Nell' }]), await migrations.plan(ids.get(source)!, ids.get(plex)!, [{ from: 'Nell', to: 'Nell' }])];
    const marks = new Map([emby, plex].map((simulator) => [simulator, simulator.requests.length]));
    for (const { id } of plans) await migrations.approve(id);
    await kill('migration');
    const runs: Run[] = [];
    for (const { id } of plans) runs.push(await untilAnswered(() => migrations.start(id)));
    await reached(10);
    await kill('migration');
    await reached(40);
    await kill('agent');
    await reached(50);
    await kill('controller');
    await reached(70);
    await stack.killBroker();
    await stack.startBroker();
    await reached(90);
    await kill('agent');
    for (const { runId } of runs) expect(await ended(runId)).toMatchObject(CLEAN);

    const given = heldBy(source, 'Nell');
    expect(Object.keys(given)).toHaveLength(TITLES);
    expect(heldBy(emby, 'Nell')).toEqual(given);
    const once = Object.fromEntries(Object.entries(given).map(([title, held]) => [title, { ...held, playCount: held.played ? 1 : 0 }]));
    expect(undated(heldBy(plex, 'Nell'))).toEqual(undated(once));
    const marked = plex.requests.slice(marks.get(plex)).filter(({ path, status }) => path === '/:/scrobble' && status === 200).map(({ query }) => query['key']);
    expect(marked).toHaveLength(TITLES * 0.9);
    expect(new Set(marked).size).toBe(marked.length);
    expect(changesAt(emby, marks.get(emby)).filter((change) => !/UserData$/.test(change))).toEqual([]);
    expect(changesAt(source)).toEqual([]);
  }, 600_000);
});
