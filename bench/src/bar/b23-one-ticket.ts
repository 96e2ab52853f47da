// B23: one ticket presented 200 times in parallel by two processes, each time under another command: one winner.
import { applyWatchStates, uuidv7 } from '@usher/contracts';
import { eventually } from '@usher/testing';
import { runBar } from '../support/bar.js';
import { MigrationTarget } from '../support/migration-target.js';
import { inWorld } from '../support/world.js';

const TRIES = 200;
/** An agent carries out 32 commands at once, and checks them one after the other. */
const AT_ONCE = 20;

await runBar('B23', (bar) =>
  inWorld(async (world) => {
    const registered = await world.register('jellyfin', 'Cabin');
    const targets = [await MigrationTarget.start(world, registered, 4), await MigrationTarget.start(world, registered, 4)] as const;
    const [first, second] = targets;
    try {
      await first.hold(null, first.plan.headerBytes);
      await first.hold(0, first.plan.chunk);
      await second.hold(null, second.plan.headerBytes);
      await second.hold(0, second.plan.chunk);
      const jti = uuidv7();
      const outcomes: string[] = [];
      for (let done = 0; done < TRIES; done += AT_ONCE) {
        const tries = Array.from({ length: AT_ONCE }, async (_, i) => {
          const target = targets[i % 2]!;
          const request = { planSha256: target.plan.sha256, rows: [{ n: 0, to: null }], atOnce: 1, maxPerSecond: null };
          return target.outcome(applyWatchStates, request, await target.leave(applyWatchStates, { jti }));
        });
        outcomes.push(...(await Promise.all(tries)));
      }
      const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
      bar.equal('winners', count('done'), 1);
      bar.equal('TICKET_REUSED', count('TICKET_REUSED'), TRIES - 1);
      const written = registered.simulator.requests.filter(({ method, path }) => method === 'POST' && /UserData$/i.test(path)).length;
      bar.equal('writes-at-the-server', written, 1);
      await world.stack.kill('usher');
      await world.stack.startService('usher');
      await world.untilState(registered.id, 'ONLINE');
      const again = await eventually(() => MigrationTarget.start(world, registered, 4), { timeoutMs: 60_000 });
      await again.hold(null, again.plan.headerBytes);
      await again.hold(0, again.plan.chunk);
      bar.equal('after-kill-9', await again.outcome(applyWatchStates, { planSha256: again.plan.sha256, rows: [{ n: 0, to: null }], atOnce: 1, maxPerSecond: null }, await again.leave(applyWatchStates, { jti })), 'TICKET_REUSED');
      await again.close();
    } finally {
      for (const target of targets) await target.close();
    }
  }),
);
