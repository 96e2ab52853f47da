import type { Evidence, Finding } from './mismatch.js';
import { evidenceOfAccount, groupBy, type Account, type Person, type World, type WorldLibrary } from './world.js';

const MAX_EVIDENCE = 100;

/** What a person sees of one library on one server. */
interface Sight {
  readonly account: Account;
  readonly library: WorldLibrary;
  readonly isAllowed: boolean;
}

/** M8: a library is allowed to a person on one server, and not on another. */
export function permissionDrift(world: World): Finding[] {
  const libraries = groupBy(world.libraries, ({ serverId }) => serverId);
  return [...world.people.values()].flatMap((person) => {
    const sights = [...groupBy(person.accounts, ({ serverId }) => serverId).values()].flatMap((accounts) => sightsOf(accounts, libraries));
    const apart = [...groupBy(sights, ({ library }) => keyOf(library)).values()].filter((same) => same.some(({ isAllowed }) => isAllowed) && same.some(({ isAllowed }) => !isAllowed));
    return apart.length === 0 ? [] : [findingOf(world, person, apart)];
  });
}

/**
 * Nothing is said of a server where one of the person's accounts is an administrator, who can take what is not given, or
 * where nobody knows what an account may see. A disabled account sees nothing on purpose. Of two libraries of one name and
 * kind on one server nobody knows which is meant.
 */
function sightsOf(accounts: readonly Account[], librariesOf: ReadonlyMap<string, readonly WorldLibrary[]>): Sight[] {
  const enabled = accounts.filter((account) => account.enabled);
  const [account] = enabled;
  if (!account || enabled.some(({ isAdministrator, libraries }) => isAdministrator || libraries === null)) return [];
  const named = groupBy(librariesOf.get(account.serverId) ?? [], keyOf);
  return [...named.values()].flatMap(([library, ...more]) => (more.length > 0 ? [] : [{ account, library: library!, isAllowed: enabled.some(({ libraries }) => maySee(libraries, library!.vendorId)) }]));
}

/** True also where nobody knows. */
export function maySee(libraries: Account['libraries'], libraryVendorId: string): boolean {
  return libraries === null || libraries === 'all' || libraries.includes(libraryVendorId);
}

/** The same library on two servers has the same name, whatever its case, and the same kind. */
function keyOf({ name, type }: WorldLibrary): string {
  return `${type}|${name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()}`;
}

function findingOf(world: World, person: Person, apart: readonly Sight[][]): Finding {
  const libraries = apart.map((same) => ({ name: same[0]!.library.name.trim(), same })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const aliases = (same: readonly Sight[], allowed: boolean) => same.filter(({ isAllowed }) => isAllowed === allowed).map(({ account }) => world.servers.get(account.serverId)?.alias ?? account.serverId).sort().join(', ');
  const [first, ...more] = libraries;
  const text = more.length === 0
    ? `${person.name} sees “${first!.name}” on ${aliases(first!.same, true)} and not on ${aliases(first!.same, false)}`
    : `${person.name} sees ${libraries.length} libraries on one server and not on another: ${libraries.map(({ name }) => name).slice(0, 5).join(', ')}${libraries.length > 5 ? ` and ${libraries.length - 5} more` : ''}`;
  return {
    rule: 'permission-drift',
    subject: person.id,
    severity: 'medium',
    text,
    why: 'Libraries of one name and kind are given to this person on one server and not on another: probably somebody forgot a server. Administrators, disabled accounts and accounts of which nobody knows what they may see are left out.',
    evidence: libraries.flatMap(({ same }) => same.map((sight): Evidence => ({ ...evidenceOfAccount(world, sight.account), item: sight.library.name, detail: sight.isAllowed ? 'allowed' : 'not allowed' }))).slice(0, MAX_EVIDENCE),
    flags: [],
  };
}
