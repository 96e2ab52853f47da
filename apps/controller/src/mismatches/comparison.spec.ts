import { describe, expect, it } from '@jest/globals';
import type { AccountLink, Compared, Play, Side } from './comparison.js';
import { distanceOf, factsOf, pairOfSides, verdictOf } from './fact.rules.js';
import { habitsOf, lanesOf } from './ledger.rules.js';
import type { Evidence } from './mismatch.js';

const NOW = Date.parse('2026-03-10T20:00:00.000Z');
const MINUTE = 60_000;
const DAY = 86_400_000;
const HOME = '203.0.113.7';
const AWAY = '198.51.100.7';
const LISBON = { label: 'Lisbon', lat: 38.7, lon: -9.1 };
const TOKYO = { label: 'Tokyo', lat: 35.7, lon: 139.7 };

const play = (id: string, startMin: number, endMin: number | null, more: Partial<Play> = {}): Play => ({
  id, serverId: 'a', title: 'A Film', deviceName: 'Shield', client: null, address: HOME, network: 'wan', startedAtMs: NOW - startMin * MINUTE, endedAtMs: endMin === null ? null : NOW - endMin * MINUTE, watchedMs: 30 * MINUTE, ...more,
});
const side = (serverId: string, more: Partial<Side> = {}, evidence: Partial<Evidence> = {}): Side => ({
  evidence: {
    serverId, serverAlias: serverId === 'a' ? 'Attic' : 'Cabin', sessionId: `${serverId}:s`, userId: 'u1', userName: 'ada', identityId: 'p1', identityName: 'Ada', deviceName: serverId === 'a' ? 'Shield' : 'iPhone',
    address: serverId === 'a' ? HOME : AWAY, network: 'wan', place: null, item: 'A Film', detail: null, at: new Date(NOW).toISOString(), ...evidence,
  },
  state: 'playing', startedAtMs: NOW - (serverId === 'a' ? 60 : 29) * MINUTE, ...more,
});
const account = (serverId: string, more: Partial<AccountLink> = {}): AccountLink => ({ serverId, userId: 'u1', email: null, evidence: 'operator', linkedBy: 'Sam', ...more });
const compared = (more: Partial<Compared> = {}): Compared => ({
  nowMs: NOW, rule: 'two-places', sides: [side('a'), side('b')], isCut: false, verified: new Map(), accounts: [account('a'), account('b')],
  servers: new Map([['a', { id: 'a', alias: 'Attic', location: null }], ['b', { id: 'b', alias: 'Cabin', location: null }]]),
  plays: [play('now-b', 29, null, { serverId: 'b', address: AWAY, deviceName: 'iPhone' }), play('now-a', 60, null), play('old', 30 * 24 * 60, 30 * 24 * 60 - 90)], ...more,
});
const lan = { network: 'lan', address: '192.168.1.2' };
const placed = new Map([['a', { id: 'a', alias: 'Attic', location: LISBON }], ['b', { id: 'b', alias: 'Cabin', location: TOKYO }]]);
const find = (more: Partial<Compared>, words: RegExp) => factsOf(compared(more)).find(({ text }) => words.test(text));

