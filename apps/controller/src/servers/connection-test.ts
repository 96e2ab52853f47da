import { ERROR_CODES, type ConnectionTestResult } from '@usher/contracts';
import type { ServerConnectionTestObject } from './server-results.graphql.js';

/** A tested address goes through these in order; the first that fails ends the test. */
export const STAGES = ['address', 'connection', 'tls', 'media server', 'key', 'administrator'] as const;
type Stage = (typeof STAGES)[number];

/** Where a failed test stopped. */
function failedStage(result: Extract<ConnectionTestResult, { ok: false }>): Stage {
  if (result.code === 'EGRESS_BLOCKED' || result.reason === 'dns') return 'address';
  if (result.reason === 'refused' || result.reason === 'timeout') return 'connection';
  if (result.reason === 'tls') return 'tls';
  if (result.code === 'SERVER_REJECTED_KEY') return result.reason === 'not-administrator' ? 'administrator' : 'key';
  return 'media server';
}

export function stagesOf(result: ConnectionTestResult, url: string): ServerConnectionTestObject['stages'] {
  const failedAt = result.ok ? STAGES.length : STAGES.indexOf(failedStage(result));
  const plainHttp = url.startsWith('http:');
  return STAGES.map((name, index) => {
    if (index > failedAt) return { name, verdict: 'skipped' };
    if (index === failedAt) return { name, verdict: 'failed' };
    return { name, verdict: name === 'tls' && plainHttp ? 'skipped' : 'ok' };
  });
}

/** What people get to see of a test; `warnings` beyond the host's own are the caller's. */
export function testObject(result: ConnectionTestResult, url: string, warnings: readonly string[] = []): ServerConnectionTestObject {
  const stages = stagesOf(result, url);
  if (result.ok) {
    const { kind, name, version, versionTested } = result.profile;
    const none = { code: null, reason: null, tlsProblem: null, message: null, next: null };
    return { ok: true, ...none, kind, name, version, versionTested, latencyMs: result.latencyMs, warnings: [...result.warnings, ...warnings], stages };
  }
  const { code, reason, tlsProblem, message, kind } = result;
  const unknown = { name: null, version: null, versionTested: null, latencyMs: null };
  return { ok: false, code, reason, tlsProblem, message, next: ERROR_CODES[code].next, kind, ...unknown, warnings: [...warnings], stages };
}

const SAVEABLE_REASONS: readonly string[] = ['dns', 'refused', 'timeout', 'tls', 'starting'];

/** True for a server that may come later: not for a refused key, and not for something that is no media server. */
export function isSaveableAsPending(result: ConnectionTestResult): boolean {
  return !result.ok && result.code === 'SERVER_UNREACHABLE' && result.reason !== null && SAVEABLE_REASONS.includes(result.reason);
}
