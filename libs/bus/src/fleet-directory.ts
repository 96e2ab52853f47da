import type { describeFleet, FleetServer, TrustedKey } from '@usher/contracts';
import type { z } from 'zod';
import type { AgentDirectory } from './contexts.js';

/** Asks the controller. */
export type FleetSource = () => Promise<z.infer<typeof describeFleet.reply>>;

interface Entry {
  readonly serverId: string;
  readonly agentId: string;
  readonly acctPub: string;
}

/** For services beside the controller, what it says of the fleet: who speaks for which server, and what operators typed. Read again at every change. */
export class FleetDirectory implements AgentDirectory {
  private accounts = new Map<string, Entry>();
  private entries = new Map<string, Entry>();
  private listed = new Map<string, FleetServer>();
  private readonly listeners = new Set<() => void>();
  private reading: Promise<void> = Promise.resolve();
  private queued: Promise<void> | null = null;
  private epoch = 1;
  private known = false;
  private keyList: readonly TrustedKey[] = [];

  constructor(private readonly source: FleetSource) {}

  byAccount(acctPub: string): Entry | undefined {
    return this.accounts.get(acctPub);
  }

  byServer(serverId: string): Entry | undefined {
    return this.entries.get(serverId);
  }

  server(serverId: string): FleetServer | undefined {
    return this.listed.get(serverId);
  }

  servers(): FleetServer[] {
    return [...this.listed.values()];
  }

  /** `isKnown` is false until the controller has answered once. */
  summary(): { isKnown: boolean; servers: number } {
    return { isKnown: this.known, servers: this.listed.size };
  }

  get fleetEpoch(): number {
    return this.epoch;
  }

  get keys(): readonly TrustedKey[] {
    return this.keyList;
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Resolves when a reading that began after this call is in place; many callers share one reading. */
  refresh(): Promise<void> {
    this.queued ??= this.reading.then(() => {
      this.queued = null;
      const read = this.read();
      this.reading = read.catch(() => undefined);
      return read;
    });
    return this.queued;
  }

  private async read(): Promise<void> {
    const { fleetEpoch, keys, servers } = await this.source();
    const entries = servers.flatMap(({ serverId, agentId, acctPub }) => (agentId !== null && acctPub !== null ? [{ serverId, agentId, acctPub }] : []));
    this.accounts = new Map(entries.map((entry) => [entry.acctPub, entry]));
    this.entries = new Map(entries.map((entry) => [entry.serverId, entry]));
    this.listed = new Map(servers.map((server) => [server.serverId, server]));
    this.epoch = Math.max(this.epoch, fleetEpoch);
    this.keyList = keys;
    this.known = true;
    for (const listener of this.listeners) listener();
  }
}
