import { describe, expect, it } from '@jest/globals';
import type { Session } from '@usher/contracts';
import { account, found, NOW, server, session, worldWith, type Given } from '../../test/mismatch-world.js';
import { MISMATCH_RULES, type MismatchRule } from './mismatch.js';
import { ruleStatesOf } from './rules.js';
import { distanceKm, type LanVisit, type WorldServer } from './world.js';

const LISBON = { label: 'Lisbon', lat: 38.7, lon: -9.1 };
const TOKYO = { label: 'Tokyo', lat: 35.7, lon: 139.7 };

describe('one person in two places', () => {
  const rule = 'two-places';
  const other = { address: '198.51.100.7' };

  it('is flagged on both sessions, with the same subject whatever plays', () => {
    const [finding, ...more] = found(rule, { a: [session('1')], b: [session('2', other)] });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ subject: 'p1', severity: 'high', text: 'Ada plays on Attic and Cabin at once, from two internet connections' });
    expect(finding!.flags).toEqual([{ sessionId: 'a:1', text: 'also on Cabin' }, { sessionId: 'b:2', text: 'also on Attic' }]);
    expect(finding!.evidence[0]).toMatchObject({ serverAlias: 'Attic', sessionId: 'a:1', userName: 'ada', identityName: 'Ada', address: '203.0.113.7', item: 'A Film' });
    expect(JSON.stringify(finding!.flags)).not.toContain('203.');
  });

  it.each<[string, Partial<Session>, Partial<Session>, Partial<WorldServer>[], string | null]>([
    ['two LANs far apart', { network: 'lan' }, { network: 'lan' }, [{ location: LISBON }, { location: TOKYO }], 'high'],
    ['two LANs of one place', { network: 'lan', address: '192.168.1.2' }, { network: 'lan', address: '10.0.0.2' }, [{ location: LISBON }, { location: LISBON }], null],
    ['two local networks without places', { network: 'lan', address: '192.168.1.2' }, { network: 'lan', address: '10.0.0.2' }, [{}, {}], 'medium'],
    ['one local network', { network: 'lan', address: '192.168.1.2' }, { network: 'lan', address: '192.168.1.9' }, [{}, {}], null],
    ['a LAN and the internet', { network: 'lan', address: '192.168.1.2' }, other, [{}, {}], 'medium'],
    ['one device in a LAN and over the internet', { network: 'lan', deviceId: 'd' }, { ...other, deviceId: 'd' }, [{}, {}], null],
    ['one internet connection', {}, {}, [{}, {}], null],
    ['a network that nobody tells', {}, { ...other, network: 'unknown' }, [{}, {}], null],
    ['an address that nobody tells', {}, { address: null }, [{}, {}], null],
  ])('%s', (_, one, two, [atA, atB], severity) => {
    const findings = found(rule, { servers: [server('a', atA), server('b', atB)], a: [session('1', one)], b: [session('2', two)] });
    expect(findings.map((finding) => finding.severity)).toEqual(severity ? [severity] : []);
  });

  it.each<[string, Given]>([
    ['on one server', { a: [session('1'), session('2', other)] }],
    ['while one is paused', { a: [session('1', {}, { state: 'paused' })], b: [session('2', other)] }],
    ['while one is a ghost', { a: [session('1', { ghost: true })], b: [session('2', other)] }],
    ['while one plays nothing', { a: [session('1', {}, null)], b: [session('2', other)] }],
    ['of two people', { accounts: [account('a', 'u1'), account('b', 'u1', { personId: null })], a: [session('1')], b: [session('2', other)] }],
  ])('not %s', (_, given) => expect(found(rule, given)).toEqual([]));
});

