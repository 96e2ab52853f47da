// B39: controller down while agents go on making facts: all arrive, in order, each once, agent RSS < +30 MB. Full size:
// `--agents 50 --rate 500 --seconds 120` (main), `--seconds 600` (nightly).
import { eventually } from '@usher/testing';
import { runBar } from '../support/bar.js';
import { auditFacts, shownRight, ToggleLoad } from '../support/history.js';
import { usageOf } from '../support/process-usage.js';
import { inWorld, type Registered } from '../support/world.js';

const SCREENS = 10;

async function peakMemory(pid: number, forMs: number): Promise<number> {
  const endsAt = performance.now() + forMs;
  let peak = 0;
  while (performance.now() < endsAt) {
    peak = Math.max(peak, usageOf(pid).rssMiB);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return peak;
}

await runBar('B39', (bar) =>
  inWorld(
    async (world) => {
      const [agents, rate, seconds] = [bar.number('agents', 10), bar.number('rate', 60), bar.number('seconds', 60)];
      const servers: Registered[] = [];
      for (let i = 0; i < agents; i++) servers.push(await world.register('jellyfin', `Server ${i}`));
      const load = new ToggleLoad(servers, SCREENS, bar.seed);
      const countFacts = async () => (await auditFacts(world)).facts;
      const started = agents * SCREENS;
      const playbackFacts = async () => Number((await world.pool.query<{ n: string }>(`SELECT count(*) AS n FROM agent_fact WHERE contract LIKE 'playback.%'`)).rows[0]!.n);
      await eventually(async () => (await playbackFacts()) === started, { timeoutMs: 30_000, everyMs: 200 });
      load.start(rate);
      const pid = world.stack.pidOf('agent');
      // the same load with the controller there: what grows without it is what the outage costs
      const before = await peakMemory(pid, seconds * 1_000);
      await world.stack.kill('controller');
      const peak = await peakMemory(pid, seconds * 1_000);
      const backAt = performance.now();
      await world.stack.startService('controller');
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      load.stop();
      const wanted = started + load.changes;
      const caughtUp = await eventually(async () => (await playbackFacts()) >= wanted, { timeoutMs: 60_000, everyMs: 250 }).then(() => true, () => false);
      await eventually(async () => (await auditFacts(world)).notApplied === 0, { timeoutMs: 60_000, everyMs: 250 }).catch(() => undefined);
      bar.check('facts.arrived', await playbackFacts(), wanted, caughtUp && (await playbackFacts()) === wanted);
      const { gaps, notApplied, failed, doubled, outOfOrder } = await auditFacts(world);
      bar.equal('facts.gaps', gaps, 0);
      bar.equal('facts.doubled', doubled, 0);
      bar.equal('facts.out-of-order', outOfOrder, 0);
      bar.equal('facts.not-applied', notApplied, 0);
      bar.equal('facts.failed', failed, 0);
      bar.atMost(`agent.rss-growth over ${Math.round(before)} MiB`, peak - before, 30, 'MiB');
      bar.check('caught-up-after', `${((performance.now() - backAt) / 1000).toFixed(1)} s, ${await countFacts()} facts`, 'all', caughtUp);
      await eventually(() => shownRight(world, load), { timeoutMs: 20_000 });
      bar.equal('screens-shown-as-they-are', true, true);
      if (agents < 50 || seconds < 120) bar.notRun('full-size', `this run: ${agents} agents, ${rate} facts/s together, ${seconds} s; --agents 50 --rate 500 --seconds 120 is the bar`);
    },
    {},
    'split',
  ),
);
