import { AppError, type Capability, type Library, type MediaItem, type MediaUser, type PolicyChange, type UserPolicy, type WatchGlance, type WatchState, type WatchStatePage } from '@usher/contracts';
import type { CapabilitySet } from '../capabilities.js';
import type { MediaServer } from '../media-server.js';
import { checkWrite } from '../states/check-write.js';
import { discoveryOf } from './in-memory-discovery.js';
import { LONG_AGO } from './in-memory-libraries.js';

/** What the accounts need of the server that they belong to. */
export interface AccountHost {
  readonly capabilities: CapabilitySet;
  userList: MediaUser[];
  readonly libraryList: readonly Library[];
  readonly itemLists: ReadonlyMap<string, readonly MediaItem[]>;
  /** By item. */
  readonly addedAt: ReadonlyMap<string, string>;
}

/** A write that a test can look at afterwards. */
export interface StateWrite {
  readonly userId: string;
  readonly state: WatchState;
}

const EVERYTHING: UserPolicy = {
  enabled: true,
  libraries: 'all',
  hidden: false,
  remoteAccess: true,
  bitRateLimitKbps: 0,
  videoTranscoding: true,
  audioTranscoding: true,
  remuxing: true,
  downloads: true,
  streamLimit: 0,
};

export function untouched(itemVendorId: string, hasFavorites = true): WatchState {
  return { itemVendorId, played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: hasFavorites ? false : null, ratingTenths: null, original: null };
}

/** Accounts, their settings and what they watched, without a network. All of it is set and read directly. */
export class InMemoryAccounts {
  /** By user; everything is allowed to those that are not in it. */
  readonly policies = new Map<string, UserPolicy>();
  /** By user, then by title. */
  readonly states = new Map<string, Map<string, WatchState>>();
  /** Accounts whose token nobody gets; counts only with `watchStates.ownTokenOnly`. */
  readonly withoutToken = new Set<string>();
  /** By user, as they were set last. */
  readonly passwords = new Map<string, string>();
  readonly writes: StateWrite[] = [];
  /** Called before each write; what it throws is what the vendor answered. */
  beforeWrite: (write: StateWrite) => void | Promise<void> = () => undefined;
  /** The time of a vendor that knows no other. */
  now: () => Date = () => new Date();
  #made = 0;

  constructor(
    private readonly host: AccountHost,
    /** @throws AppError CAPABILITY_MISSING, or the fault that is set */
    private readonly admit: (capability: Capability | null) => void,
  ) {}

  /** What a person did, or what stands there before a test. */
  setState(userId: string, itemVendorId: string, change: Partial<WatchState>): void {
    const mine = this.states.get(userId) ?? new Map<string, WatchState>();
    this.states.set(userId, mine.set(itemVendorId, { ...this.stateOf(userId, itemVendorId), ...change }));
  }

  stateOf(userId: string, itemVendorId: string): WatchState {
    return structuredClone(this.states.get(userId)?.get(itemVendorId)) ?? untouched(itemVendorId, this.host.capabilities.has('watchStates.favorite'));
  }

  librariesOf(id: string): UserPolicy['libraries'] {
    return this.#policyOf(id).libraries;
  }

