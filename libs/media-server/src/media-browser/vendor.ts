import type { AppError, Capability, HardeningEntry, ServerKind, SessionCommand, VendorSession } from '@usher/contracts';
import type { VendorRequest } from '../http/vendor-http.js';
import type { VendorResponse } from '../http/vendor-response.js';
import type { PushSource } from '../push.js';
import type { MediaServer } from '../media-server.js';
import type { AccountWords } from './accounts.js';
import type { DetailWords } from './detail-calls.js';
import type { SocketSetup } from './socket.js';
import type { Fields } from './fields.js';
import type { SessionScope } from './session.mapper.js';
import type { StateCalls } from './state-calls.js';
import type { UserRow } from './user.mapper.js';

/** How this client names itself to the server. */
export interface ClientIdentity {
  readonly clientName: string;
  readonly clientVersion: string;
  readonly deviceId: string;
  readonly token: () => string;
}

export interface VendorInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly platform: string | null;
  readonly updateAvailable: boolean | null;
  /** Whether it can restart by itself; it cannot where nobody would start it again. */
  readonly canRestart: boolean;
}

/** What the server leaves open, as far as it could be read; null for an answer that could not. */
export interface Openings {
  readonly url: URL;
  readonly version: string;
  readonly configuration: unknown;
  readonly network: unknown;
  readonly users: readonly UserRow[] | null;
  readonly publicUsers: unknown;
}

export type CommandRequest = Pick<VendorRequest, 'path' | 'query' | 'body'>;

/** Where Emby and Jellyfin differ; `MediaBrowserServer` is what they share. */
export interface MediaBrowserVendor {
  readonly kind: Extract<ServerKind, 'emby' | 'jellyfin'>;
  /** Before every path: `/emby` or nothing. */
  readonly prefix: string;
  readonly librariesPath: string;
  /** Tried in order: the next one when a path is not found. */
  readonly usersPaths: readonly string[];
  /** Settings that the hardening list reads; null = none of them. */
  readonly configurationPaths: { readonly main: string; readonly network: string } | null;
  authHeaders(identity: ClientIdentity): Record<string, string>;
  classify(request: Pick<VendorRequest, 'path'>, response: VendorResponse, nowMs: number): AppError | null;
  push(setup: SocketSetup): PushSource;
  /** @throws AppError VENDOR_ANSWER_INVALID */
  mapSessions(answer: unknown, scope: SessionScope): VendorSession[];
  /** @throws AppError VENDOR_ANSWER_INVALID */
  mapInfo(answer: unknown): VendorInfo;
  mapHardening(openings: Openings): HardeningEntry[];
  libraryIdOf(row: Fields, name: string): string | null;
  readonly accounts: AccountWords;
  readonly details: DetailWords;
  states(calls: StateCalls): MediaServer['watchStates'];
  /** What this version can do besides the starting values. */
  moreCapabilities(version: string): readonly Capability[];
  /** What this version is too old for. */
  lacks(version: string): readonly Capability[];
  /** Asks whether the server sees a path; it must not try to write there. */
  validatePath(path: string, isFile: boolean): CommandRequest;
  /** One item in the name of a user. */
  itemOf(itemId: string, userId: string): { readonly path: string; readonly query: Record<string, string> };
  /** The item's page in the web application; the arguments are encoded already. */
  itemPage(itemId: string, machineId: string): string;
  stop(session: VendorSession): CommandRequest;
  message(session: VendorSession, header: string, text: string): CommandRequest;
  /** null when the session is already as the command wants it. */
  control(session: VendorSession, command: SessionCommand): CommandRequest | null;
}
