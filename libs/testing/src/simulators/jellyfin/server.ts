import type { Grant, SimulatorCore } from '../base/core.js';
import type { CatalogueLibrary, SimulatedUser } from '../base/media.js';
import type { SimulatedRequest } from '../base/message.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { ActivityLog } from '../mediabrowser/activity-log.js';
import { PlayerReports } from '../mediabrowser/player-reports.js';
import { Playlists } from '../mediabrowser/playlists.js';
import { VendorTasks } from '../mediabrowser/task-rows.js';
import { findItem } from './ids.js';
import { JELLYFIN_TASKS } from './task-list.js';
import { JellyfinUserData } from './user-data.js';

/** What a client said it can do; replaces what it said before. */
export interface ClientCapabilities {
  readonly PlayableMediaTypes: readonly string[];
  readonly SupportedCommands: readonly string[];
  readonly SupportsMediaControl: boolean;
  readonly SupportsPersistentIdentifier: boolean;
}

export const NO_CAPABILITIES: ClientCapabilities = { PlayableMediaTypes: [], SupportedCommands: [], SupportsMediaControl: false, SupportsPersistentIdentifier: true };
export const PLAYER_CAPABILITIES: ClientCapabilities = {
  PlayableMediaTypes: ['Audio', 'Video'],
  SupportedCommands: ['MoveUp', 'DisplayMessage', 'SetVolume', 'Play', 'PlayState', 'SetMaxStreamingBitrate'],
  SupportsMediaControl: true,
  SupportsPersistentIdentifier: false,
};

/** The Jellyfin part of a simulated server's state. */
export class JellyfinServer {
  legacyAuthorization: boolean;
  readonly capabilities = new Map<string, ClientCapabilities>();
  /** API keys that have a row: since their socket or their first session call. Token → last activity. */
  readonly keyRows = new Map<string, number>();
  readonly reports: PlayerReports;
  readonly activity: ActivityLog;
  readonly userData: JellyfinUserData;
  readonly playlists: Playlists;
  /** Libraries that are gone and still shown to people. */
  readonly ghostViews: CatalogueLibrary[] = [];
  readonly tasks: VendorTasks;
  /** Users that keys were turned into by marking something as played for them. By token. */
  readonly keyUsers = new Map<string, SimulatedUser>();
  /** Called when something is to be pushed at once to those who subscribed. */
  onPush: (topic: 'Sessions' | 'ActivityLogEntry') => void = () => undefined;
  /** Called before the server goes down by itself. */
  onRestart: () => void = () => undefined;
  /** True while that session has a socket of its own. */
  hasSocket: (session: SimulatedSession) => boolean = () => false;
  /** The frame for a session's own socket; false when it has none. */
  sendTo: (session: SimulatedSession, type: string, data: unknown) => boolean = () => false;

  constructor(
    readonly core: SimulatorCore,
    legacyAuthorization: boolean | undefined,
    /** Its own time zone: dates that are not UTC are stored shifted by it. */
    readonly zoneMinutes: number,
  ) {
    this.userData = new JellyfinUserData(core);
    this.playlists = new Playlists(core);
    this.tasks = new VendorTasks(core, JELLYFIN_TASKS);
    this.legacyAuthorization = legacyAuthorization ?? this.major < 12;
    this.reports = new PlayerReports(core, (id) => findItem(core, id));
    this.activity = new ActivityLog(core, () => this.onPush('ActivityLogEntry'));
  }

  /** 10 for 10.11.11, 12 for 12.0.0. */
  get major(): number {
    return Number(this.core.version.split('.')[0]);
  }

  get minor(): number {
    return Number(this.core.version.split('.')[1] ?? 0);
  }

  /** The room on its disks and its own backups: from 10.11 on. */
  get hasStorage(): boolean {
    return this.major > 10 || this.minor >= 11;
  }

  /** The route that writes whole rows came with 10.9. */
  get hasUserDataRoute(): boolean {
    return this.major > 10 || this.minor >= 9;
  }

  sessionOf(id: string): SimulatedSession | undefined {
    return this.core.engine.sessions.get(id);
  }
}

/** One request being answered. */
export interface JellyfinContext {
  readonly server: JellyfinServer;
  readonly request: SimulatedRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly grant: Grant | null;
}

/** The session behind a user's token; signs the device in when it has none. `null` for API keys, whose row is made instead. */
export function callerSession({ server, grant }: JellyfinContext): SimulatedSession | null {
  if (grant === null) return null;
  if (grant.user === null || grant.device === null) {
    server.keyRows.set(grant.token, server.core.clock.now());
    return null;
  }
  return server.core.engine.open(grant.user, grant.device, 'external');
}
