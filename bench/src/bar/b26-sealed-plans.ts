// B26: a plan on its way to the agent that carries it out: nobody else can open it; pieces that are cut, changed, taken from another
// plan or put in another's place are refused; a repeated piece changes nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { holdPlan } from '@usher/contracts';
import { AgentKeys, sealPlanPiece } from '@usher/security';
import { runBar } from '../support/bar.js';
import { MigrationTarget } from '../support/migration-target.js';
import { inWorld } from '../support/world.js';

const NOT_THE_PLAN = 'MESSAGE_INVALID/plan';

await runBar('B26', (bar) =>
  inWorld(async (world) => {
    const [mine, theirs] = [await MigrationTarget.start(world, await world.register('jellyfin', 'Cabin'), 4), await MigrationTarget.start(world, await world.register('emby', 'Attic'), 4)];
    const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-bar-'));
    try {
      const sealed = await sealPlanPiece(mine.boxPub, mine.plan.headerBytes);
      const stranger = await AgentKeys.loadOrCreate(folder);
      bar.equal('opened-by-another-key', await stranger.openPlanPiece(sealed).then(() => 'opened', () => 'closed'), 'closed');
      bar.equal('opened-by-another-agent', await theirs.outcome(holdPlan, { planSha256: mine.plan.sha256, chunk: null, sealed }, {}), 'MESSAGE_INVALID/sealed');
      bar.check('readable-on-the-bus', sealed.includes('lastPlayedAt') || Buffer.from(sealed, 'base64url').includes('lastPlayedAt'), false, !sealed.includes('lastPlayedAt'));

      const { headerBytes, chunk, sha256 } = mine.plan;
      bar.equal('chunk-before-header', await mine.hold(0, chunk), 'NOT_FOUND/plan-not-held');
      bar.equal('header-cut', await mine.hold(null, headerBytes.subarray(0, -1)), NOT_THE_PLAN);
      bar.equal('header-of-another-server', await mine.hold(null, theirs.plan.headerBytes, theirs.plan.sha256), NOT_THE_PLAN);
      bar.equal('header-under-another-hash', await mine.hold(null, headerBytes, theirs.plan.sha256), NOT_THE_PLAN);
      bar.equal('header', await mine.hold(null, headerBytes), 'done');
      const lines = chunk.toString().split('\n').filter((line) => line !== '');
      const reordered = Buffer.from(lines.toReversed().map((line) => `${line}\n`).join(''));
      bar.equal('chunk-cut', await mine.hold(0, chunk.subarray(0, -1)), NOT_THE_PLAN);
      bar.equal('chunk-reordered', await mine.hold(0, reordered), NOT_THE_PLAN);
      bar.equal('chunk-of-another-plan', await mine.hold(0, theirs.plan.chunk), NOT_THE_PLAN);
      bar.equal('chunk-in-another-place', await mine.hold(1, chunk), NOT_THE_PLAN);
      bar.equal('chunk', await mine.hold(0, chunk, sha256), 'done');
      bar.equal('chunk-repeated', await mine.hold(0, chunk, sha256), 'done');
    } finally {
      await mine.close();
      await theirs.close();
      await rm(folder, { recursive: true });
    }
  }),
);
