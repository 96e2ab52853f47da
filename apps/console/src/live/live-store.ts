import type { DrainMessage, FleetServer, ServerSnapshot, SessionsMessage } from './live-types.js';
import { ServerClock } from './server-clock.js';
import { countChanges, sameValue, shareStructure } from './structural.js';

type Listener = () => void;

/**
 * The live picture of the fleet outside React. Per server the highest `seq` wins. While paused, messages are kept aside and
 * applied once on resume. Listeners are told by key: `fleet`, `servers`, `drains`, `pause`, `server:<id>`, `session:<id>`.
 */
export class LiveStore {
  readonly clock: ServerClock;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly waitingSessions = new Map<string, SessionsMessage>();
  private readonly waitingServers = new Map<string, FleetServer>();
  private snapshotMap = new Map<string, ServerSnapshot>();
  private waitingDrains: readonly DrainMessage[] | null = null;
  private drainMap: ReadonlyMap<string, DrainMessage> = new Map();
  private serverList: readonly FleetServer[] | null = null;
  private waitingCount = 0;
  private pausedNow = false;
  private newestMs = 0;

  constructor(clock = new ServerClock()) {
    this.clock = clock;
  }

  /** Servers in registration order; null before the first answer. */
  get servers(): readonly FleetServer[] | null {
    return this.serverList;
  }

  /** A new map whenever a session or the staleness of a server changed; the same one when a snapshot only got newer. */
  get snapshots(): ReadonlyMap<string, ServerSnapshot> {
    return this.snapshotMap;
  }

  /** Servers that the router starts nothing on because they are drained; the same map as long as nothing about them changed. */
  get drains(): ReadonlyMap<string, DrainMessage> {
    return this.drainMap;
  }

  get paused(): boolean {
    return this.pausedNow;
  }

  /** Sessions and servers that would look different after resuming. */
  get waiting(): number {
    return this.waitingCount;
  }

  /** Server time (epoch ms) of the newest snapshot heard of, also while paused; 0 before the first. */
  get newestAtMs(): number {
    return this.newestMs;
  }

  subscribe(key: string, listener: Listener): () => void {
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0) this.listeners.delete(key);
    };
  }

  /** Takes the whole list of servers; those that are missing in it are gone. */
  applyServers(servers: readonly FleetServer[]): void {
    if (this.pausedNow && this.serverList) {
      for (const server of servers) this.applyServer(server);
      return;
    }
    this.serverList = servers.filter((server) => server.state !== 'HISTORICAL');
    const known = new Set(this.serverList.map((server) => server.id));
    const gone = [...this.snapshotMap.keys()].filter((id) => !known.has(id));
    if (gone.length > 0) {
      this.snapshotMap = new Map([...this.snapshotMap].filter(([id]) => known.has(id)));
    }
    this.notify('servers', 'fleet', ...servers.map((server) => `server:${server.id}`), ...gone.map((id) => `server:${id}`));
  }

  /** Takes one changed server; a historical one leaves the list. */
  applyServer(server: FleetServer): void {
    if (!this.serverList) return;
    if (this.pausedNow) {
      this.waitingServers.set(server.id, server);
      this.countWaiting();
      return;
    }
    const others = this.serverList.filter(({ id }) => id !== server.id);
    const index = this.serverList.findIndex(({ id }) => id === server.id);
    const next = [...this.serverList];
    if (server.state === 'HISTORICAL') {
      this.applyServers(others);
      return;
    }
    if (index < 0) next.push(server);
    else next[index] = server;
    this.serverList = next;
    this.notify('servers', 'fleet', `server:${server.id}`);
  }

  /** Takes one snapshot. A `seq` that is not above the kept one is dropped. */
  applySessions(message: SessionsMessage): void {
    const atMs = Date.parse(message.at);
    this.clock.observe(atMs);
    this.newestMs = Math.max(this.newestMs, atMs);
    const kept = this.snapshotMap.get(message.serverId);
    const newest = this.waitingSessions.get(message.serverId)?.seq ?? kept?.seq ?? -1;
    if (message.seq < newest || (message.seq === newest && message.stale === kept?.stale)) return;
    if (this.pausedNow) {
      this.waitingSessions.set(message.serverId, message);
      this.countWaiting();
      return;
    }
    const { snapshot, changedIds } = shareStructure(kept, message);
    const onlyAged = kept?.sessions === snapshot.sessions && kept.stale === snapshot.stale;
    if (!onlyAged) this.snapshotMap = new Map(this.snapshotMap);
    this.snapshotMap.set(message.serverId, snapshot);
    this.notify(...(onlyAged ? [] : ['fleet']), `server:${message.serverId}`, ...changedIds.map((id) => `session:${id}`));
  }

  /** Takes what the router tells of all servers. */
  applyDrains(messages: readonly DrainMessage[]): void {
    if (this.pausedNow) {
      this.waitingDrains = messages;
      return;
    }
    const drained = messages.filter(({ drain, standing }) => drain !== null || standing === 'draining');
    if (drained.length === this.drainMap.size && drained.every((message) => sameValue(message, this.drainMap.get(message.serverId)))) return;
    this.drainMap = new Map(drained.map((message) => [message.serverId, message]));
    this.notify('drains');
  }

  pause(): void {
    this.pausedNow = true;
    this.notify('pause');
  }

  /** Applies what was kept aside, once. */
  resume(): void {
    if (!this.pausedNow) return;
    this.pausedNow = false;
    const servers = [...this.waitingServers.values()];
    const sessions = [...this.waitingSessions.values()];
    this.waitingServers.clear();
    this.waitingSessions.clear();
    this.waitingCount = 0;
    for (const server of servers) this.applyServer(server);
    for (const message of sessions) this.applySessions(message);
    if (this.waitingDrains) this.applyDrains(this.waitingDrains);
    this.waitingDrains = null;
    this.notify('pause');
  }

  /** Forgets everything, after signing out. */
  clear(): void {
    this.serverList = null;
    this.snapshotMap = new Map();
    this.drainMap = new Map();
    this.waitingDrains = null;
    this.waitingServers.clear();
    this.waitingSessions.clear();
    this.waitingCount = 0;
    this.pausedNow = false;
    this.newestMs = 0;
    this.notify(...this.listeners.keys());
  }

  private countWaiting(): void {
    let count = this.waitingServers.size;
    for (const [serverId, message] of this.waitingSessions) {
      count += countChanges(this.snapshotMap.get(serverId)?.sessions ?? [], message.sessions);
    }
    if (count === this.waitingCount) return;
    this.waitingCount = count;
    this.notify('pause');
  }

  private notify(...keys: string[]): void {
    const called = new Set<Listener>();
    for (const key of keys) {
      for (const listener of this.listeners.get(key) ?? []) called.add(listener);
    }
    for (const listener of called) listener();
  }
}
