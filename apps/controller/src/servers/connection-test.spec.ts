import { describe, expect, it } from '@jest/globals';
import type { ConnectionTestResult } from '@usher/contracts';
import { isSaveableAsPending, stagesOf, testObject } from './connection-test.js';

type Failure = Extract<ConnectionTestResult, { ok: false }>;
const failed = (code: Failure['code'], reason: string | null): Failure => ({ ok: false, code, message: 'm', reason, tlsProblem: null, kind: null, retryAfterMs: null });
const verdicts = (result: ConnectionTestResult, url = 'https://a.example') => stagesOf(result, url).map((stage) => stage.verdict[0]).join('');

describe('stagesOf', () => {
  it.each([
    ['EGRESS_BLOCKED', null, 'fsssss'],
    ['SERVER_UNREACHABLE', 'dns', 'fsssss'],
    ['SERVER_UNREACHABLE', 'refused', 'ofssss'],
    ['SERVER_UNREACHABLE', 'timeout', 'ofssss'],
    ['SERVER_UNREACHABLE', 'tls', 'oofsss'],
    ['SERVER_UNREACHABLE', 'starting', 'ooofss'],
    ['SERVER_UNREACHABLE', 'not-a-media-server', 'ooofss'],
    ['VENDOR_ANSWER_INVALID', null, 'ooofss'],
    ['SERVER_RATE_LIMITED', null, 'ooofss'],
    ['SERVER_REJECTED_KEY', 'unknown-key', 'oooofs'],
    ['SERVER_REJECTED_KEY', 'not-administrator', 'ooooof'],
  ] as const)('%s %s stops where it says', (code, reason, expected) => expect(verdicts(failed(code, reason))).toBe(expected));

  it('skips TLS for plain http', () => {
    expect(verdicts(failed('SERVER_REJECTED_KEY', 'unknown-key'), 'http://a.example')).toBe('oosofs');
  });
});

describe('isSaveableAsPending', () => {
  it.each(['dns', 'refused', 'timeout', 'tls', 'starting'])('takes %s', (reason) => expect(isSaveableAsPending(failed('SERVER_UNREACHABLE', reason))).toBe(true));
  it.each([
    ['SERVER_UNREACHABLE', 'not-a-media-server'],
    ['SERVER_UNREACHABLE', null],
    ['SERVER_REJECTED_KEY', 'unknown-key'],
    ['EGRESS_BLOCKED', null],
    ['SERVER_RATE_LIMITED', 'timeout'],
  ] as const)('refuses %s %s', (code, reason) => expect(isSaveableAsPending(failed(code, reason))).toBe(false));
});

describe('testObject', () => {
  it('tells the next action of a failure', () => {
    expect(testObject(failed('SERVER_REJECTED_KEY', 'unknown-key'), 'http://a')).toMatchObject({ ok: false, code: 'SERVER_REJECTED_KEY', next: expect.stringContaining('API key'), warnings: [] });
  });
});
