import type { ServerKind } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { Catalogue, type LibrarySpec } from './catalogue.js';
import { SimulatedDisk } from './disk.js';
import type { Endpoint } from './endpoint.js';
import type { CatalogueItem, PlexAccount, SimulatedDevice, SimulatedUser } from './media.js';
import { PlaybackEngine } from './playback-engine.js';
import { stableHex } from './random.js';
import { SimulatedTasks, type SimulatedDownload } from './tasks.js';
import { WatchStore } from './watch-store.js';

/** What a token allows. `user` null: an API key, an administrator without a user. */
export interface Grant {
  readonly token: string;
  readonly user: SimulatedUser | null;
  readonly device: SimulatedDevice | null;
  /** Name of the application that asked for it. */
  readonly app: string;
  readonly createdAtMs: number;
}

export interface UserSpec {
  readonly name: string;
  readonly password?: string;
  readonly isAdministrator?: boolean;
  readonly isDisabled?: boolean;
  readonly isHidden?: boolean;
  readonly email?: string;
  readonly policy?: Readonly<Record<string, unknown>>;
  /** Default: in turn members of the home and friends, who see everything. */
  readonly plex?: Partial<PlexAccount>;
}

export interface CoreOptions {
  readonly kind: ServerKind;
  readonly name: string;
  readonly version: string;
  readonly clock: Clock;
  /** Where its media lie, as it sees them. */
  readonly mediaRoot: string;
}

/** The state of one simulated server: who, what, which tokens, what plays. Vendors put their wire format on it. */
export class SimulatorCore {
  readonly kind: ServerKind;
  readonly name: string;
  readonly clock: Clock;
  readonly engine: PlaybackEngine;
  readonly catalogue: Catalogue;
  readonly disk: SimulatedDisk;
  readonly tasks: SimulatedTasks;
  readonly states = new WatchStore();
  /** To devices of people, or for the library itself. */
  readonly downloads: SimulatedDownload[] = [];
  readonly backups: { readonly name: string; readonly atMs: number; readonly version: string }[] = [];
  /** Of every subtitle that was fetched: the item and the vendor's id. */
  readonly fetchedSubtitles: { readonly item: CatalogueItem; readonly id: string }[] = [];
  readonly users: SimulatedUser[] = [];
  readonly grants = new Map<string, Grant>();
  version: string;
  /** 32 hex digits, the same after each start; `reinstall()` makes another. */
  serverId: string;
  adminKey: string;
  private madeTokens = 0;
  private lastUserNumber = 0;
  private bound: Endpoint | undefined;

  constructor(options: CoreOptions) {
    this.kind = options.kind;
    this.name = options.name;
    this.version = options.version;
    this.clock = options.clock;
    this.engine = new PlaybackEngine(options.clock);
    this.tasks = new SimulatedTasks(options.clock);
    this.catalogue = new Catalogue(options.mediaRoot, () => options.clock.now());
    this.disk = new SimulatedDisk(this.catalogue);
    this.serverId = stableHex(`server|${options.kind}|${options.name}`);
    this.adminKey = this.grant(null, null, 'Usher').token;
  }

  get endpoint(): Endpoint {
    if (this.bound === undefined) throw new Error('the simulator does not listen yet');
    return this.bound;
  }

  bind(endpoint: Endpoint): void {
    this.bound = endpoint;
  }

  addUser(spec: UserSpec): SimulatedUser {
    const user: SimulatedUser = {
      number: ++this.lastUserNumber,
      name: spec.name,
      password: spec.password ?? `${spec.name.toLowerCase()}-password`,
      isAdministrator: spec.isAdministrator ?? false,
      isDisabled: spec.isDisabled ?? false,
      isHidden: spec.isHidden ?? false,
      email: spec.email ?? null,
      policy: spec.policy ?? {},
      plex: { kind: this.lastUserNumber % 2 === 0 ? 'home' : 'friend', libraries: 'all', ...spec.plex },
      lastSeenAtMs: null,
    };
    this.users.push(user);
    return user;
  }

  /** With everything that it left behind. */
  removeUser(user: SimulatedUser): void {
    this.users.splice(this.users.indexOf(user), 1);
    this.revokeAllOf(user);
    this.states.forget(user);
  }

  revokeAllOf(user: SimulatedUser): void {
    for (const grant of this.grants.values()) if (grant.user === user) this.grants.delete(grant.token);
  }

  addLibrary(spec: LibrarySpec): void {
    this.catalogue.addLibrary(spec);
  }

  /** Tokens are stable over restarts: the demo fleet keeps its registrations. */
  grant(user: SimulatedUser | null, device: SimulatedDevice | null, app: string): Grant {
    const token = stableHex(`token|${this.serverId}|${user?.name ?? ''}|${device?.id ?? ''}|${++this.madeTokens}`);
    const made: Grant = { token, user, device, app, createdAtMs: this.clock.now() };
    this.grants.set(token, made);
    return made;
  }

  revoke(token: string): void {
    this.grants.delete(token);
  }

  /** The old administrator's key is dead at once. */
  rotateKey(): string {
    this.revoke(this.adminKey);
    this.adminKey = this.grant(null, null, 'Usher').token;
    return this.adminKey;
  }

  /** Another installation answers at the same address from now on. */
  reinstall(): void {
    this.serverId = stableHex(`${this.serverId}|again`);
  }
}
