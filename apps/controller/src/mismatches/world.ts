import { sessionIdOf, type Session, type Stream } from '@usher/contracts';
import type { Location } from '../servers/server-settings.js';
import type { Evidence } from './mismatch.js';
import type { Whereabouts } from './networks.js';

export interface WorldServer {
  readonly id: string;
  readonly alias: string;
  readonly location: Location | null;
  /** When its accounts were read last; null = never. */
  readonly usersReadAtMs: number | null;
}

export interface Account {
  readonly serverId: string;
  readonly userId: string;
  readonly name: string;
  /** As the media server tells it. */
  readonly email: string | null;
  readonly enabled: boolean;
  readonly isAdministrator: boolean;
  /** Vendor ids; null = its server does not tell. */
  readonly libraries: 'all' | readonly string[] | null;
  readonly personId: string | null;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly emails: readonly { readonly email: string; readonly verified: boolean }[];
  readonly accounts: readonly Account[];
}

/** A playback in a server's own LAN that is over. */
export interface LanVisit {
  readonly serverId: string;
  readonly userId: string;
  readonly title: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

export interface WorldLibrary {
  readonly serverId: string;
  readonly vendorId: string;
  readonly name: string;
  readonly type: string;
}

/** A title of the fleet as one account of a person has it; only titles of which the person's servers say different things. */
export interface SeenTitle {
  readonly personId: string;
  /** Of the fleet. */
  readonly itemId: string;
  readonly title: string;
  readonly durationMs: number | null;
  readonly serverId: string;
  readonly userId: string;
  readonly vendorId: string;
  readonly libraryVendorId: string;
  readonly played: boolean;
  readonly positionMs: number;
  readonly lookedAtMs: number;
  /** The account played it since. */
  readonly isOld: boolean;
}

/** Pairs of networks that one person may use at once, as `pairKey` names them, and the newest of these answers. */
export interface Allowed {
  readonly pairs: ReadonlySet<string>;
  readonly latestId: string;
}

/** What the rules look at besides the live sessions. */
export interface Register {
  readonly servers: ReadonlyMap<string, WorldServer>;
  /** By `accountKey`. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly people: ReadonlyMap<string, Person>;
  readonly lanVisits: readonly LanVisit[];
  readonly libraries: readonly WorldLibrary[];
  readonly seenTitles: readonly SeenTitle[];
  /** Of the accounts whose states can be compared: how many there are, and how many were looked at. */
  readonly looks: { readonly accounts: number; readonly looked: number };
  /** By person. */
  readonly allowances: ReadonlyMap<string, Allowed>;
}

/** One session of a server that answers, with whom it belongs to. */
export interface LiveSession {
  readonly id: string;
  readonly server: WorldServer;
  readonly session: Session;
  readonly account: Account | null;
  readonly person: Person | null;
}

export interface World extends Register {
  readonly nowMs: number;
  readonly sessions: readonly LiveSession[];
}

export function accountKey(serverId: string, userId: string): string {
  return `${serverId}:${userId}`;
}

/** Sessions of servers that are not registered any more are left out. */
export function worldOf(register: Register, lists: readonly { readonly serverId: string; readonly sessions: readonly Session[] }[], nowMs: number): World {
  const sessions = lists.flatMap(({ serverId, sessions: list }) => {
    const server = register.servers.get(serverId);
    if (!server) return [];
    return list.map((session): LiveSession => {
      const account = session.userId === null ? null : (register.accounts.get(accountKey(serverId, session.userId)) ?? null);
      const person = account?.personId ? (register.people.get(account.personId) ?? null) : null;
      return { id: sessionIdOf(serverId, session.vendorId), server, session, account, person };
    });
  });
  return { ...register, nowMs, sessions };
}

export type PlayingSession = LiveSession & { readonly session: Session & { readonly stream: Stream } };

/** Sends media now: not paused, and not only left over in the list of its server. */
export function isPlaying(live: LiveSession): live is PlayingSession {
  const { stream, ghost } = live.session;
  return stream !== null && stream.state !== 'paused' && !ghost;
}

export function groupBy<T, K>(values: Iterable<T>, keyOf: (value: T) => K | null): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

export function nameOf({ session, account, person }: LiveSession): string {
  return person?.name ?? account?.name ?? session.userName ?? 'Somebody';
}

/** A session in the LAN of its server is where the server is; nobody tells where others are. */
export function placeOf({ server, session }: LiveSession): Location | null {
  return session.network === 'lan' ? server.location : null;
}

export function whereaboutsOf({ server, session }: LiveSession): Whereabouts {
  return { serverId: server.id, network: session.network, address: session.address };
}

/** `Cabin`, or `Cabin (Tokyo)` where the place is known. */
export function whereOf(live: LiveSession): string {
  const place = placeOf(live);
  return place ? `${live.server.alias} (${place.label})` : live.server.alias;
}

export function evidenceOf(live: LiveSession, nowMs: number): Evidence {
  const { id, server, session, account, person } = live;
  return {
    ...EMPTY,
    serverId: server.id,
    serverAlias: server.alias,
    sessionId: id,
    userId: session.userId,
    userName: account?.name ?? session.userName,
    identityId: person?.id ?? null,
    identityName: person?.name ?? null,
    deviceName: session.deviceName,
    address: session.address,
    network: session.network,
    place: placeOf(live)?.label ?? null,
    item: session.item ? [session.item.seriesTitle, session.item.title].filter(Boolean).join(': ') : null,
    at: timeOr(session.stream?.startedAt ?? session.lastSeenAt, nowMs),
  };
}

export function evidenceOfAccount(world: World, account: Account): Evidence {
  const { serverId, userId, name, personId } = account;
  return {
    ...EMPTY,
    serverId,
    serverAlias: world.servers.get(serverId)?.alias ?? serverId,
    userId,
    userName: name,
    identityId: personId,
    identityName: personId === null ? null : (world.people.get(personId)?.name ?? null),
    at: new Date(world.servers.get(serverId)?.usersReadAtMs ?? world.nowMs).toISOString(),
  };
}

const EMPTY = { sessionId: null, userId: null, userName: null, identityId: null, identityName: null, deviceName: null, address: null, network: null, place: null, item: null, detail: null } as const;

/** Times of sessions are the vendors'; one that cannot be read must not stop a check. */
function timeOr(text: string | null, nowMs: number): string {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return new Date(Number.isNaN(ms) ? nowMs : ms).toISOString();
}

const EARTH_RADIUS_KM = 6_371;

/** Along the surface. */
export function distanceKm(a: Location, b: Location): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const half = Math.sin(rad(b.lat - a.lat) / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(half)));
}
