import { AppError, type Capability, type ServerKind } from '@usher/contracts';

/** What an adapter can do. Declared means implemented; all else answers `CAPABILITY_MISSING`. */
export class CapabilitySet {
  readonly #names: ReadonlySet<Capability>;

  constructor(names: Iterable<Capability>) {
    this.#names = new Set(names);
  }

  has(name: Capability): boolean {
    return this.#names.has(name);
  }

  /** @throws AppError CAPABILITY_MISSING */
  require(name: Capability): void {
    if (!this.has(name)) {
      throw new AppError('CAPABILITY_MISSING', `This media server cannot do that (${name}).`, { capability: name });
    }
  }

  list(): Capability[] {
    return [...this.#names];
  }
}

const ACTIONS = ['libraries.scan', 'metadata.refresh', 'activities.list'] as const;

/**
 * Before the first `probe()`. Emby's socket exists but was seen to stay silent after a subscription, so it is used
 * and not declared; neither Emby nor Jellyfin tells the load of its host. Only Jellyfin tells the room on its disks, from 10.11 on.
 */
export const STARTING_CAPABILITIES: Readonly<Record<ServerKind, readonly Capability[]>> = {
  emby: ['sessions.stop', 'sessions.control', 'sessions.message', 'libraries.list', ...ACTIONS, 'libraries.checkPaths', 'items.list', 'users.list'],
  jellyfin: ['sessions.push', 'sessions.stop', 'sessions.control', 'sessions.message', 'libraries.list', ...ACTIONS, 'libraries.checkPaths', 'items.list', 'users.list'],
  plex: ['sessions.push', 'sessions.stop', 'libraries.list', ...ACTIONS, 'libraries.checkPaths', 'items.list', 'users.list'],
};
