import type { ItemSpec, LibrarySpec, Simulator, SimulatorOptions } from '@usher/testing';

type CatalogueItem = Exclude<Parameters<Simulator['control']['setState']>[1], string>;

/** What a person has done with a title, to the second: as plans name it. */
export interface Held {
  readonly played: boolean;
  readonly playCount: number;
  readonly lastPlayedAt: string | null;
  readonly positionMs: number;
  readonly favorite: boolean | null;
  readonly ratingTenths: number | null;
}

export const UNTOUCHED: Held = { played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null };
const TICKS_PER_MS = 10_000;
export const MINUTE = 60_000;

/** Films with ids, as a plan names them, and one series whose episodes have ids of their own. */
export function libraries(films: number, episodes: number): LibrarySpec[] {
  const film = (_: unknown, at: number): ItemSpec => ({ title: filmNamed(at), year: 1930 + at, durationMs: 100 * MINUTE, providers: { Imdb: `tt${7_000_000 + at}`, Tmdb: String(40_000 + at) } });
  const leaves = Array.from({ length: episodes }, (_, at) => `Leg ${at + 1}`);
  const series: ItemSpec = { title: 'Night Ferry', year: 2023, durationMs: 40 * MINUTE, providers: { Tvdb: '390001' }, children: [{ title: 'Season 1', leaves }], leafProviders: (_season, number) => ({ Tvdb: String(5_000_000 + number) }) };
  return [
    { name: 'Movies', type: 'movies', items: Array.from({ length: films }, film) },
    { name: 'Shows', type: 'shows', items: [series] },
  ];
}

export const filmNamed = (at: number): string => `Reel ${at + 1}`;
export const episodeNamed = (at: number): string => `Night Ferry · S01E${String(at + 1).padStart(2, '0')} · Leg ${at + 1}`;

/** A server with nobody but its owner and the people named. */
export function household(name: string, people: readonly string[], held = libraries(8, 4)): SimulatorOptions {
  return { name, libraries: held, users: [{ name: 'Owner', isAdministrator: true }, ...people.map((person) => ({ name: person, plex: { kind: 'home' as const } }))] };
}

/** What a person did there long ago. */
export function watch(simulator: Simulator, user: string, title: string | CatalogueItem, held: Held): void {
  const { played, playCount, lastPlayedAt, positionMs, favorite, ratingTenths } = held;
  const lastPlayed = lastPlayedAt && lastPlayedAt.replace('Z', '.0000000Z');
  simulator.control.setState(user, typeof title === 'string' ? itemOf(simulator, title) : title, { played, playCount, lastPlayed, ticks: positionMs * TICKS_PER_MS, favorite: favorite === true, rating: ratingTenths === null ? null : ratingTenths / 10 });
}

/** Everything that the server keeps of a person, by title: its own store, not what it answers. */
export function heldBy(simulator: Simulator, user: string): Record<string, Held> {
  const rows = simulator.control.statesOf(user).map(([item, { played, playCount, lastPlayed, ticks, favorite, rating }]) => {
    const held: Held = { played, playCount, lastPlayedAt: toSecond(lastPlayed), positionMs: ticks / TICKS_PER_MS, favorite, ratingTenths: rating === null ? null : Math.round(rating * 10) };
    return [nameOf(item), held] as const;
  });
  return Object.fromEntries(rows.filter(([, held]) => isTouched(held)));
}

/** Plex dates every play itself, and keeps the date of a resume point that was taken back. */
export function undated(rows: Readonly<Record<string, Held>>): Record<string, Held> {
  return Object.fromEntries(Object.entries(rows).flatMap(([title, held]) => (isTouched({ ...held, lastPlayedAt: null }) ? [[title, { ...held, lastPlayedAt: null }]] : [])));
}

/** What changed something at a server since `from`: everything but reading. */
export function changesAt(simulator: Simulator, from = 0): string[] {
  return simulator.requests.slice(from).filter(({ method, path, status, socket }) => !socket && isChange(method, path) && status !== 404).map(({ method, path }) => `${method} ${path}`);
}

/** Plex marks with GET too; entering an account of the home gets a token and changes nothing. */
function isChange(method: string, path: string): boolean {
  if (/\/switch$/.test(path) || /\/Sessions\/Capabilities/.test(path)) return false;
  return method !== 'GET' || /\/:\/(?:un)?scrobble|\/:\/rate|\/:\/progress|\/:\/timeline/.test(path);
}

const isTouched = (held: Held): boolean => Object.entries(UNTOUCHED).some(([field, value]) => held[field as keyof Held] !== value);
const toSecond = (time: string | null): string | null => time && `${time.slice(0, 19)}Z`;

function itemOf(simulator: Simulator, title: string): CatalogueItem {
  const found = simulator.control.state.catalogue.leaves().find((item) => nameOf(item) === title);
  if (!found) throw new Error(`${simulator.control.state.name} has no ${title}`);
  return found;
}

function nameOf(item: CatalogueItem): string {
  const series = item.parent?.parent;
  return series ? `${series.title} · S${String(item.parent.index).padStart(2, '0')}E${String(item.index).padStart(2, '0')} · ${item.title}` : item.title;
}
