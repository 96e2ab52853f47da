import type { Evidence, Finding } from './mismatch.js';
import { maySee } from './permission.rules.js';
import { accountKey, evidenceOfAccount, groupBy, type LiveSession, type Person, type SeenTitle, type World } from './world.js';

/** Resume points that are closer are one: vendors round, and players report now and then. */
const APART_MS = 5 * 60_000;
/** Who got this far has seen it: vendors draw that line at different places. */
const SEEN_SHARE = 0.9;
const MAX_TITLES = 20;

/** What a person's accounts on one server say of a title, several copies of it together. */
interface Side {
  readonly serverId: string;
  readonly seen: SeenTitle;
  readonly played: boolean;
  readonly positionMs: number;
  /** It plays there now; then `positionMs` is where. */
  readonly session: LiveSession | null;
  readonly isOld: boolean;
}

interface Difference {
  readonly title: string;
  readonly sides: readonly [Side, Side];
  /** Of the side that plays: where the other one goes on. */
  readonly flag: { readonly sessionId: string; readonly text: string } | null;
}

/** M6: played on one server and not on the other, or resume points too far apart. One finding for a person and two servers. */
export function watchStates(world: World): Finding[] {
  const playing = groupBy(world.sessions, ({ server, account, session }) => (account && session.item && session.stream && !session.ghost ? `${accountKey(server.id, account.userId)}:${session.item.itemId}` : null));
  return [...groupBy(world.seenTitles.filter((seen) => counts(world, seen)), ({ personId }) => personId)].flatMap(([personId, titles]) => {
    const person = world.people.get(personId);
    if (!person) return [];
    const differences = [...groupBy(titles, ({ itemId }) => itemId).values()].flatMap((same) => pairsOf(sidesOf(same, playing)).flatMap((pair) => differenceOf(world, pair) ?? []));
    return [...groupBy(differences, ({ sides: [a, b] }) => `${a.serverId}|${b.serverId}`)].map(([pair, all]) => findingOf(world, person, pair, all));
  });
}

/** What a person may not see, or an account that is switched off, says nothing of what was watched. */
function counts(world: World, { serverId, userId, libraryVendorId, personId }: SeenTitle): boolean {
  const account = world.accounts.get(accountKey(serverId, userId));
  return account !== undefined && account.enabled && account.personId === personId && world.servers.has(serverId) && maySee(account.libraries, libraryVendorId);
}

function sidesOf(same: readonly SeenTitle[], playing: ReadonlyMap<string, LiveSession[]>): Side[] {
  return [...groupBy(same, ({ serverId }) => serverId)].map(([serverId, copies]): Side => {
    const session = copies.flatMap(({ userId, vendorId }) => playing.get(`${accountKey(serverId, userId)}:${vendorId}`) ?? [])[0] ?? null;
    const read = copies.map(settled);
    return {
      serverId,
      seen: copies[0]!,
      played: read.some(({ played }) => played),
      positionMs: session?.session.stream?.positionMs ?? Math.max(...read.map(({ positionMs }) => positionMs)),
      session,
      isOld: copies.some(({ isOld }) => isOld),
    };
  });
}

function settled({ played, positionMs, durationMs }: SeenTitle): { played: boolean; positionMs: number } {
  return durationMs !== null && positionMs >= durationMs * SEEN_SHARE ? { played: true, positionMs: 0 } : { played, positionMs };
}

/** Of two servers each, in the order of their ids. */
function pairsOf(sides: readonly Side[]): [Side, Side][] {
  const ordered = sides.toSorted((a, b) => (a.serverId < b.serverId ? -1 : 1));
  return ordered.flatMap((a, index) => ordered.slice(index + 1).map((b): [Side, Side] => [a, b]));
}

/** Null when both say the same, or nobody knows: what was played since it was read is read again first. */
function differenceOf(world: World, sides: [Side, Side]): Difference | null {
  const [a, b] = sides;
  const difference = { title: a.seen.title, sides, flag: null };
  if (a.session && b.session) return null;
  const [live, other] = a.session ? [a, b] : [b, a];
  if (!live.session) return a.isOld || b.isOld || !isApart(a, b) ? null : difference;
  // where it plays it moves on by itself; it is only worth a word when there is more to skip to
  if (other.isOld || other.positionMs - live.positionMs <= APART_MS) return null;
  return { ...difference, flag: { sessionId: live.session.id, text: `${aliasOf(world, other)} stopped at ${clockOf(other.positionMs)}` } };
}

function isApart(a: Side, b: Side): boolean {
  return a.played !== b.played || Math.abs(a.positionMs - b.positionMs) > APART_MS;
}

function findingOf(world: World, person: Person, pair: string, all: readonly Difference[]): Finding {
  const differences = all.toSorted((a, b) => (a.title < b.title ? -1 : 1));
  const [first] = differences;
  const between = first!.sides.map((side) => aliasOf(world, side)).join(' and ');
  return {
    rule: 'watch-state',
    subject: `${person.id}|${pair}`,
    severity: 'low',
    text: differences.length === 1 ? `${person.name}: “${first!.title}” differs between ${between}` : `${person.name}: ${differences.length} titles differ between ${between}`,
    why: 'They are played on one server and not on the other, or their resume points are more than 5 minutes apart. Only films and episodes that both servers hold and that were touched lately are compared; whoever watches on one server only looks the same.',
    evidence: differences.slice(0, MAX_TITLES).flatMap(({ sides }) => sides.map((side) => evidenceOf(world, side))),
    flags: differences.flatMap(({ flag }) => flag ?? []),
  };
}

function evidenceOf(world: World, side: Side): Evidence {
  const { seen, session } = side;
  const account = world.accounts.get(accountKey(seen.serverId, seen.userId))!;
  return { ...evidenceOfAccount(world, account), sessionId: session?.id ?? null, item: seen.title, detail: wordOf(side), at: new Date(session ? world.nowMs : seen.lookedAtMs).toISOString() };
}

function wordOf({ played, positionMs, session }: Side): string {
  if (session) return `plays at ${clockOf(positionMs)}`;
  if (positionMs > 0) return `${played ? 'played, ' : ''}stopped at ${clockOf(positionMs)}`;
  return played ? 'played' : 'not played';
}

function aliasOf(world: World, { serverId }: Side): string {
  return world.servers.get(serverId)!.alias;
}

/** `1:02:10`, `12:05` */
function clockOf(ms: number): string {
  const s = Math.floor(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(s / 3_600), Math.floor(s / 60) % 60, s % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
