import { describe, expect, it } from '@jest/globals';
import type { Session } from '@usher/contracts';
import { targetsOf, timesOf } from './notice-input.js';
import { prospectOf, type NoticeTarget } from './notice-prospect.js';

const session = (message: boolean, client = 'Web') => ({ client, controls: { stop: true, pause: true, seek: true, message } }) as Session;
const target = (more: Partial<NoticeTarget> = {}): NoticeTarget => ({ readOnly: false, kind: 'emby', profile: { capabilities: ['sessions.message'] }, isAnswering: true, sessions: [session(true), session(true), session(false, 'LG webOS')], ...more });

describe('what would become of a notice', () => {
  it.each([
    ['where clients take it', target(), { canTake: 2, unsupported: 1, later: 0, code: 'CAPABILITY_MISSING', reason: 'Cannot be sent a text now: LG webOS.' }],
    ['where nobody is', target({ sessions: [] }), { canTake: 0, code: 'NOBODY' }],
    ['in read-only mode', target({ readOnly: true }), { canTake: 0, unsupported: 3, code: 'SERVER_READ_ONLY' }],
    ['at a Plex', target({ kind: 'plex', profile: { capabilities: [] } }), { canTake: 0, unsupported: 3, reason: 'Plex cannot show messages, only the reason of a stop.' }],
    ['while it is away', target({ isAnswering: false }), { canTake: 0, unsupported: 1, later: 2, code: 'AGENT_OFFLINE' }],
    ['at a server that was never probed', target({ profile: null }), { canTake: 2 }],
    ['with many clients', target({ sessions: ['A', 'B', 'C', 'D', 'A'].map((name) => session(false, name)) }), { reason: 'Cannot be sent a text now: A (2), B, C and 1 more.' }],
  ])('%s', (_, given, expected) => {
    expect(prospectOf(given)).toMatchObject(expected);
  });
});

describe('the input of a notice', () => {
  it('names exactly one kind of target', () => {
    expect(targetsOf({ allLinked: true })).toEqual({ kind: 'linked' });
    for (const bad of [{}, { allLinked: false }, { allLinked: true, serverIds: [] }, { serverIds: [] }, { sessionIds: [] }]) expect(() => targetsOf(bad)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });

  it('lasts an hour unless told otherwise, a day at most', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(timesOf({}, now)).toEqual({ showAt: new Date(now), expiresAt: new Date(now + 3_600_000) });
    const times = (show: number | null, expires: number | null) => () => timesOf({ showAt: show === null ? null : new Date(now + show), expiresAt: expires === null ? null : new Date(now + expires) }, now);
    expect(times(-30_000, 60_000)).not.toThrow();
    for (const bad of [times(-61_000, null), times(null, 0), times(60_000, 60_000), times(null, 86_400_001), times(400 * 86_400_000, null)]) expect(bad).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });
});
