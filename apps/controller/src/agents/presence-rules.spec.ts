import { describe, expect, it } from '@jest/globals';
import type { VendorStatus } from '@usher/contracts';
import { CLOCK_SKEW_MS, judge, type PresenceFacts } from './presence-rules.js';

const vendor = (more: Partial<VendorStatus>): VendorStatus => ({ status: 'online', reason: null, code: null, since: '2026-01-01T00:00:00Z', latencyMs: 3, ...more });
const facts = (more: Partial<PresenceFacts> = {}): PresenceFacts => ({ silent: false, linked: true, vendor: vendor({}), clockOffsetMs: 20, ...more });

describe('judge', () => {
  it.each<[string, Partial<PresenceFacts>, string | null, string | null]>([
    ['a healthy server', {}, 'online', null],
    ['a silent agent', { silent: true }, 'offline', 'AGENT_OFFLINE'],
    ['a silent agent whose link broke', { silent: true, linked: false }, 'offline', 'AGENT_OFFLINE'],
    ['a broken link', { linked: false }, 'degraded', 'AGENT_OFFLINE'],
    ['a starting server', { vendor: vendor({ status: 'starting', reason: 'starting' }) }, 'degraded', 'SERVER_UNREACHABLE'],
    ['a server with some failing calls', { vendor: vendor({ status: 'degraded', code: 'SERVER_RATE_LIMITED' }) }, 'degraded', 'SERVER_RATE_LIMITED'],
    ['an unreachable server', { vendor: vendor({ status: 'unreachable', reason: 'dns', code: 'SERVER_UNREACHABLE' }) }, 'offline', 'SERVER_UNREACHABLE'],
    ['an unreachable server with a code of a newer agent', { vendor: vendor({ status: 'unreachable', code: 'BRAND_NEW' }) }, 'offline', 'SERVER_UNREACHABLE'],
    ['a refused key', { vendor: vendor({ status: 'rejected-key', code: 'SERVER_REJECTED_KEY' }) }, 'offline', 'SERVER_REJECTED_KEY'],
    ['a clock that is off', { clockOffsetMs: -CLOCK_SKEW_MS - 1 }, 'degraded', 'CLOCK_SKEW'],
    ['an unreachable server with a clock that is off', { clockOffsetMs: 2 * CLOCK_SKEW_MS, vendor: vendor({ status: 'unreachable' }) }, 'offline', 'SERVER_UNREACHABLE'],
    ['an agent that has not looked yet', { vendor: vendor({ status: 'unknown' }) }, null, null],
    ['an agent that has only greeted', { vendor: null }, null, null],
  ])('%s', (_name, more, state, code) => {
    const verdict = judge(facts(more));
    expect(verdict && [verdict.state, verdict.code]).toEqual(state && [state, code]);
  });

  it('gives every state but online a cause in words', () => {
    for (const reason of ['dns', 'refused', 'timeout', 'tls', 'starting', 'not-a-media-server', null] as const) {
      expect(judge(facts({ vendor: vendor({ status: 'unreachable', reason }) }))?.reason).toMatch(/^[A-Z].+\.$/);
    }
  });
});