describe('two networks that a person was allowed', () => {
  const other = { address: '198.51.100.7' };
  const allowed = (...pairs: string[]) => new Map([['p1', { pairs: new Set(pairs), latestId: 'w1' }]]);
  const PAIR = 'wan:198.51.100.7|wan:203.0.113.7';

  it('are not flagged at once, in whichever direction and at whichever servers', () => {
    expect(found('two-places', { a: [session('1')], b: [session('2', other)], allowances: allowed(PAIR) })).toEqual([]);
    expect(found('two-places', { a: [session('1', other)], b: [session('2')], allowances: allowed(PAIR) })).toEqual([]);
  });

  it('say nothing of another network, of another person, or of one of them beside a third', () => {
    const third = { address: '192.0.2.9' };
    expect(found('two-places', { a: [session('1')], b: [session('2', third)], allowances: allowed(PAIR) })).toMatchObject([{ subject: 'p1|w1' }]);
    expect(found('two-places', { a: [session('1')], b: [session('2', other)], allowances: new Map([['p2', allowed(PAIR).get('p1')!]]) })).toMatchObject([{ subject: 'p1' }]);
    const [finding] = found('two-places', { servers: [server('a'), server('b')], a: [session('1')], b: [session('2', other), session('3', third)], allowances: allowed(PAIR) });
    expect(finding!.evidence.map(({ sessionId }) => sessionId)).toEqual(['a:1', 'b:3']);
    expect(finding!.flags.map(({ sessionId }) => sessionId)).toEqual(['a:1', 'b:3']);
  });

  it('are no impossible travel either', () => {
    const given = { servers: [server('a', { location: LISBON }), server('b', { location: TOKYO })], a: [session('1', { network: 'lan', address: '192.168.1.2' })], b: [session('2', { network: 'lan', address: '10.0.0.2' })] };
    expect(found('impossible-travel', { ...given, allowances: allowed(PAIR) })).toHaveLength(1);
    expect(found('impossible-travel', { ...given, allowances: allowed('lan:a:192.168.1|lan:b:10.0.0') })).toEqual([]);
  });
});

describe('impossible travel', () => {
  const servers = [server('a', { location: LISBON }), server('b', { location: TOKYO })];
  const lan = { network: 'lan' } as const;
  const visit = (minutes: number): LanVisit => ({ serverId: 'a', userId: 'u1', title: 'x', startedAtMs: NOW - 48 * 3_600_000, endedAtMs: NOW - minutes * 60_000 });

  it('is two LANs at the same time', () => {
    expect(found('impossible-travel', { servers, a: [session('1', lan)], b: [session('2', lan)] })).toMatchObject([{ subject: 'p1', severity: 'high', text: expect.stringMatching(/Lisbon|Tokyo/), flags: [{}, {}] }]);
  });

  it('is a LAN too soon after another', () => {
    expect(found('impossible-travel', { servers, lanVisits: [visit(70)], b: [session('2', lan)] })).toMatchObject([{ text: 'Ada was in Lisbon and in Tokyo within 60 min', flags: [{ sessionId: 'b:2', text: 'just in Lisbon' }] }]);
  });

  it.each<[string, Given]>([
    ['when there was time', { servers, lanVisits: [visit(24 * 60)], b: [session('2', lan)] }],
    ['over the internet', { servers, a: [session('1')], b: [session('2', lan)] }],
    ['without places', { a: [session('1', lan)], b: [session('2', lan)] }],
    ['of one town', { servers: [servers[0]!, server('b', { location: { label: 'Almada', lat: 38.68, lon: -9.16 } })], a: [session('1', lan)], b: [session('2', lan)] }],
  ])('is not %s', (_, given) => expect(found('impossible-travel', given)).toEqual([]));

  it('measures along the surface', () => expect(Math.round(distanceKm(LISBON, TOKYO) / 100)).toBe(111));
});

describe('addresses and names', () => {
  const people = [{ id: 'p1', name: 'Ada', emails: [{ email: 'ada@example.com', verified: true }] }, { id: 'p2', name: 'Eda', emails: [{ email: 'ada@example.com', verified: false }] }];
  const accounts = [account('a', 'u1'), account('b', 'u2', { personId: 'p2', name: 'eda' })];

  it('a verified address of two people', () => {
    expect(found('same-email', { people, accounts })).toMatchObject([{ subject: 'p1|p2', severity: 'medium', text: 'Ada and Eda share the address ada@example.com', flags: [] }]);
    expect(found('same-email', { people: [people[0]!, { ...people[1]!, emails: [] }], accounts: [accounts[0]!, { ...accounts[1]!, email: 'ADA@example.com' }] })).toHaveLength(1);
    expect(found('same-email', { people: people.map((person) => ({ ...person, emails: [{ email: 'ada@example.com', verified: false }] })), accounts })).toEqual([]);
  });

  it('one name with several addresses, unless it is one person', () => {
    const named = [account('a', 'u1', { email: 'one@example.com', personId: null }), account('b', 'u1', { email: 'two@example.com', name: 'ADA ', personId: null })];
    expect(found('look-alike-name', { accounts: named })).toMatchObject([{ subject: 'ada', severity: 'low' }]);
    expect(found('look-alike-name', { accounts: named.map((one) => ({ ...one, email: 'one@example.com' })) })).toEqual([]);
    expect(found('look-alike-name', { accounts: named.map((one) => ({ ...one, personId: 'p1' })) })).toEqual([]);
  });
});

