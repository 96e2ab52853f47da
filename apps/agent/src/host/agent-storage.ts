import path from 'node:path';
import type { Logger } from '@usher/platform';
import { AgentKeys } from '@usher/security';
import type { Clock } from '@usher/resilience';
import { AgentIdentity } from '../enrollment/agent-identity.js';
import { DiskJournal } from '../journal/command-journal.js';
import { Fences } from '../journal/fences.js';
import { AgentSettings } from '../server/agent-settings.js';
import { PlaybackStore } from '../sessions/playback-store.js';
import { Sequence } from '../server/sequence.js';
import { FactSpool } from '../spool/fact-spool.js';

/** Everything that one agent keeps in its folder. */
export interface AgentStorage {
  readonly keys: AgentKeys;
  readonly identity: AgentIdentity;
  readonly settings: AgentSettings;
  readonly sequence: Sequence;
  readonly fences: Fences;
  readonly journal: DiskJournal;
  readonly spool: FactSpool;
  readonly playbacks: PlaybackStore;
}

/** @throws when a file without which the agent cannot speak is missing or damaged */
export async function openStorage(folder: string, clock: Clock, logger: Logger): Promise<AgentStorage> {
  const identity = await AgentIdentity.open(folder);
  const keys = await AgentKeys.loadOrCreate(folder);
  const settings = await AgentSettings.open(folder, keys);
  const sequence = await Sequence.open(path.join(folder, 'seq.json'), clock);
  const fences = await Fences.open(path.join(folder, 'fences.json'));
  const journal = await DiskJournal.open(path.join(folder, 'journal'), clock, logger);
  const spool = await FactSpool.open(path.join(folder, 'spool'), { clock, logger });
  const playbacks = await PlaybackStore.open(path.join(folder, 'playbacks.json'), spool, logger);
  return { keys, identity, settings, sequence, fences, journal, spool, playbacks };
}
