import type { Finding, MismatchSeverity } from './mismatch.js';
import { accountKey, distanceKm, evidenceOf, groupBy, isPlaying, placeOf, whereaboutsOf, whereOf, type LanVisit, type LiveSession, type Person, type PlayingSession, type World } from './world.js';
import type { Location } from '../servers/server-settings.js';
import { networkOf, pairOf } from './networks.js';

/** Closer than this is one place: two houses of a town. */
export const SAME_PLACE_KM = 50;
const TRAVEL_KM = 100;
/** Faster than airliners. */
export const FASTEST_KMH = 1_000;
const HOUR_MS = 3_600_000;

/** M1: one person plays on two servers at once, from different networks or places. */
export function twoPlaces(world: World): Finding[] {
  return playingByPerson(world).flatMap(([person, all]) => {
    const pairs = pairsOf(all).filter((pair) => !isAllowed(world, person, ...pair));
    const apart = strongest(pairs.flatMap(([one, other]) => apartness(one, other) ?? []));
    if (!apart) return [];
    const sessions = all.filter((session) => pairs.some((pair) => pair.includes(session)));
    const aliases = [...new Set(sessions.map(({ server }) => server.alias))].sort();
    return [{
      rule: 'two-places' as const,
      subject: subjectOf(world, person),
      severity: apart.severity,
      text: `${person.name} plays on ${listOf(aliases)} at once, ${apart.how}`,
      why: apart.why,
      evidence: sessions.map((session) => evidenceOf(session, world.nowMs)),
      flags: sessions.map((session) => ({ sessionId: session.id, text: `also on ${listOf(sessions.filter((other) => other.server.id !== session.server.id).map(whereOf))}` })),
    }];
  });
}

interface Apart {
  readonly severity: MismatchSeverity;
  readonly how: string;
  readonly why: string;
}

/** Null when both may be one place, or nobody can tell. */
function apartness(one: LiveSession, other: LiveSession): Apart | null {
  const [a, b] = [one.session, other.session];
  if (a.network === 'lan' && b.network === 'lan') return apartInLans(one, other);
  if (a.network === 'wan' && b.network === 'wan') {
    if (a.address === null || b.address === null || networkOf(a.address) === networkOf(b.address)) return null;
    return { severity: 'high', how: 'from two internet connections', why: `The streams go to ${a.address} and ${b.address}, which are two internet connections. A phone on mobile data beside a player at home looks the same.` };
  }
  const [inside, outside] = a.network === 'lan' ? [one, other] : [other, one];
  if (inside.session.network !== 'lan' || outside.session.network !== 'wan') return null;
  if (a.deviceId !== null && a.deviceId === b.deviceId) return null;
  return {
    severity: 'medium',
    how: 'once at home and once over the internet',
    why: `One stream stays in the LAN of ${inside.server.alias}, the other leaves ${outside.server.alias} over the internet. A household that uses both servers looks the same.`,
  };
}

function apartInLans(one: LiveSession, other: LiveSession): Apart | null {
  const [place, otherPlace] = [placeOf(one), placeOf(other)];
  if (place && otherPlace) {
    const km = distanceKm(place, otherPlace);
    if (km < SAME_PLACE_KM) return null;
    return { severity: 'high', how: `in ${place.label} and ${otherPlace.label}`, why: `Both streams stay in the LAN of their server, and the servers are ${Math.round(km)} km apart.` };
  }
  const [address, otherAddress] = [one.session.address, other.session.address];
  if (address === null || otherAddress === null || networkOf(address) === networkOf(otherAddress)) return null;
  return { severity: 'medium', how: 'from two local networks', why: `The players are in two local networks (${address} and ${otherAddress}). Two networks of one house look the same: give both servers a place to tell them apart.` };
}