describe('accounts that play', () => {
  it('and are disabled on another server', () => {
    const accounts = [account('a', 'u1', { enabled: false }), account('b', 'u1')];
    expect(found('disabled-elsewhere', { accounts, b: [session('2')] })).toMatchObject([{ subject: 'p1|a:u1', severity: 'high', text: 'Ada is disabled on Attic and plays on Cabin', flags: [{ sessionId: 'b:2', text: 'disabled on Attic' }] }]);
    expect(found('disabled-elsewhere', { accounts, a: [session('1')] })).toEqual([]);
  });

  it('and belong to no person, where others do', () => {
    const accounts = [account('a', 'u1', { personId: null }), account('b', 'u1')];
    expect(found('no-identity', { accounts, a: [session('1')] })).toMatchObject([{ subject: 'a:u1', severity: 'low', flags: [] }]);
    expect(found('no-identity', { accounts, people: [], a: [session('1')] })).toEqual([]);
  });

  it('and that their server does not name, although it was read since', () => {
    const unknown = { a: [session('1', { userId: 'new', userName: 'Neo' })] };
    expect(found('unknown-user', unknown)).toMatchObject([{ subject: 'a:new', severity: 'medium', flags: [{ sessionId: 'a:1' }] }]);
    expect(found('unknown-user', { ...unknown, servers: [server('a', { usersReadAtMs: NOW - 3_600_000 }), server('b')] })).toEqual([]);
    expect(found('unknown-user', { ...unknown, servers: [server('a', { usersReadAtMs: null }), server('b')] })).toEqual([]);
  });
});

describe('devices and ghosts', () => {
  const accounts = [account('a', 'u1'), account('a', 'u2', { personId: null, name: 'ben' })];

  it('one device of two people, one of them playing', () => {
    const a = [session('1', { deviceId: 'd' }), session('2', { deviceId: 'd', userId: 'u2' }, null)];
    expect(found('shared-device', { accounts, a })).toMatchObject([{ subject: 'd', text: 'Ada and ben are signed in on one device (TV)', flags: [{ sessionId: 'a:1', text: 'device also used by ben' }] }]);
    expect(found('shared-device', { accounts, a: a.map((one) => ({ ...one, stream: null })) })).toEqual([]);
    expect(found('shared-device', { accounts, a: [a[0]!, { ...a[1]!, userId: 'u1' }] })).toEqual([]);
    expect(found('shared-device', { accounts, a: a.map((one) => ({ ...one, deviceId: null })) })).toEqual([]);
  });

  it('a ghost', () => {
    expect(found('ghost', { a: [session('1', { ghost: true }), session('2')] })).toMatchObject([{ subject: 'a:1', severity: 'low', flags: [{ sessionId: 'a:1' }] }]);
  });
});

describe('what the rules can see', () => {
  it('is told for every rule', () => {
    const states = ruleStatesOf(worldWith({ people: [], servers: [server('a', { usersReadAtMs: null }), server('b')] }));
    expect(states.map(({ rule }) => rule)).toEqual([...MISMATCH_RULES]);
    expect(states.filter(({ runs }) => runs).map(({ rule }) => rule)).toEqual(['shared-device', 'unknown-user', 'ghost']);
    expect(states.find(({ rule }) => rule === 'unknown-user')!.reason).toContain('Attic');
  });

  it('needs people and places', () => {
    const reason = (rule: MismatchRule, given: Given) => ruleStatesOf(worldWith(given)).find((state) => state.rule === rule);
    expect(reason('impossible-travel', {})).toMatchObject({ runs: false, reason: 'Fewer than two servers have a place.' });
    expect(reason('impossible-travel', { servers: [server('a', { location: LISBON }), server('b', { location: TOKYO })] })).toMatchObject({ runs: true, reason: expect.stringContaining('LAN') });
    expect(reason('two-places', {})).toMatchObject({ runs: true, reason: expect.stringContaining('2 servers have no place') });
  });

  it('stays calm when a time cannot be read', () => {
    expect(found('ghost', { a: [session('1', { ghost: true }, { startedAt: 'yesterday' })] })[0]!.evidence[0]!.at).toBe(new Date(NOW).toISOString());
  });
});
