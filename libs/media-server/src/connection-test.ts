import { AppError, UnreachableReason, type ConnectionTestResult, type ServerKind, type ServerProfile, type TlsOptions } from '@usher/contracts';
import { withTimeout, type Clock } from '@usher/resilience';
import { createMediaServer } from './create-media-server.js';
import type { EgressGuard } from './egress/egress-guard.js';
import { connectionError, unreachable } from './http/vendor-errors.js';
import { VendorHttp } from './http/vendor-http.js';
import { identify, type Identity } from './identify.js';
import { classifyJellyfin } from './jellyfin/jellyfin.http.js';

/** Below the deadline of the command `server.test`, so that its answer still arrives. */
const TEST_MS = 18_000;

export interface ConnectionTestRequest {
  readonly url: string;
  readonly token: () => string;
  /** null = find out. */
  readonly vendor: ServerKind | null;
  readonly tls: TlsOptions;
  readonly egress: EgressGuard;
  readonly clock: Clock;
  readonly clientName: string;
  readonly clientVersion: string;
  readonly deviceId: string;
  readonly plexTvUrl: string;
}

type Failure = Extract<ConnectionTestResult, { ok: false }>;
const NAMES: Readonly<Record<ServerKind, string>> = { emby: 'Emby', jellyfin: 'Jellyfin', plex: 'Plex' };

/**
 * Finds out whether a media server answers at an address and takes the key, and if not, the exact reason.
 * Redirects are not followed; nothing is saved. Answers within 20 s.
 * @throws AppError VALIDATION_FAILED for an address that is none; every other outcome is in the result
 */
export async function testConnection(request: ConnectionTestRequest): Promise<ConnectionTestResult> {
  let kind: ServerKind | null = null;
  try {
    const url = request.egress.checkUrl(request.url);
    return await withTimeout(() => run(request, url, (found) => (kind = found)), TEST_MS, () => unreachable('timeout'), request.clock);
  } catch (error) {
    const failure = connectionError(error);
    if (failure.code === 'VALIDATION_FAILED') throw failure;
    return failed(failure, kind);
  }
}

async function run(request: ConnectionTestRequest, url: URL, onKind: (kind: ServerKind) => void): Promise<ConnectionTestResult> {
  const startedMs = request.clock.monotonicMs();
  const identity = await ask(request, url);
  const latencyMs = Math.round(request.clock.monotonicMs() - startedMs);
  onKind(identity.kind);
  if (request.vendor !== null && request.vendor !== identity.kind) return failed(otherVendor(request.vendor, identity.kind), identity.kind);
  if (!identity.isSetUp && identity.kind !== 'plex') return failed(notSetUp(), identity.kind);
  const profile = await probe(request, identity.kind);
  return { ok: true, profile, latencyMs, warnings: warningsOf(request, profile) };
}

async function ask(request: ConnectionTestRequest, url: URL): Promise<Identity> {
  const { tls, egress, clock } = request;
  // only Jellyfin has start-up answers of its own; to the others they do not occur
  const classify: ConstructorParameters<typeof VendorHttp>[0]['classify'] = (call, response) => classifyJellyfin(call, response, clock.now());
  const http = new VendorHttp({ url, tls, egress, clock, authHeaders: () => ({}), classify });
  try {
    return await identify(http, request.vendor);
  } finally {
    await http.close();
  }
}

async function probe(request: ConnectionTestRequest, kind: ServerKind): Promise<ServerProfile> {
  const { url: origin, vendor: _vendor, ...same } = request;
  const server = createMediaServer({ ...same, kind, origin });
  try {
    return await server.probe();
  } finally {
    await server.close();
  }
}

function warningsOf(request: ConnectionTestRequest, profile: ServerProfile): string[] {
  const name = `${NAMES[profile.kind]} ${profile.version}`;
  return [
    ...(profile.versionTested ? [] : [`${name} was not tested with Usher; most things will work.`]),
    ...(request.tls.verify ? [] : ['The certificate of this server is not checked.']),
  ];
}

function otherVendor(wanted: ServerKind, found: ServerKind): AppError {
  return new AppError('SERVER_UNREACHABLE', `This is ${NAMES[found]}, not ${NAMES[wanted]}.`, { reason: 'not-a-media-server' });
}

function notSetUp(): AppError {
  return new AppError('VENDOR_ANSWER_INVALID', 'The media server waits for its first set-up; finish it there.', { reason: 'not-set-up' });
}

const RESULT_CODES: readonly string[] = ['SERVER_UNREACHABLE', 'SERVER_REJECTED_KEY', 'SERVER_RATE_LIMITED', 'VENDOR_ANSWER_INVALID', 'EGRESS_BLOCKED'];

function failed(error: AppError, kind: ServerKind | null): Failure {
  const { reason, tlsProblem, retryAfterMs } = error.details;
  const code = RESULT_CODES.includes(error.code) ? (error.code as Failure['code']) : 'VENDOR_ANSWER_INVALID';
  const known = code !== 'SERVER_UNREACHABLE' || UnreachableReason.safeParse(reason).success;
  return {
    ok: false,
    code,
    message: error.message.slice(0, 500),
    reason: typeof reason === 'string' && known ? reason.slice(0, 64) : null,
    tlsProblem: typeof tlsProblem === 'string' ? tlsProblem : null,
    kind,
    retryAfterMs: typeof retryAfterMs === 'number' ? Math.round(retryAfterMs) : null,
  };
}
