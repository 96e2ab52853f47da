import { describe, expect, it } from '@jest/globals';
import { account, found, NOW, server, session, worldWith, type Given } from '../../test/mismatch-world.js';
import { ruleStatesOf } from './rules.js';
import type { SeenTitle } from './world.js';

const rule = 'watch-state';
const MINUTE = 60_000;
const seen = (serverId: string, more: Partial<SeenTitle> = {}): SeenTitle => ({
  personId: 'p1', itemId: 'i1', title: 'Arrival', durationMs: 120 * MINUTE, serverId, userId: 'u1', vendorId: `${serverId}-1`, libraryVendorId: `${serverId}-films`,
  played: false, positionMs: 0, lookedAtMs: NOW - 10 * MINUTE, isOld: false, ...more,
});
const played = { played: true };
const at = (minutes: number, more: Partial<SeenTitle> = {}) => ({ positionMs: minutes * MINUTE, ...more });
const playing = (itemId: string, minutes: number, more = {}, stream = {}) => session('1', { item: { itemId, title: 'Arrival', seriesTitle: null }, ...more } as never, { positionMs: minutes * MINUTE, ...stream });

describe('what one person watched on two servers', () => {
  it('is one finding for all titles, with what each server says', () => {
    const [finding, ...more] = found(rule, { seenTitles: [seen('a', played), seen('b'), seen('a', { ...at(62), itemId: 'i2', title: 'Heat' }), seen('b', { ...at(10), itemId: 'i2', title: 'Heat' })] });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ subject: 'p1|a|b', severity: 'low', text: 'Ada: 2 titles differ between Attic and Cabin', flags: [] });
    expect(finding!.evidence.map(({ serverAlias, item, detail }) => [item, serverAlias, detail])).toEqual([
      ['Arrival', 'Attic', 'played'], ['Arrival', 'Cabin', 'not played'], ['Heat', 'Attic', 'stopped at 1:02:00'], ['Heat', 'Cabin', 'stopped at 10:00'],
    ]);
    expect(finding!.evidence[0]!.at).toBe(new Date(NOW - 10 * MINUTE).toISOString());
  });

  it('shows the first twenty titles of many, and counts all', () => {
    const many = Array.from({ length: 31 }, (_, n) => ({ itemId: `i${n}`, title: `Film ${n + 100}` }));
    const [finding] = found(rule, { seenTitles: many.flatMap((title) => [seen('a', { ...title, ...played }), seen('b', title)]) });
    expect(finding).toMatchObject({ text: 'Ada: 31 titles differ between Attic and Cabin' });
    expect(finding!.evidence).toHaveLength(40);
  });

  it('is compared two servers at a time', () => {
    const accounts = ['a', 'b', 'c'].map((id) => account(id, 'u1'));
    const subjects = found(rule, { accounts, servers: [server('a'), server('b'), server('c', { alias: 'Den' })], seenTitles: [seen('a', played), seen('b'), seen('c', played)] }).map(({ subject }) => subject);
    expect(subjects).toEqual(['p1|a|b', 'p1|b|c']);
  });

  it.each<[string, Given]>([
    ['when both are played', { seenTitles: [seen('a', played), seen('b', played)] }],
    ['when resume points are close', { seenTitles: [seen('a', at(60)), seen('b', at(64))] }],
    ['when one vendor calls it played and the other stopped in the credits', { seenTitles: [seen('a', played), seen('b', at(109))] }],
    ['when another copy on that server is played', { seenTitles: [seen('a', played), seen('b'), seen('b', { ...played, vendorId: 'b-2' })] }],
    ['of one server', { seenTitles: [seen('a', played), seen('a', { vendorId: 'a-2' })] }],
    ['of what the account may not see', { accounts: [account('a', 'u1'), account('b', 'u1', { libraries: ['b-shows'] })], seenTitles: [seen('a', played), seen('b')] }],
    ['of a disabled account', { accounts: [account('a', 'u1'), account('b', 'u1', { enabled: false })], seenTitles: [seen('a', played), seen('b')] }],
    ['of an account that is somebody else’s by now', { accounts: [account('a', 'u1'), account('b', 'u1', { personId: 'p2' })], seenTitles: [seen('a', played), seen('b')] }],
    ['when it was played since it was read', { seenTitles: [seen('a', played), seen('b', { isOld: true })] }],
    ['when it plays here and is further than elsewhere', { seenTitles: [seen('a', at(10)), seen('b')], b: [playing('b-1', 60)] }],
    ['when it plays here and was seen elsewhere', { seenTitles: [seen('a', played), seen('b')], b: [playing('b-1', 60)] }],
    ['when it plays on both', { seenTitles: [seen('a', at(60)), seen('b')], a: [playing('a-1', 90)], b: [playing('b-1', 0)] }],
  ])('is no finding %s', (_, given) => expect(found(rule, given)).toEqual([]));

  it.each([[{}, {}], [{}, { state: 'paused' }]])('gives a hint to who begins here what they began elsewhere', (more, stream) => {
    const seenTitles = [seen('a', { positionMs: 3_730_000 }), seen('b', { isOld: true })];
    const [finding] = found(rule, { seenTitles, b: [playing('b-1', 2, more, stream)] });
    expect(finding).toMatchObject({ subject: 'p1|a|b', text: 'Ada: “Arrival” differs between Attic and Cabin', flags: [{ sessionId: 'b:1', text: 'Attic stopped at 1:02:10' }] });
    expect(finding!.evidence.map(({ detail, sessionId }) => [detail, sessionId])).toEqual([['stopped at 1:02:10', null], ['plays at 2:00', 'b:1']]);
  });

  it('gives no hint to others, for other titles, or for a ghost', () => {
    const seenTitles = [seen('a', at(62)), seen('b')];
    const flags = (given: Given) => found(rule, { seenTitles, ...given }).flatMap((finding) => finding.flags);
    expect(flags({ b: [playing('b-1', 2)] })).toHaveLength(1);
    expect(flags({ b: [playing('b-2', 2)] })).toEqual([]);
    expect(flags({ b: [playing('b-1', 2, { userId: 'u2' })] })).toEqual([]);
    expect(flags({ b: [playing('b-1', 2, { ghost: true })] })).toEqual([]);
    expect(flags({ b: [playing('b-1', 58)] })).toEqual([]);
  });

  it('says how far the looks are', () => {
    const stateOf = (looks: { accounts: number; looked: number }) => ruleStatesOf(worldWith({ looks })).find((state) => state.rule === rule);
    expect(stateOf({ accounts: 0, looked: 0 })).toMatchObject({ runs: false });
    expect(stateOf({ accounts: 4, looked: 0 })).toMatchObject({ runs: false, reason: expect.stringContaining('0 of 4 accounts') });
    expect(stateOf({ accounts: 4, looked: 2 })).toMatchObject({ runs: true, reason: expect.stringContaining('2 of 4 accounts') });
    expect(stateOf({ accounts: 4, looked: 4 })).toMatchObject({ runs: true, reason: null });
  });
});
