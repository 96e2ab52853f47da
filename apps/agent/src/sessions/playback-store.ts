import { Uuid7 } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import { z } from 'zod';
import type { FactSpool } from '../spool/fact-spool.js';
import type { NewFact } from '../spool/facts.js';
import { FACT_CLASSES } from '../spool/segment.js';
import { StateFile } from '../storage/state-file.js';
import { TrackedPlayback } from './playback.js';
import type { Tracking } from './session-events.js';

const PendingFact = z.strictObject({
  seq: z.number().int(),
  fact: z.strictObject({ id: z.string(), at: z.string(), class: z.enum(FACT_CLASSES), contract: z.string(), body: z.unknown() }),
});
const PlaybacksFile = z.strictObject({ spoolEpoch: Uuid7, playbacks: z.array(TrackedPlayback), pending: z.array(PendingFact) });

/**
 * Playbacks on disk together with the facts that the spool does not surely hold yet. The file is written before
 * the facts: a crash between the two leaves facts that are put into the spool at the next start, with the numbers
 * that they were given; a crash before it leaves the old playbacks, and the same events are found again.
 */
export class PlaybackStore {
  private pending: z.infer<typeof PendingFact>[] = [];
  private dirty = false;
  private saving: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: StateFile<typeof PlaybacksFile>,
    private readonly spool: FactSpool,
    private playbacks: ReadonlyMap<string, TrackedPlayback>,
  ) {
    spool.onFlush({ before: () => this.save() });
  }

  /** Reads what was playing and completes what a crash interrupted. Must come before anything else is spooled. */
  static async open(path: string, spool: FactSpool, logger: Logger): Promise<PlaybackStore> {
    const file = new StateFile(path, PlaybacksFile);
    const kept = await readOrStartAnew(file, logger);
    const store = new PlaybackStore(file, spool, new Map(kept?.playbacks.map((playback) => [playback.sessionVendorId, playback])));
    if (!kept) return store;
    const sameSpool = kept.spoolEpoch === spool.epoch;
    const missing = kept.pending.filter(({ seq }) => !sameSpool || seq >= spool.next);
    if (missing.length > 0) {
      logger.info('facts.completed', 'Facts that a crash kept out of the spool were added.', { count: missing.length });
      store.record(store.playbacks, missing.map(({ fact }) => fact as NewFact));
      await spool.flush();
    }
    return store;
  }

  get tracking(): Tracking {
    return { playbacks: this.playbacks, resumed: true };
  }

  /** Takes the new state and its facts; both are on the disk within the spool's next write. */
  record(playbacks: ReadonlyMap<string, TrackedPlayback>, facts: readonly NewFact[]): void {
    this.playbacks = playbacks;
    this.dirty = true;
    const { first, durable } = this.spool.append(facts);
    const added = facts.map((fact, index) => ({ seq: first + index, fact }));
    this.pending.push(...added);
    void durable.then(() => {
      this.pending = this.pending.filter((entry) => !added.includes(entry));
    });
  }

  /** Writes what is not on the disk yet, among it positions and watched times that came without a fact. */
  save(): Promise<void> {
    if (!this.dirty) return this.saving;
    this.dirty = false;
    const content = { spoolEpoch: this.spool.epoch, playbacks: [...this.playbacks.values()], pending: this.pending };
    this.saving = this.file.write(content).catch((error: unknown) => {
      this.dirty = true;
      throw error;
    });
    return this.saving;
  }
}

async function readOrStartAnew(file: StateFile<typeof PlaybacksFile>, logger: Logger): Promise<z.infer<typeof PlaybacksFile> | null> {
  try {
    return await file.read();
  } catch (error) {
    logger.error('playbacks.damaged', 'What was playing is not known any more; all playbacks begin anew.', { error });
    return null;
  }
}