/** M2: two sessions in LANs that nobody can travel between in the time. */
export function impossibleTravel(world: World): Finding[] {
  const visits = groupBy(world.lanVisits, ({ serverId, userId }) => world.accounts.get(accountKey(serverId, userId))?.personId ?? null);
  return playingByPerson(world).flatMap(([person, sessions]) => {
    const here = sessions.flatMap((session) => sightingOf(session) ?? []);
    const before = (visits.get(person.id) ?? []).flatMap((visit) => sightingOfVisit(world, visit) ?? []);
    const trips = here.flatMap((to) => [...here, ...before].flatMap((from) => (from.live && to.live && isAllowed(world, person, from.live, to.live) ? [] : (tripOf(from, to, world.nowMs) ?? []))));
    const trip = trips.sort((a, b) => b.km - a.km)[0];
    if (!trip) return [];
    const { from, to, km, gapMs } = trip;
    const time = gapMs === 0 ? 'at the same time' : `within ${Math.max(1, Math.round(gapMs / 60_000))} min`;
    return [{
      rule: 'impossible-travel' as const,
      subject: subjectOf(world, person),
      severity: 'high' as const,
      text: `${person.name} was in ${from.place.label} and in ${to.place.label} ${time}`,
      why: `${Math.round(km)} km lie between ${from.alias} and ${to.alias}; both playbacks stayed in the LAN of their server. Only such playbacks have a place: that of the server.`,
      evidence: [from, to].flatMap(({ live }) => (live ? [evidenceOf(live, world.nowMs)] : [])),
      flags: [...new Map([from, to].flatMap(({ live }, index) => (live ? [[live.id, { sessionId: live.id, text: `${gapMs === 0 ? 'also' : 'just'} in ${(index === 0 ? to : from).place.label}` }] as const] : []))).values()],
    }];
  });
}

interface Sighting {
  readonly live: LiveSession | null;
  readonly serverId: string;
  readonly alias: string;
  readonly place: Location;
  readonly fromMs: number;
  /** Null = still there. */
  readonly untilMs: number | null;
}

function sightingOf(live: PlayingSession): Sighting | null {
  const place = placeOf(live);
  const fromMs = Date.parse(live.session.stream.startedAt);
  return place && !Number.isNaN(fromMs) ? { live, serverId: live.server.id, alias: live.server.alias, place, fromMs, untilMs: null } : null;
}

function sightingOfVisit(world: World, { serverId, startedAtMs, endedAtMs }: LanVisit): Sighting | null {
  const server = world.servers.get(serverId);
  return server?.location ? { live: null, serverId, alias: server.alias, place: server.location, fromMs: startedAtMs, untilMs: endedAtMs } : null;
}

/** Null when it can be done. `to` goes on now. */
function tripOf(from: Sighting, to: Sighting, nowMs: number): { from: Sighting; to: Sighting; km: number; gapMs: number } | null {
  if (from.serverId === to.serverId) return null;
  const km = distanceKm(from.place, to.place);
  const gapMs = Math.max(0, to.fromMs - (from.untilMs ?? nowMs));
  const isPossible = km < TRAVEL_KM || (gapMs > 0 && km / (gapMs / HOUR_MS) <= FASTEST_KMH);
  return isPossible ? null : { from, to, km, gapMs };
}

/** Once something was allowed, what is still found is another thing than what was answered. */
function subjectOf({ allowances }: World, { id }: Person): string {
  const allowance = allowances.get(id);
  return allowance ? `${id}|${allowance.latestId}` : id;
}

/** Somebody said that this person may use exactly these two networks at once. */
function isAllowed({ allowances }: World, { id }: Person, one: LiveSession, other: LiveSession): boolean {
  const pair = pairOf(whereaboutsOf(one), whereaboutsOf(other));
  return pair !== null && allowances.get(id)?.pairs.has(pair) === true;
}

function playingByPerson(world: World): [Person, PlayingSession[]][] {
  const groups = groupBy(world.sessions.filter(isPlaying), ({ person }) => person?.id ?? null);
  return [...groups.values()].map((sessions) => [sessions[0]!.person!, sessions]);
}

/** Of two servers each. */
function pairsOf(sessions: readonly LiveSession[]): [LiveSession, LiveSession][] {
  return sessions.flatMap((one, index) => sessions.slice(index + 1).filter((other) => other.server.id !== one.server.id).map((other): [LiveSession, LiveSession] => [one, other]));
}

function strongest(found: readonly Apart[]): Apart | null {
  return found.find(({ severity }) => severity === 'high') ?? found[0] ?? null;
}

export function listOf(names: readonly string[]): string {
  const unique = [...new Set(names)];
  return unique.length < 2 ? (unique[0] ?? '') : `${unique.slice(0, -1).join(', ')} and ${unique.at(-1)}`;
}
