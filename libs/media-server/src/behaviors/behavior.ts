import type { MediaServer } from '../media-server.js';
import type { Facts } from './facts.js';
import type { Stage } from './stage.js';
import type { MediaItem, MediaUser, WatchField, WatchState } from '@usher/contracts';

/**
 * What a behavior needs beside a server that may be read:
 * `writing` orders that reach nothing, `own-account` an account that may be changed, `own-lists` playlists and collections
 * of one's own, `own-library` a folder to make a library from, `playback` somebody who plays as told, `store` a look behind
 * the protocol, `faults` a server that breaks when told, `whole-server` one on which everything may be done.
 */
export const NEEDS = ['writing', 'own-account', 'own-lists', 'own-library', 'playback', 'store', 'faults', 'whole-server'] as const;
export type Need = (typeof NEEDS)[number];

/** There is nothing on this server to try it with. Never a pass; the message holds no name and no title. */
export class NotTried extends Error {
  override readonly name = 'NotTried';
}

/** What a behavior answers that the server says beforehand it cannot do. */
export const NOT_OFFERED = 'not offered';

/** An id that nothing has. */
export const GONE = 'ffffffffffffffffffffffffffffffff';

/** What somebody did to a title. */
export type Seed = Partial<Pick<WatchState, WatchField>>;

/** One media server that behaviors are tried on: a simulated one with all that belongs to it, or somebody's real one. */
export interface Subject {
  readonly server: MediaServer;
  readonly facts: Facts;
  /** Why this is not given here, in a few words; null when it is. */
  lacks(need: Need): string | null;
  /** The account that may be changed, with every library. Needs `own-account`. */
  own(): Promise<MediaUser>;
  /** In whose name playlists may be made. Needs `own-lists`. */
  listOwner(): Promise<MediaUser>;
  /** How something that a behavior makes is called here. */
  nameOf(text: string): string;
  /** Empty ones that a library may be made from. Needs `own-library`. */
  readonly folders: readonly string[];
  /** What that person did: beside the protocol where that can be, else by it. Needs `own-account`. */
  seed(person: MediaUser, item: MediaItem, change: Seed): Promise<void>;
  /** What the server holds: as its store tells where that can be seen, else as it answers. Needs `own-account`. */
  stored(person: MediaUser, item: MediaItem): Promise<Required<Seed>>;
  /** A second connection; whoever asks for it closes it. */
  another(): MediaServer;
  /** How many requests have reached the server by now. */
  sent(): number;
  /** Needs `playback`, `store` or `faults`. @throws NotTried where nothing is staged */
  readonly stage: Stage;
}

/** One thing that every media server does, whatever its vendor. */
export interface Behavior {
  readonly name: string;
  readonly needs: readonly Need[];
  /** Fails by throwing. */
  run(subject: Subject): Promise<void | typeof NOT_OFFERED>;
}

export function behavior(name: string, needs: readonly Need[], run: Behavior['run']): Behavior {
  return { name, needs, run };
}
