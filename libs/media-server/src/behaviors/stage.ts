import type { MediaItem } from '@usher/contracts';

/** A viewer that the test moves; every call is what the viewer does at the device. */
export interface Viewer {
  /** The vendor's id of its session. */
  readonly id: string;
  pause(): void;
  resume(): void;
  stop(): void;
  /** What the server told the device to do. */
  isPlaying(): boolean;
  isPaused(): boolean;
  messages(): readonly string[];
}

/** What only a simulated server lets somebody do. */
export interface Stage {
  /** A film on a device that takes commands. */
  play(delivery: 'direct-play' | 'transcode'): Viewer;
  /** Nobody answers any more, until `heal`. */
  breakDown(): Promise<void>;
  heal(): Promise<void>;
  /** The key that the adapter holds is not known any more. */
  revokeKey(): void;
  /** That person watched it to its end, just now. */
  watchToEnd(userName: string, item: MediaItem): void;
  /** A film that has just come to the library of films: without poster, overview and ids of others. */
  add(title: string): void;
  /** What lets that person in now. */
  passwordOf(userName: string): string;
  /** Vendor's ids of the tasks that were started, oldest first. */
  startedTasks(): readonly string[];
}