  readonly users: Omit<MediaServer['users'], 'list'> = {
    setEnabled: async (id, enabled) => {
      this.admit('users.policy');
      const { vendorId, isAdministrator } = this.#user(id);
      const others = this.host.userList.some((user) => user.isAdministrator && user.enabled && user.vendorId !== vendorId);
      if (isAdministrator && !enabled && !others) throw new AppError('VALIDATION_FAILED', 'The last administrator is never locked out.', { field: 'userVendorId' });
      this.#setPolicy(vendorId, { ...this.#policyOf(vendorId), enabled });
    },
    setPassword: async (id, password) => {
      this.admit('users.password');
      const { vendorId } = this.#user(id);
      if (password === '') throw new AppError('VALIDATION_FAILED', 'An empty password would open the account.', { field: 'password' });
      this.passwords.set(vendorId, password);
    },
    discovery: async (id) => {
      this.admit('users.discovery');
      const { vendorId } = this.#user(id);
      return discoveryOf({ items: this.#granted(vendorId), states: this.states.get(vendorId) ?? new Map(), addedAt: (itemId) => this.host.addedAt.get(itemId) ?? LONG_AGO });
    },
    policy: async (id) => {
      this.admit(null);
      return this.#policyOf(this.#user(id).vendorId);
    },
    create: async (name) => {
      this.admit('users.create');
      if (name.trim() !== name || name === '' || /[/:]/.test(name)) throw new AppError('VALIDATION_FAILED', 'The media server refuses this name.', { field: 'name' });
      if (this.host.userList.some((user) => user.name.toLowerCase() === name.toLowerCase())) throw new AppError('IDENTITY_CONFLICT', 'There is an account of this name already.', { name });
      const user: MediaUser = { vendorId: `made-${++this.#made}`, name, email: null, isAdministrator: false, enabled: true, lastSeenAt: null };
      this.host.userList = [...this.host.userList, user];
      this.policies.set(user.vendorId, { ...EVERYTHING, libraries: [] });
      return structuredClone(user);
    },
    applyPolicy: async (id, change) => {
      this.admit('users.policy');
      const { vendorId } = this.#user(id);
      this.#checkLibraries(change);
      const policy = { ...this.#policyOf(vendorId), ...change };
      this.#setPolicy(vendorId, policy);
      return structuredClone(policy);
    },
    remove: async (id) => {
      this.admit('users.remove');
      const user = this.#user(id);
      if (user.isAdministrator) throw new AppError('VALIDATION_FAILED', 'An administrator is never removed.', { field: 'userVendorId' });
      this.host.userList = this.host.userList.filter(({ vendorId }) => vendorId !== id);
      this.policies.delete(id);
      this.states.delete(id);
    },
    reach: async (ids) => {
      this.admit('watchStates.read');
      return ids.filter((id) => this.host.userList.some(({ vendorId }) => vendorId === id) && !this.#isBeyondReach(id));
    },
  };

  readonly watchStates: MediaServer['watchStates'] = {
    list: async (userId, page, limit) => {
      this.admit('watchStates.read');
      const { start, total } = readCursor(page);
      const rows = [...this.#visible(userId).keys()].flatMap((itemVendorId) => {
        const state = this.states.get(userId)?.get(itemVendorId);
        return state && this.#isListed(state) ? [structuredClone(state)] : [];
      });
      if (total !== null && total !== rows.length) throw new AppError('READ_INCOMPLETE', 'The states changed while they were listed.', { reason: 'total' });
      const end = start + limit;
      return { states: rows.slice(start, end), next: end < rows.length ? `${end} ${rows.length}` : null } satisfies WatchStatePage;
    },
    read: async (userId, itemIds) => {
      this.admit('watchStates.read');
      const visible = this.#visible(userId);
      return itemIds.filter((id) => visible.has(id)).map((id) => this.stateOf(userId, id));
    },
    newest: async (userId, type, limit) => {
      this.admit('watchStates.read');
      const titles = [...this.#visible(userId).values()].filter((title) => title.type === type).map(({ vendorId }) => this.stateOf(userId, vendorId));
      const touched = titles.filter(({ played, positionMs, lastPlayedAt }) => (played || positionMs > 0) && lastPlayedAt !== null);
      return touched.sort((a, b) => b.lastPlayedAt!.localeCompare(a.lastPlayedAt!)).slice(0, limit).map(glanceOf);
    },
    glance: async (userId, itemIds) => {
      this.admit('watchStates.read');
      const visible = this.#visible(userId);
      return itemIds.filter((id) => visible.has(id)).map((id) => glanceOf(this.stateOf(userId, id)));
    },
    set: async (userId, state, before) => {
      this.admit('watchStates.write');
      const title = this.#visible(userId).get(state.itemVendorId);
      if (!title) throw new AppError('NOT_FOUND', 'This title is not there, or hidden from the account.', { itemVendorId: state.itemVendorId });
      checkWrite(state, before, title.durationMs);
      const write = { userId, state: structuredClone(state) };
      await this.beforeWrite(write);
      this.writes.push(write);
      this.setState(userId, state.itemVendorId, this.#kept(this.stateOf(userId, state.itemVendorId), state));
      return this.stateOf(userId, state.itemVendorId);
    },
  };

  /** A rating alone shows in lists of those only that have no favorites. */
  #isListed(state: WatchState): boolean {
    return state.played || state.positionMs > 0 || (this.host.capabilities.has('watchStates.favorite') ? state.favorite === true : state.ratingTenths !== null);
  }

  /** What the vendor makes of a row: without a field for times it is the time of writing, without counts each mark is one play. */
  #kept(now: WatchState, wanted: WatchState): WatchState {
    const isMarked = wanted.played && !now.played;
    const playCount = this.host.capabilities.has('watchStates.playCount') ? wanted.playCount : wanted.played ? now.playCount + (isMarked ? 1 : 0) : 0;
    const markedAt = wanted.played ? (isMarked ? this.now().toISOString() : now.lastPlayedAt) : null;
    return {
      ...wanted,
      playCount,
      lastPlayedAt: this.host.capabilities.has('watchStates.playedAt') ? wanted.lastPlayedAt : markedAt,
      favorite: this.host.capabilities.has('watchStates.favorite') ? wanted.favorite : null,
      ratingTenths: this.host.capabilities.has('watchStates.rating') ? wanted.ratingTenths : now.ratingTenths,
    };
  }

  #policyOf(id: string): UserPolicy {
    const user = this.host.userList.find(({ vendorId }) => vendorId === id);
    return structuredClone(this.policies.get(id) ?? { ...EVERYTHING, enabled: user?.enabled ?? true });
  }

  #setPolicy(id: string, policy: UserPolicy): void {
    this.policies.set(id, policy);
    this.host.userList = this.host.userList.map((user) => (user.vendorId === id ? { ...user, enabled: policy.enabled } : user));
  }

  #checkLibraries({ libraries }: PolicyChange): void {
    if (libraries === undefined || libraries === 'all') return;
    const known = new Set(this.host.libraryList.map(({ vendorId }) => vendorId));
    const unknown = libraries.filter((id) => !known.has(id));
    if (unknown.length > 0) throw new AppError('VALIDATION_FAILED', 'The media server has no such library.', { field: 'libraries', unknown });
  }

