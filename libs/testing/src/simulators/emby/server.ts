import type { Grant, SimulatorCore } from '../base/core.js';
import type { SimulatedRequest } from '../base/message.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { ActivityLog } from '../mediabrowser/activity-log.js';
import { parseIdentity, type ClientIdentity } from '../mediabrowser/client-identity.js';
import { PlayerReports } from '../mediabrowser/player-reports.js';
import { Playlists } from '../mediabrowser/playlists.js';
import { VendorTasks } from '../mediabrowser/task-rows.js';
import { findItem } from './ids.js';
import { BACKUP_TASK, EMBY_TASKS } from './task-list.js';
import { EmbyUserData } from './user-data.js';

export interface EmbyCapabilities {
  readonly PlayableMediaTypes: readonly string[];
  readonly SupportedCommands: readonly string[];
  readonly SupportsMediaControl: boolean;
}

/** The Emby part of a simulated server's state. */
export class EmbyServer {
  readonly capabilities = new Map<string, EmbyCapabilities>();
  /** Keys that were used; each has a row. Token → last activity. */
  readonly keyRows = new Map<string, number>();
  /** An idle row can still carry the method of what it played last. */
  readonly lastMethods = new Map<string, string>();
  readonly reports: PlayerReports;
  readonly activity: ActivityLog;
  readonly userData: EmbyUserData;
  readonly playlists: Playlists;
  readonly tasks: VendorTasks;
  onPush: (topic: 'Sessions' | 'ActivityLogEntry') => void = () => undefined;
  onRestart: () => void = () => undefined;
  hasSocket: (session: SimulatedSession) => boolean = () => false;
  sendTo: (session: SimulatedSession, type: string, data: unknown) => boolean = () => false;
  private readonly deviceNumbers = new Map<string, number>();

  constructor(
    readonly core: SimulatorCore,
    /** False: subscriptions to sessions stay silent, as one observation of 4.9.5 saw it. */
    readonly pushesSessions: boolean,
    /** Whether somebody installed the plugin for backups. */
    readonly hasBackups: boolean,
  ) {
    this.userData = new EmbyUserData(core);
    this.playlists = new Playlists(core);
    const backup = () => void core.backups.push({ name: `light ${core.backups.length + 1}`, atMs: core.clock.now(), version: core.version });
    this.tasks = new VendorTasks(core, [...EMBY_TASKS, ...(hasBackups ? [{ ...BACKUP_TASK, work: backup }] : [])]);
    this.reports = new PlayerReports(core, (id) => findItem(core, id));
    this.activity = new ActivityLog(core, () => this.onPush('ActivityLogEntry'));
  }

  /** 9 for 4.9.1.90. */
  get minor(): number {
    return Number(this.core.version.split('.')[1] ?? 0);
  }

  internalDeviceId(deviceId: string): number {
    const known = this.deviceNumbers.get(deviceId) ?? this.deviceNumbers.size + 1;
    this.deviceNumbers.set(deviceId, known);
    return known;
  }
}

/** One request being answered. */
export interface EmbyContext {
  readonly server: EmbyServer;
  readonly request: SimulatedRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly grant: Grant | null;
}

const headerIdentity = (request: SimulatedRequest): ClientIdentity | null => parseIdentity(request.header('authorization')) ?? parseIdentity(request.header('x-emby-authorization'));

/** Client data from the one header or from the four single ones. */
export function identityOf(request: SimulatedRequest): ClientIdentity {
  const whole = headerIdentity(request);
  return {
    scheme: 'Emby',
    client: whole?.client ?? request.header('x-emby-client'),
    version: whole?.version ?? request.header('x-emby-client-version'),
    deviceId: whole?.deviceId ?? request.header('x-emby-device-id'),
    device: whole?.device ?? request.header('x-emby-device-name'),
  };
}

export function grantOf({ core }: EmbyServer, request: SimulatedRequest): Grant | null {
  const token = request.header('x-emby-token') ?? request.header('x-mediabrowser-token') ?? headerIdentity(request)?.token ?? request.query.get('api_key') ?? request.query.get('x-emby-token');
  const grant = token === undefined ? undefined : core.grants.get(token);
  return grant === undefined || grant.user?.isDisabled === true ? null : grant;
}

/** The session behind a user's token; `null` for API keys. */
export function callerSession({ server, grant }: EmbyContext): SimulatedSession | null {
  return grant?.user != null && grant.device !== null ? server.core.engine.open(grant.user, grant.device, 'external') : null;
}
