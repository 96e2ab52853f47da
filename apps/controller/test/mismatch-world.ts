import type { Session, Stream } from '@usher/contracts';
import type { MismatchRule } from '../src/mismatches/mismatch.js';
import { findingsOfRegister, findingsOfSessions } from '../src/mismatches/rules.js';
import { accountKey, worldOf, type Account, type LanVisit, type Person, type Register, type SeenTitle, type WorldLibrary, type WorldServer } from '../src/mismatches/world.js';

export const NOW = Date.parse('2026-01-01T12:00:00.000Z');
const minutesAgo = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

export const server = (id: string, more: Partial<WorldServer> = {}): WorldServer => ({ id, alias: id === 'a' ? 'Attic' : 'Cabin', location: null, usersReadAtMs: NOW, ...more });
export const account = (serverId: string, userId: string, more: Partial<Account> = {}): Account => ({ serverId, userId, name: 'ada', email: null, enabled: true, isAdministrator: false, libraries: 'all', personId: 'p1', ...more });
export const session = (vendorId: string, more: Partial<Session> = {}, stream: Partial<Stream> | null = {}) =>
  ({
    vendorId, userId: 'u1', userName: 'ada', deviceId: `device ${vendorId}`, deviceName: 'TV', address: '203.0.113.7', network: 'wan', lastSeenAt: minutesAgo(0), ghost: false, item: { title: 'A Film', seriesTitle: null },
    stream: stream && { playbackId: vendorId, startedAt: minutesAgo(10), state: 'playing', ...stream }, ...more,
  }) as Session;

export interface Given {
  servers?: WorldServer[];
  accounts?: Account[];
  people?: Omit<Person, 'accounts'>[];
  lanVisits?: LanVisit[];
  libraries?: WorldLibrary[];
  seenTitles?: SeenTitle[];
  looks?: Register['looks'];
  allowances?: Register['allowances'];
  a?: Session[];
  b?: Session[];
}

/** Ada has an account on both servers unless told otherwise. */
export function worldWith({ servers = [server('a'), server('b')], accounts = [account('a', 'u1'), account('b', 'u1')], people = [{ id: 'p1', name: 'Ada', emails: [] }], lanVisits = [], libraries = [], seenTitles = [], looks = { accounts: 2, looked: 2 }, allowances = new Map(), a = [], b = [] }: Given) {
  const register: Register = {
    servers: new Map(servers.map((one) => [one.id, one])),
    accounts: new Map(accounts.map((one) => [accountKey(one.serverId, one.userId), one])),
    people: new Map(people.map((one) => [one.id, { ...one, accounts: accounts.filter(({ personId }) => personId === one.id) }])),
    lanVisits,
    libraries,
    seenTitles,
    looks,
    allowances,
  };
  return worldOf(register, [{ serverId: 'a', sessions: a }, { serverId: 'b', sessions: b }, { serverId: 'gone', sessions: [session('x')] }], NOW);
}

export function found(rule: MismatchRule, given: Given) {
  const world = worldWith(given);
  return [...findingsOfRegister(world), ...findingsOfSessions(world)].filter((finding) => finding.rule === rule);
}
