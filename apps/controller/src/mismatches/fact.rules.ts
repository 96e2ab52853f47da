import { normalizeEmail } from '@usher/matching';
import type { AccountLink, Compared, Fact, Side } from './comparison.js';
import { daysTogether, deviceFirstSeenMs, reachOf, useOf } from './ledger.rules.js';
import { networkKeyOf, networkLabel } from './networks.js';
import { FASTEST_KMH, listOf, SAME_PLACE_KM } from './place.rules.js';
import { distanceKm } from './world.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WINDOW_DAYS = 90;
/** Below it nothing is called probable. */
const LEAST_WEIGHED = 3;

/** The two sides that are weighed: of two servers and, where there are such, of two networks. */
export function pairOfSides(sides: readonly Side[]): readonly [Side, Side] | null {
  const playing = sides.filter(({ evidence }) => evidence.sessionId !== null);
  const pairs = playing.flatMap((one, index) => playing.slice(index + 1).map((other) => [one, other] as const));
  const servers = pairs.filter(([one, other]) => one.evidence.serverId !== other.evidence.serverId);
  return servers.find(([one, other]) => networkKeyOf(one.evidence) !== networkKeyOf(other.evidence)) ?? servers[0] ?? null;
}

/** What speaks for two people with one account, what against it, and what nobody knows. Only of sessions of one person at two servers. */
export function factsOf(compared: Compared): Fact[] {
  const pair = pairOfSides(compared.sides);
  if (!pair || (compared.rule !== 'two-places' && compared.rule !== 'impossible-travel')) return [];
  const facts = [playing(pair, compared), distance(pair, compared), networks(pair, compared), ...newNetworks(pair, compared), device(pair, compared), email(pair, compared), link(pair, compared), ...relays(pair)];
  return ['for', 'against', 'open'].flatMap((side) => facts.filter((one) => one.side === side));
}

/** One sentence before everything else; null where nothing was weighed. */
export function verdictOf(facts: readonly Fact[]): string | null {
  if (facts.length === 0) return null;
  const [forIt, against] = [countOf(facts, 'for'), countOf(facts, 'against')];
  if (forIt + against < LEAST_WEIGHED) return 'Too little is known to tell';
  if (forIt === against) return 'As much speaks for two people as against it';
  return forIt > against ? 'Probably two people with one account' : 'Probably one person';
}

function countOf(facts: readonly Fact[], side: Fact['side']): number {
  return facts.filter((one) => one.side === side).length;
}

/** Along the surface; null where not both sides have a place. */
export function distanceOf([one, other]: readonly [Side, Side], { servers }: Pick<Compared, 'servers'>): number | null {
  const [from, to] = [one, other].map(({ evidence }) => (evidence.network === 'lan' ? (servers.get(evidence.serverId)?.location ?? null) : null));
  return from && to ? Math.round(distanceKm(from, to)) : null;
}

type Pair = readonly [Side, Side];

const fact = (side: Fact['side'], text: string, detail: string | null, atMs: number | null = null): Fact => ({ side, text, detail, at: atMs === null ? null : new Date(atMs) });

function playing(pair: Pair, { nowMs }: Compared): Fact {
  const silent = pair.filter(({ state }) => state === null).map(({ evidence }) => evidence.serverAlias);
  if (silent.length > 0) return fact('open', 'Not both play now', `${listOf(silent)}: ended, or the server does not answer`);
  const paused = pair.filter(({ state }) => state === 'paused').map(({ evidence }) => evidence.serverAlias);
  if (paused.length > 0) return fact('against', paused.length === 1 ? 'One of them is paused' : 'Both are paused', `${listOf(paused)}: a screen that was left on looks like this`);
  const began = pair.flatMap(({ startedAtMs }) => startedAtMs ?? []);
  return fact('for', 'Both play, neither is paused', began.length < 2 ? 'since when is not reported' : `${minutesText(nowMs - Math.max(...began))} so far`);
}

function distance(pair: Pair, compared: Compared): Fact {
  const km = distanceOf(pair, compared);
  if (km === null) return fact('open', 'Distance not known', "only a playback in a server's own LAN has a place, that of the server");
  if (km < SAME_PLACE_KM) return fact('against', `${km} km apart`, 'both may be at one place');
  return fact('for', `${km.toLocaleString('en-US')} km apart`, `the fastest flight takes ${minutesText((km / FASTEST_KMH) * 60 * MINUTE_MS)}`);
}

