// `npm run bench -- precheck [--items N] [--seed N] [--runs N]`: how much a precheck of two large libraries makes the controller grow, and how
// long its process stands still meanwhile. The rows are made here and lie in PostgreSQL; the product runs in a process of its own.
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { eventually } from '@usher/testing';
import { libraries } from './matching/libraries.js';
import { addIndexed } from './precheck/index-rows.js';
import { usageOf } from './support/process-usage.js';
import { Pulse } from './support/pulse.js';
import { inWorld, type World } from './support/world.js';

const GROWTH_MIB = 150;
const STAND_STILL_MS = 50;
const LOOK_MS = 20;

const { values } = parseArgs({ options: { items: { type: 'string', default: '50000' }, seed: { type: 'string', default: '20' }, runs: { type: 'string', default: '3' } } });
const [items, seed, runs] = [Number(values.items), Number(values.seed), Number(values.runs)];

interface Plan {
  readonly state: string;
  readonly overlap: { readonly titles: number; readonly sameFile: number; readonly otherVersion: number; readonly onlySource: number; readonly cannotMatch: number } | null;
}

let failed = 0;
await inWorld(async (world) => {
  const pair = libraries(items, seed);
  const source = await addIndexed(world.pool, 'Source', ['/srv/films', '/srv/tv'], pair.source);
  const target = await addIndexed(world.pool, 'Target', ['/data/movies', '/data/tv'], pair.target);
  const pid = world.stack.pidOf(world.stack.controllerService);
  const idle = usageOf(pid).rssMiB;
  process.stdout.write(`${items} × ${items} rows, seed ${seed}; idle ${idle.toFixed(0)} MiB\n`);
  for (let run = 1; run <= runs; run++) {
    const before = usageOf(pid);
    let peak = before.rssMiB;
    const watch = setInterval(() => (peak = Math.max(peak, usageOf(pid).rssMiB)), LOOK_MS);
    const pulse = new Pulse(world.stack.url, () => usageOf(pid).cpuMs);
    const plan = await precheck(world, source, target);
    const stoodMs = await pulse.stop();
    clearInterval(watch);
    const after = usageOf(pid);
    const { titles, sameFile, otherVersion, onlySource, cannotMatch } = plan.overlap!;
    process.stdout.write(`run ${run}: ${((after.cpuMs - before.cpuMs) / 1_000).toFixed(1)} s of processor time; ${titles} titles: ${sameFile} same file, ${otherVersion} other version, ${onlySource} only source, ${cannotMatch} without a clear match\n`);
    check('memory above idle, MiB', peak - idle, GROWTH_MIB);
    check('processor time during one answer, ms', pulse.busiest, STAND_STILL_MS);
    process.stdout.write(`  slowest answer, ms: ${stoodMs.toFixed(0)} (load ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores)\n`);
  }
});
process.exitCode = failed === 0 ? 0 : 1;

async function precheck({ operator }: World, sourceServerId: string, targetServerId: string): Promise<Plan> {
  const input = { idempotencyKey: crypto.randomUUID(), sourceServerId, targetServerId, libraries: [{ sourceVendorId: 'all' }] };
  const { planLibrary } = await operator.ask<{ planLibrary: { id: string } }>('mutation ($input: PlanLibraryInput!) { planLibrary(input: $input) { id } }', { input });
  return eventually(
    async () => {
      const query = 'query ($id: ID!) { libraryPlan(id: $id) { state overlap { titles sameFile otherVersion onlySource cannotMatch } } }';
      const { libraryPlan } = await operator.ask<{ libraryPlan: Plan }>(query, planLibrary);
      if (libraryPlan.state === 'CHECKING') throw new Error('still checking');
      if (libraryPlan.overlap === null) throw new Error(`the plan ended as ${libraryPlan.state}`);
      return libraryPlan;
    },
    { timeoutMs: 300_000, everyMs: 200 },
  );
}

function check(what: string, value: number, most: number): void {
  const isReached = value <= most;
  if (!isReached) failed += 1;
  process.stdout.write(`  ${what}: ${value.toFixed(0)}, goal at most ${most} ${isReached ? 'PASS' : 'FAIL'}\n`);
}