  /** The titles that an account may see, by id. */
  #visible(userId: string) {
    const { vendorId } = this.#user(userId);
    if (this.#isBeyondReach(vendorId)) throw new AppError('USER_TOKEN_MISSING', 'There is no token of this account for this server.', { userVendorId: vendorId });
    return new Map(this.#granted(vendorId).filter(({ type }) => type !== 'series' && type !== 'album').map((item) => [item.vendorId, item]));
  }

  #granted(userId: string): MediaItem[] {
    const { libraries } = this.#policyOf(userId);
    return [...this.host.itemLists].filter(([libraryId]) => libraries === 'all' || libraries.includes(libraryId)).flatMap(([, items]) => items);
  }

  #isBeyondReach(id: string): boolean {
    return this.host.capabilities.has('watchStates.ownTokenOnly') && this.withoutToken.has(id);
  }

  #user(id: string): MediaUser {
    const user = this.host.userList.find(({ vendorId }) => vendorId === id);
    if (!user) throw new AppError('NOT_FOUND', 'This account is not on the media server.', { userVendorId: id });
    return user;
  }
}

const glanceOf = ({ itemVendorId, played, positionMs }: WatchState): WatchGlance => ({ itemVendorId, played, positionMs });

function readCursor(page: string | null): { start: number; total: number | null } {
  if (page === null) return { start: 0, total: null };
  const match = /^(\d{1,9}) (\d{1,9})$/.exec(page);
  if (!match) throw new AppError('VALIDATION_FAILED', 'This is no page of a listing.', { field: 'page' });
  return { start: Number(match[1]), total: Number(match[2]) };
}