/** What went on in the last day is the same story: it proves no habit. */
function networks([one, other]: Pair, { plays, nowMs }: Compared): Fact {
  const [a, b] = [one, other].map(({ evidence }) => networkKeyOf(evidence));
  if (a === null || b === null) return fact('open', 'Networks not known', tell([one, other].filter(({ evidence }) => networkKeyOf(evidence) === null).map(({ evidence }) => evidence.serverAlias), 'no address'));
  if (a === b) return fact('against', 'One network', networkLabel(one.evidence, one.evidence.serverAlias));
  const reach = reachOf(plays);
  if (reach === null || nowMs - reach < DAY_MS) return fact('open', 'Networks seen together: not known', 'the ledger knows these accounts for less than a day');
  const days = daysTogether(plays, one.evidence, other.evidence, nowMs - DAY_MS);
  const window = `in the ${Math.min(WINDOW_DAYS, Math.ceil((nowMs - reach) / DAY_MS))} d before today`;
  return days === 0 ? fact('for', 'Networks never seen together', `0 times ${window}`) : fact('against', 'Networks seen together before', `on ${days} ${days === 1 ? 'day' : 'days'} ${window}`);
}

/** A network that appeared today, for somebody whom the ledger knows for longer. */
function newNetworks(pair: Pair, { plays, nowMs }: Compared): Fact[] {
  const reach = reachOf(plays);
  if (reach === null || nowMs - reach < DAY_MS) return [];
  return pair.flatMap(({ evidence }) => {
    const use = useOf(plays, evidence);
    if (!use || nowMs - use.firstSeenAtMs >= DAY_MS) return [];
    return [fact('for', `New network at ${evidence.serverAlias}`, `${networkLabel(evidence, evidence.serverAlias)}, first seen`, use.firstSeenAtMs)];
  });
}

function device(pair: Pair, { plays, nowMs }: Compared): Fact {
  const unnamed = pair.filter(({ evidence }) => evidence.deviceName === null).map(({ evidence }) => evidence.serverAlias);
  const reach = reachOf(plays);
  if (unnamed.length > 0) return fact('open', 'Devices not known', tell(unnamed, 'no device'));
  if (reach === null || nowMs - reach < DAY_MS) return fact('open', 'Whether a device is new: not known', 'the ledger knows these accounts for less than a day');
  const seen = pair.map(({ evidence }) => ({ name: evidence.deviceName!, atMs: deviceFirstSeenMs(plays, evidence.deviceName) }));
  const fresh = seen.filter(({ atMs }) => atMs === null || nowMs - atMs < DAY_MS);
  if (fresh.length === 0) return fact('against', 'Both devices are known', `${seen.map(({ name, atMs }) => `${name} for ${Math.floor((nowMs - atMs!) / DAY_MS)} d`).join(', ')}`);
  const newest = fresh.sort((a, b) => (b.atMs ?? nowMs) - (a.atMs ?? nowMs))[0]!;
  return fact('for', `New device: ${newest.name}`, newest.atMs === null ? 'never seen before' : 'first seen', newest.atMs);
}

function accountOf({ evidence }: Side, accounts: readonly AccountLink[]): AccountLink | undefined {
  return accounts.find(({ serverId, userId }) => serverId === evidence.serverId && userId === evidence.userId);
}

function email(pair: Pair, { accounts, verified }: Compared): Fact {
  const told = pair.map((side) => ({ alias: side.evidence.serverAlias, email: addressOf(accountOf(side, accounts)) }));
  const silent = told.filter((one) => one.email === null).map(({ alias }) => alias);
  if (silent.length > 0) return fact('open', 'E-mail not known', tell(silent, 'no address of the account'));
  if (told[0]!.email !== told[1]!.email) return fact('for', 'The e-mail addresses differ', told.map((one) => `${one.alias}: ${one.email}`).join(', '));
  const by = verified.get(told[0]!.email!);
  return fact('against', 'The e-mail is the same', by === undefined ? 'verified by nobody' : `verified by ${by}`);
}

function addressOf(account: AccountLink | undefined): string | null {
  return account?.email == null ? null : (normalizeEmail(account.email) ?? account.email);
}

/** Only a verified address or one Plex account proves that two accounts are of one person. */
function link(pair: Pair, { accounts }: Compared): Fact {
  const links = pair.map((side) => accountOf(side, accounts));
  const proven = links.every((one) => one?.evidence === 'email' || one?.evidence === 'plex');
  if (proven) return fact('against', 'The accounts were linked by proof', links.some((one) => one!.evidence === 'email') ? 'a verified address' : 'one Plex account');
  const by = [...new Set(links.flatMap((one) => one?.linkedBy ?? []))];
  return fact('open', 'Are these accounts of one person?', by.length === 0 ? 'who linked them is not known' : `linked on the word of ${listOf(by)}`);
}

function relays(pair: Pair): Fact[] {
  if (pair.every(({ evidence }) => evidence.network === 'lan')) return [];
  return [fact('open', 'VPN or relay?', 'Usher knows no places of addresses and no list of relays')];
}

function tell(aliases: readonly string[], what: string): string {
  return `${listOf(aliases)} ${new Set(aliases).size === 1 ? 'tells' : 'tell'} ${what}`;
}

function minutesText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
