import type { ErrorCode, ServerState, UnreachableReason, VendorStatus } from '@usher/contracts';
import { isErrorCode } from '@usher/contracts';

export interface Verdict {
  readonly state: Extract<ServerState, 'online' | 'degraded' | 'offline'>;
  readonly code: ErrorCode | null;
  /** A cause in plain words. */
  readonly reason: string | null;
}

export interface PresenceFacts {
  /** Three heartbeats were missed. */
  readonly silent: boolean;
  /** False when the broker saw the agent's link go. */
  readonly linked: boolean | null;
  readonly vendor: VendorStatus | null;
  /** Controller minus agent, ms. */
  readonly clockOffsetMs: number | null;
}

/** Above this the agent's times cannot be trusted. */
export const CLOCK_SKEW_MS = 60_000;

const UNREACHABLE: Readonly<Record<UnreachableReason, string>> = {
  dns: 'The name of the media server could not be resolved.',
  refused: 'The media server refused the connection.',
  timeout: 'The media server did not answer in time.',
  tls: 'The certificate of the media server was not accepted.',
  starting: 'The media server is starting.',
  'not-a-media-server': 'Something else than a media server answers at this address.',
};

function unreachable(reason: UnreachableReason | null): string {
  return reason === null ? 'The media server does not answer.' : UNREACHABLE[reason];
}

/** The state that follows from what was heard; null = nothing was heard that could change it. */
export function judge(facts: PresenceFacts): Verdict | null {
  if (facts.silent) return { state: 'offline', code: 'AGENT_OFFLINE', reason: 'The agent was not heard of for 30 seconds.' };
  if (facts.linked === false) return { state: 'degraded', code: 'AGENT_OFFLINE', reason: 'The agent lost its link to the broker.' };
  const vendor = judgeVendor(facts.vendor);
  if (vendor?.state === 'offline') return vendor;
  if (Math.abs(facts.clockOffsetMs ?? 0) > CLOCK_SKEW_MS) {
    return { state: 'degraded', code: 'CLOCK_SKEW', reason: "The clock of the agent's machine is more than a minute off." };
  }
  return vendor;
}

function judgeVendor(vendor: VendorStatus | null): Verdict | null {
  switch (vendor?.status) {
    case 'online':
      return { state: 'online', code: null, reason: null };
    case 'starting':
      return { state: 'degraded', code: 'SERVER_UNREACHABLE', reason: UNREACHABLE.starting };
    case 'degraded':
      return { state: 'degraded', code: isErrorCode(vendor.code) ? vendor.code : 'SERVER_UNREACHABLE', reason: 'Some calls to the media server fail.' };
    case 'unreachable':
      return { state: 'offline', code: isErrorCode(vendor.code) ? vendor.code : 'SERVER_UNREACHABLE', reason: unreachable(vendor.reason) };
    case 'rejected-key':
      return { state: 'offline', code: 'SERVER_REJECTED_KEY', reason: 'The media server no longer accepts the stored key.' };
    default:
      return null;
  }
}
