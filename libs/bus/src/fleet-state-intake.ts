import { AppError, fleetSubjects, type FleetStateContract, type TrustedKey } from '@usher/contracts';
import { runInContext, type Logger } from '@usher/platform';
import { verifyFleetState } from '@usher/security';
import { checked } from './wire.js';

/** What was the newest of a state; kept on disk by the agent, so that a restart does not open the door to an old copy. */
export interface FleetStateStore {
  last(name: string): { readonly epoch: number; readonly seq: number } | null;
  /** Resolves when it is durable. */
  keep(name: string, newest: { readonly epoch: number; readonly seq: number }): Promise<void>;
}

export interface FleetStateIntakeOptions {
  trustedKeys: () => readonly TrustedKey[];
  store: FleetStateStore;
  /** The highest epoch of the fleet that was seen in any other way. */
  fleetEpoch: () => number;
  /** A higher epoch was seen: orders of a lower one are refused from now on. Resolves when that is durable. */
  raiseEpoch?: (epoch: number) => Promise<void>;
  /** Epoch ms by the controller's clock. */
  now: () => number;
  take: (contract: FleetStateContract, body: unknown) => Promise<void> | void;
  logger: Logger;
}

/**
 * Everything that stands between a text on a fleet subject and whoever acts by it: signature, time, epoch, order. Messages of
 * one subject are looked at one after the other; a controller that no longer leads, and whatever is not newer, is not heard.
 */
export class FleetStateIntake {
  /** What was refused, by `CODE` or `CODE/reason`; old copies are `STALE_EPOCH` and `old`. */
  readonly refusals = new Map<string, number>();
  private checks: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly options: FleetStateIntakeOptions) {}

  static subjectOf(contract: FleetStateContract): string {
    return fleetSubjects.state(contract.name);
  }

  /** Never throws: what is refused is counted. */
  receive(contract: FleetStateContract, text: string): Promise<void> {
    // The next repeat says it all: nothing is kept waiting for long.
    if (this.waiting >= 16) return Promise.resolve(this.count('overload'));
    this.waiting++;
    this.checks = this.checks.then(() => this.check(contract, text)).finally(() => this.waiting--);
    return this.checks;
  }

  private async check(contract: FleetStateContract, text: string): Promise<void> {
    const { trustedKeys, store, fleetEpoch, raiseEpoch, now, take, logger } = this.options;
    try {
      const { name, epoch, seq, body } = await verifyFleetState(text, trustedKeys(), { contract, now: now() });
      const last = store.last(name);
      if (epoch < Math.max(fleetEpoch(), last?.epoch ?? 0)) throw new AppError('STALE_EPOCH', 'A state of the fleet comes from a controller that no longer leads.', { name, epoch });
      if (last && epoch === last.epoch && seq <= last.seq) return this.count('old');
      const given = checked(contract.body, body);
      await store.keep(name, { epoch, seq });
      if (epoch > fleetEpoch()) await raiseEpoch?.(epoch);
      await runInContext({ serverId: 'fleet' }, () => take(contract, given));
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'INTERNAL';
      const reason = error instanceof AppError ? error.details['reason'] : undefined;
      this.count(typeof reason === 'string' ? `${code}/${reason}` : code);
      logger[code === 'INTERNAL' ? 'error' : 'warn']('fleet_state.refused', 'A state of the fleet was refused.', { error });
    }
  }

  private count(name: string): void {
    this.refusals.set(name, (this.refusals.get(name) ?? 0) + 1);
  }
}

/** For services of the hub: they start with nothing, and the next repeat tells them all. */
export class MemoryFleetStateStore implements FleetStateStore {
  private readonly newest = new Map<string, { epoch: number; seq: number }>();

  last(name: string): { epoch: number; seq: number } | null {
    return this.newest.get(name) ?? null;
  }

  async keep(name: string, newest: { epoch: number; seq: number }): Promise<void> {
    this.newest.set(name, newest);
  }
}