describe('what speaks for two people', () => {
  it('is told in order, with what nobody knows at the end', () => {
    expect(factsOf(compared()).map(({ side: which, text, detail }) => [which, text, detail])).toEqual([
      ['for', 'Both play, neither is paused', '29 min so far'],
      ['for', 'Networks never seen together', '0 times in the 30 d before today'],
      ['for', 'New network at Cabin', '198.51.100.7, first seen'],
      ['for', 'New device: iPhone', 'first seen'],
      ['open', 'Distance not known', expect.any(String)],
      ['open', 'E-mail not known', 'Attic and Cabin tell no address of the account'],
      ['open', 'Are these accounts of one person?', 'linked on the word of Sam'],
      ['open', 'VPN or relay?', expect.any(String)],
    ]);
    expect(find({}, /New device/)!.at).toEqual(new Date(NOW - 29 * MINUTE));
    expect(verdictOf(factsOf(compared()))).toBe('Probably two people with one account');
  });

  it.each<[string, Partial<Compared>, RegExp, string, string]>([
    ['a pause', { sides: [side('a', { state: 'paused' }), side('b')] }, /paused/, 'against', 'Attic: a screen that was left on looks like this'],
    ['an end', { sides: [side('a'), side('b', { state: null })] }, /Not both play/, 'open', 'Cabin: ended, or the server does not answer'],
    ['one network', { sides: [side('a'), side('b', {}, { address: HOME })] }, /^One network/, 'against', HOME],
    ['a network that nobody tells', { sides: [side('a'), side('b', {}, { address: null })] }, /^Networks not known/, 'open', 'Cabin tells no address'],
    ['a young ledger', { plays: [play('now-a', 60, null)] }, /^Networks seen together: not known/, 'open', 'the ledger knows these accounts for less than a day'],
    ['a device that nobody names', { sides: [side('a'), side('b', {}, { deviceName: null })] }, /^Devices not known/, 'open', 'Cabin tells no device'],
    ['two places', { servers: placed, sides: [side('a', {}, lan), side('b', {}, lan)] }, /km apart/, 'for', 'the fastest flight takes 11 h 09 min'],
    ['one place', { servers: new Map([...placed, ['b', { id: 'b', alias: 'Cabin', location: LISBON }]]), sides: [side('a', {}, lan), side('b', {}, lan)] }, /km apart/, 'against', 'both may be at one place'],
    ['two addresses', { accounts: [account('a', { email: 'ada@example.com' }), account('b', { email: 'eda@example.com' })] }, /differ/, 'for', 'Attic: ada@example.com, Cabin: eda@example.com'],
    ['one verified address', { accounts: [account('a', { email: 'ada@example.com' }), account('b', { email: 'ADA@example.com' })], verified: new Map([['ada@example.com', 'plex.tv']]) }, /is the same/, 'against', 'verified by plex.tv'],
    ['an address that nobody verified', { accounts: [account('a', { email: 'ada@example.com' }), account('b', { email: 'ada@example.com' })] }, /is the same/, 'against', 'verified by nobody'],
    ['a proof', { accounts: [account('a', { evidence: 'email' }), account('b', { evidence: 'plex' })] }, /linked by proof/, 'against', 'a verified address'],
  ])('%s', (_, more, words, which, detail) => expect(find(more, words)).toMatchObject({ side: which, detail }));

  it('counts the days on which both networks were used at once, today left out', () => {
    const before = [play('x', 3 * 24 * 60, 3 * 24 * 60 - 60), play('y', 3 * 24 * 60 - 30, 3 * 24 * 60 - 90, { serverId: 'b', address: AWAY, deviceName: 'iPhone' })];
    expect(find({ plays: [...compared().plays, ...before] }, /^Networks seen together before/)).toMatchObject({ side: 'against', detail: 'on 1 day in the 30 d before today' });
    expect(find({ plays: [...compared().plays, ...before] }, /^Both devices/)).toMatchObject({ side: 'against', detail: 'Shield for 30 d, iPhone for 2 d' });
    const today = [play('x', 600, 500), play('y', 550, 450, { serverId: 'b', address: AWAY, deviceName: 'iPhone' })];
    expect(find({ plays: [...compared().plays, ...today] }, /^Networks/)!.side).toBe('for');
    expect(find({ plays: [...compared().plays, before[0]!, { ...before[1]!, startedAtMs: before[1]!.endedAtMs! + DAY, endedAtMs: before[1]!.endedAtMs! + DAY + MINUTE }] }, /^Networks/)!.side).toBe('for');
  });

  it('is weighed only for one person at two servers', () => {
    expect(factsOf(compared({ rule: 'shared-device' }))).toEqual([]);
    expect(factsOf(compared({ sides: [side('a')] }))).toEqual([]);
    expect(factsOf(compared({ sides: [side('a'), side('a')] }))).toEqual([]);
    expect(verdictOf([])).toBeNull();
    expect(pairOfSides([side('a'), side('b', {}, { address: HOME }), side('b')])![1].evidence.address).toBe(AWAY);
  });

  it('says when it is undecided, and when it looks like one person', () => {
    const facts = (...sides: ('for' | 'against' | 'open')[]) => sides.map((which) => ({ side: which, text: '', detail: null, at: null }));
    expect(verdictOf(facts('for', 'against', 'for', 'against', 'open'))).toBe('As much speaks for two people as against it');
    expect(verdictOf(facts('against', 'against', 'open'))).toBe('Too little is known to tell');
    expect(verdictOf(facts('for', 'against', 'against'))).toBe('Probably one person');
  });

  it('has a distance only where both are in the LAN of a server with a place', () => {
    expect(distanceOf([side('a', {}, lan), side('b', {}, lan)], { servers: placed })).toBe(11_143);
    expect(distanceOf([side('a', {}, lan), side('b')], { servers: placed })).toBeNull();
  });
});

