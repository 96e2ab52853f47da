import path from 'node:path';
import type { Logger } from '@usher/platform';
import { AgentKeys, keyThumbprint } from '@usher/security';
import type { Clock } from '@usher/resilience';
import { CurveFile } from '../efficiency/curve-file.js';
import { AgentIdentity } from '../enrollment/agent-identity.js';
import { DiskJournal } from '../journal/command-journal.js';
import { Fences } from '../journal/fences.js';
import { FleetStates } from '../journal/fleet-states.js';
import { NoticeLog } from '../notices/notice-log.js';
import { AgentSettings } from '../server/agent-settings.js';
import { PlaybackStore } from '../sessions/playback-store.js';
import { Sequence } from '../server/sequence.js';
import { FactSpool } from '../spool/fact-spool.js';
import { HeldPlans } from '../tickets/held-plans.js';
import { Revocations } from '../tickets/revocations.js';
import { UsedTickets } from '../tickets/used-tickets.js';
import { CreatedAccounts } from '../users/created-accounts.js';
import { WriteLog } from '../watch-states/write-log.js';
import { QUIET_MS, WRITE_TIMEOUT_MS } from '../watch-states/write-batch.js';

/** Everything that one agent keeps in its folder. */
export interface AgentStorage {
  readonly keys: AgentKeys;
  readonly identity: AgentIdentity;
  readonly settings: AgentSettings;
  readonly sequence: Sequence;
  readonly fences: Fences;
  readonly fleetStates: FleetStates;
  readonly journal: DiskJournal;
  readonly notices: NoticeLog;
  readonly spool: FactSpool;
  readonly playbacks: PlaybackStore;
  readonly plans: HeldPlans;
  readonly usedTickets: UsedTickets;
  readonly revocations: Revocations;
  readonly createdAccounts: CreatedAccounts;
  readonly writeLog: WriteLog;
  readonly curves: CurveFile;
  /** Thumbprint of the agent's signing key. */
  readonly jkt: string;
}

/** @throws when a file without which the agent cannot speak is missing or damaged */
export async function openStorage(folder: string, clock: Clock, logger: Logger): Promise<AgentStorage> {
  const identity = await AgentIdentity.open(folder);
  const keys = await AgentKeys.loadOrCreate(folder);
  const settings = await AgentSettings.open(folder, keys);
  const sequence = await Sequence.open(path.join(folder, 'seq.json'), clock);
  const fences = await Fences.open(path.join(folder, 'fences.json'));
  const fleetStates = await FleetStates.open(path.join(folder, 'fleet-states.json'));
  const notices = await NoticeLog.open(path.join(folder, 'notices'), clock, logger);
  const journal = await DiskJournal.open(path.join(folder, 'journal'), clock, logger);
  const spool = await FactSpool.open(path.join(folder, 'spool'), { clock, logger });
  const playbacks = await PlaybackStore.open(path.join(folder, 'playbacks.json'), spool, logger);
  const plans = await HeldPlans.open(path.join(folder, 'plans'), clock, logger);
  const usedTickets = await UsedTickets.open(path.join(folder, 'used-tickets.ndjson'), clock, logger);
  const revocations = await Revocations.open(path.join(folder, 'revocations.json'));
  const createdAccounts = await CreatedAccounts.open(path.join(folder, 'created-accounts.json'));
  const writeLog = await WriteLog.open(path.join(folder, 'watch-states'), WRITE_TIMEOUT_MS + QUIET_MS, clock, logger);
  const curves = await CurveFile.open(path.join(folder, 'curves.bin'), logger);
  const jkt = await keyThumbprint(keys.sigPub);
  return { keys, identity, settings, sequence, fences, fleetStates, journal, notices, spool, playbacks, plans, usedTickets, revocations, createdAccounts, writeLog, curves, jkt };
}
