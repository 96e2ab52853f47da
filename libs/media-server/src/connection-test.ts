import type { ConnectionTestResult, ServerKind, TlsOptions } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import type { EgressGuard } from './egress/egress-guard.js';

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

/**
 * Finds out whether a media server answers at an address and takes the key, and if not, the exact reason.
 * Redirects are not followed; nothing is saved. Answers within 20 s.
 * @throws AppError VALIDATION_FAILED for an address that is none; every other outcome is in the result
 */
export async function testConnection(request: ConnectionTestRequest): Promise<ConnectionTestResult> {
  request.egress.checkUrl(request.url);
  throw new Error('follows in the next commit');
}
