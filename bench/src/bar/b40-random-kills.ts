// B40: random `kill -9` of agents, broker and controller under load, then a history check: 0 acknowledged facts lost, 0 applied
// twice, and the screens are right again. Full size: `--kills 300 --agents 5`.
import { between, eventually, pick, seededRandom } from '@usher/testing';
import { runBar } from '../support/bar.js';
import { auditFacts, shownRight, ToggleLoad } from '../support/history.js';
import { inWorld, type Registered, type World } from '../support/world.js';

const VICTIMS = ['agent', 'controller', 'broker'] as const;

async function killAndRestart(world: World, victim: (typeof VICTIMS)[number], downMs: number): Promise<void> {
  if (victim === 'broker') await world.stack.killBroker();
  else await world.stack.kill(victim);
  await new Promise((resolve) => setTimeout(resolve, downMs));
  if (victim === 'broker') await world.stack.startBroker();
  else await world.stack.startService(victim);
}

/** Facts that the controller has said it holds, by agent and spool: what must never be missing later. */
async function acknowledged({ pool }: World): Promise<Set<string>> {
  const { rows } = await pool.query<{ key: string }>(`SELECT agent_id || ' ' || spool_epoch || ' ' || seq || ' ' || fact_id AS key FROM agent_fact`);
  return new Set(rows.map(({ key }) => key));
}

await runBar('B40', (bar) =>
  inWorld(
    async (world) => {
      const [kills, agents] = [bar.number('kills', 12), bar.number('agents', 5)];
      const random = seededRandom(bar.seed);
      const servers: Registered[] = [];
      for (let i = 0; i < agents; i++) servers.push(await world.register(pick(random, ['jellyfin', 'plex'] as const), `Server ${i}`));
      const load = new ToggleLoad(servers, 4, bar.seed);
      load.start(8);
      const held = new Set<string>();
      for (let i = 0; i < kills; i++) {
        await new Promise((resolve) => setTimeout(resolve, between(random, 500, 4_000)));
        for (const key of await acknowledged(world)) held.add(key);
        await killAndRestart(world, pick(random, VICTIMS), between(random, 100, 2_000));
      }
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      load.stop();
      for (const { id } of servers) await world.untilState(id, 'ONLINE', 90_000);
      const isRight = await eventually(() => shownRight(world, load), { timeoutMs: 90_000, everyMs: 500 }).then(() => true, () => false);
      await eventually(async () => (await auditFacts(world)).notApplied === 0, { timeoutMs: 60_000, everyMs: 250 }).catch(() => undefined);

      const now = await acknowledged(world);
      bar.check('acknowledged.lost', `${[...held].filter((key) => !now.has(key)).length} of ${held.size}`, 0, [...held].every((key) => now.has(key)) && held.size > 0);
      const { facts, gaps, notApplied, failed, doubled, outOfOrder } = await auditFacts(world);
      bar.check('facts', `${facts} of ${load.changes} changes, ${kills} kills`, '> 0', facts > 0);
      bar.equal('gaps', gaps, 0);
      bar.equal('doubled', doubled, 0);
      bar.equal('out-of-order', outOfOrder, 0);
      bar.equal('not-applied', notApplied, 0);
      bar.equal('failed', failed, 0);
      const { rows } = await world.pool.query<{ open: number; all: number }>(`SELECT count(*) FILTER (WHERE ended_at IS NULL)::int AS open, count(DISTINCT (server_id, device_name)) FILTER (WHERE ended_at IS NULL)::int AS all FROM playback`);
      bar.check('ledger.open-rows', `${rows[0]!.open} for ${rows[0]!.all} screens`, agents * 4, rows[0]!.open === agents * 4 && rows[0]!.all === agents * 4);
      bar.equal('screens-shown-as-they-are', isRight, true);
      if (kills < 300) bar.notRun('full-size', `this run: ${kills} kills; --kills 300 is the bar`);
    },
    {},
    'split',
  ),
);