describe('the ledger', () => {
  it('has one lane per server, cut where another one is on', () => {
    const minutes = (lanes: ReturnType<typeof lanesOf>) => lanes.map(({ serverAlias, parts }) => [serverAlias, parts.map(({ fromMs, untilMs, isTogether }) => [(NOW - fromMs) / MINUTE, (NOW - untilMs) / MINUTE, isTogether])]);
    expect(minutes(lanesOf(compared()))).toEqual([['Attic', [[60, 29, false], [29, 0, true]]], ['Cabin', [[29, 0, true]]]]);
    const plays = [play('1', 400, 170), play('2', 175, 160), play('3', 165, 150, { serverId: 'b' }), play('4', 10, 10)];
    expect(minutes(lanesOf(compared({ plays })))).toEqual([['Attic', [[180, 165, false], [165, 160, true]]], ['Cabin', [[165, 160, true], [160, 150, false]]]]);
    expect(minutes(lanesOf(compared({ plays: [] })))).toEqual([['Attic', []], ['Cabin', []]]);
  });

  it('knows where somebody usually is', () => {
    const plays = [...compared().plays, play('l1', 2 * 24 * 60, 2 * 24 * 60 - 90, { network: 'lan', address: '192.168.1.2', watchedMs: 90 * MINUTE }), play('l2', 5 * 24 * 60, 5 * 24 * 60 - 90, { network: 'lan', address: '192.168.1.9', watchedMs: 60 * MINUTE }), play('u', 7 * 24 * 60, 7 * 24 * 60 - 1, { network: 'unknown', watchedMs: MINUTE })];
    const { habits, more } = habitsOf(compared({ plays, servers: placed }));
    expect(more).toBe(0);
    expect(habits.map(({ place, network, servers, days, watchedMs, isCompared }) => [place, network, servers, days, watchedMs / MINUTE, isCompared])).toEqual([
      ['Lisbon', 'LAN of Attic, 192.168.1.x', ['Attic'], 2, 150, false],
      [null, HOME, ['Attic'], 2, 60, true],
      [null, AWAY, ['Cabin'], 1, 30, true],
      [null, null, ['Attic'], 1, 1, false],
    ]);
  });

  it('leaves out rare networks, but none that is compared', () => {
    const plays = [...Array.from({ length: 30 }, (_, index) => play(`${index}`, index * 24 * 60 + 90, index * 24 * 60, { address: `192.0.2.${index}` })), play('now-b', 1, null, { serverId: 'b', address: AWAY, watchedMs: 0 })];
    const { habits, more } = habitsOf(compared({ plays }));
    expect(habits).toHaveLength(13);
    expect(more).toBe(18);
    expect(habits.at(-1)).toMatchObject({ network: AWAY, watchedMs: MINUTE, isCompared: true });
  });
});
