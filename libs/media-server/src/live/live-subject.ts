import { AppError, type MediaItem, type MediaUser, type WatchState } from '@usher/contracts';
import { NotTried, type Need, type Seed, type Subject } from '../behaviors/behavior.js';
import { Facts } from '../behaviors/facts.js';
import type { Stage } from '../behaviors/stage.js';
import type { MediaServer } from '../media-server.js';
import { newRunName } from './own-things.js';

export interface LiveSubjectOptions {
  readonly server: MediaServer;
  readonly write: boolean;
  /** An empty folder that the server sees; null: no library is made. */
  readonly libraryPath: string | null;
  another(): MediaServer;
  sent(): number;
}

const READ_ONLY = 'only with --write';
const NEVER: Readonly<Partial<Record<Need, string>>> = {
  playback: 'nobody plays as told on a real server',
  store: 'a real server shows nothing behind its protocol',
  faults: 'a real server is not broken on purpose',
  'whole-server': 'it would change a real server for everybody',
};

/** Somebody's server. Nothing but what the run made itself is written on. */
export class LiveSubject implements Subject {
  readonly server: MediaServer;
  readonly facts: Facts;
  readonly folders: readonly string[];
  readonly #runName = newRunName();
  readonly #options: LiveSubjectOptions;
  #account: MediaUser | null = null;
  #listOwner: MediaUser | null = null;
  #noAccount = READ_ONLY;

  constructor(options: LiveSubjectOptions) {
    this.#options = options;
    this.server = options.server;
    this.facts = new Facts(options.server);
    this.folders = options.libraryPath === null ? [] : [options.libraryPath];
  }

  get stage(): Stage {
    throw new NotTried('nothing is staged on a real server');
  }

  /** Makes the account of this run where the server makes accounts. @throws AppError when it should and does not */
  async prepare(): Promise<void> {
    if (!this.#options.write) return;
    const offered = await Promise.all((['users.create', 'users.policy', 'users.remove'] as const).map((capability) => this.facts.has(capability)));
    if (offered.includes(false)) {
      this.#noAccount = 'accounts of this server are not made from outside';
      // whose key this is gave it for this
      this.#listOwner = await this.facts.administrator();
      return;
    }
    this.#noAccount = 'the account of this run could not be made';
    const made = await this.server.users.create(this.#runName);
    await this.server.users.applyPolicy(made.vendorId, { libraries: 'all' });
    this.#account = made;
    this.#listOwner = made;
  }

  readonly lacks = (need: Need): string | null => {
    const never = NEVER[need];
    if (never !== undefined) return never;
    if (!this.#options.write) return READ_ONLY;
    if (need === 'own-account' && this.#account === null) return this.#noAccount;
    if (need === 'own-lists' && this.#listOwner === null) return this.#noAccount;
    if (need === 'own-library' && this.folders.length === 0) return 'only with --library-path and an empty folder';
    return null;
  };

  readonly own = async (): Promise<MediaUser> => {
    if (this.#account === null) throw new NotTried(this.#noAccount);
    return this.#account;
  };

  readonly listOwner = async (): Promise<MediaUser> => {
    if (this.#listOwner === null) throw new NotTried(this.#noAccount);
    return this.#listOwner;
  };

  readonly nameOf = (text: string): string => `${this.#runName} ${text}`;

  readonly seed = async (person: MediaUser, item: MediaItem, change: Seed): Promise<void> => {
    await this.#requireOwn(person);
    const before = await this.#read(person, item);
    await this.server.watchStates.set(person.vendorId, { ...before, ...change }, before);
  };

  readonly stored = async (person: MediaUser, item: MediaItem): Promise<Required<Seed>> => {
    const { played, playCount, positionMs, lastPlayedAt, favorite, ratingTenths } = await this.#read(person, item);
    return { played, playCount, positionMs, lastPlayedAt, favorite: favorite ?? false, ratingTenths };
  };

  readonly another = (): MediaServer => this.#options.another();

  readonly sent = (): number => this.#options.sent();

  async #read({ vendorId }: MediaUser, item: MediaItem): Promise<WatchState> {
    const [state] = await this.server.watchStates.read(vendorId, [item.vendorId]);
    if (!state) throw new AppError('VENDOR_ANSWER_INVALID', 'The media server tells nothing of a title that it listed.', { reason: 'state' });
    return state;
  }

  async #requireOwn({ vendorId }: MediaUser): Promise<void> {
    if (vendorId !== (await this.own()).vendorId) throw new AppError('INTERNAL', 'Only the account of this run is written on.');
  }
}
