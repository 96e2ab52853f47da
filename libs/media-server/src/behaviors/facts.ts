import type { Capability, Library, MediaItem, MediaUser } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { NotTried } from './behavior.js';

/** Of a large library no more is looked at. */
const FIRST = 500;
const SOME = 50;
/** Long enough that the positions which behaviors set lie well inside. */
const LONG_MS = 15 * 60_000;

/** What a server has, found out once: whom and what a behavior can be tried on. */
export class Facts {
  readonly #found = new Map<string, Promise<unknown>>();

  constructor(private readonly server: MediaServer) {}

  async has(capability: Capability): Promise<boolean> {
    await this.#once('probe', () => this.server.probe());
    return this.server.capabilities.has(capability);
  }

  async administrator(): Promise<MediaUser> {
    return (await this.#users()).find((user) => user.isAdministrator && user.enabled) ?? nothing('no enabled administrator');
  }

  /** Somebody who administers nothing. */
  async ordinary(): Promise<MediaUser> {
    return (await this.#users()).find((user) => !user.isAdministrator && user.enabled) ?? nothing('no enabled account but administrators');
  }

  /** Somebody in whose name may be read: where others need tokens of their own, the owner. */
  async person(): Promise<MediaUser> {
    if (await this.has('watchStates.ownTokenOnly')) return await this.administrator();
    const users = (await this.#users()).filter((user) => user.enabled);
    return users.find((user) => !user.isAdministrator) ?? users[0] ?? nothing('no enabled account');
  }

  async library(type: 'movies' | 'shows'): Promise<Library> {
    const libraries = (await this.#once('libraries', () => this.server.libraries.list())).filter((library) => library.type === type);
    return libraries.find(({ itemCount }) => (itemCount ?? 0) > 0) ?? nothing(`no library of ${type} with titles`);
  }

  /** The first titles of a library, oldest first. */
  async titles(type: 'movies' | 'shows'): Promise<MediaItem[]> {
    const { vendorId } = await this.library(type);
    return await this.#once(`titles ${type}`, async () => {
      const items: MediaItem[] = [];
      for (let start: number | null = 0; start !== null && items.length < FIRST; ) {
        const page = await this.server.libraries.items(vendorId, { start, limit: FIRST }, { withFiles: false });
        items.push(...page.items);
        start = page.nextStart;
      }
      return items;
    });
  }

  /** So many films of some length. */
  async films(count: number): Promise<MediaItem[]> {
    const films = (await this.titles('movies')).filter(({ type, durationMs }) => type === 'movie' && (durationMs ?? 0) > LONG_MS);
    return films.length >= count ? films : nothing(`fewer than ${count} films of some length`);
  }

  async film(): Promise<MediaItem> {
    const [film] = await this.films(1);
    return film!;
  }

  /** A film of which all this is known; `what` names it where there is none. */
  async filmThat(what: string, fits: (film: MediaItem) => boolean): Promise<MediaItem> {
    return (await this.films(1)).find(fits) ?? nothing(`no film ${what} among the first ${FIRST}`);
  }

  /** The same among few, with all that is inside their files. */
  async filmWithFilesThat(what: string, fits: (film: MediaItem) => boolean): Promise<MediaItem> {
    const { vendorId } = await this.library('movies');
    const { items } = await this.#once('files', () => this.server.libraries.items(vendorId, { start: 0, limit: SOME }, { withFiles: true, withStreams: true }));
    // a listing may leave out what is inside: then the titles themselves are asked
    const whole = items.some(({ files }) => files[0]?.streams !== undefined) ? items : await this.#once('inside', () => this.server.libraries.itemsById(items.slice(0, SOME).map((item) => item.vendorId), { withFiles: true, withStreams: true }));
    return whole.find((film) => film.type === 'movie' && fits(film)) ?? nothing(`no film ${what} among the first ${SOME}`);
  }

  #users(): Promise<MediaUser[]> {
    return this.#once('users', () => this.server.users.list());
  }

  /** What failed is asked again. */
  #once<T>(name: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#found.get(name) as Promise<T> | undefined;
    if (known) return known;
    const asked = ask().catch((error: unknown) => {
      this.#found.delete(name);
      throw error;
    });
    this.#found.set(name, asked);
    return asked;
  }
}

function nothing(what: string): never {
  throw new NotTried(`the server has ${what}`);
}
