import type { AppError, VendorSession } from '@usher/contracts';

/** What a push channel tells; each call returns at once. */
export interface PushEvents {
  /** A whole list was pushed. It is read only when it is needed; a list that cannot be read is asked for by GET. */
  sessions(read: () => VendorSession[]): void;
  /** Something changed that the push does not carry: the list is read by GET. */
  changed(): void;
  /** What is in the libraries changed. */
  librariesChanged(): void;
  /** The server announced that it restarts or shuts down; the channel is closed by the reader. */
  restarting(): void;
  /** The channel is gone. */
  closed(reason: AppError): void;
}

/** An open channel, subscribed once. */
export interface PushConnection {
  /** Resolves when the server answers a keep-alive. Who calls it sets the deadline. */
  check(): Promise<void>;
  close(): void;
}

/** How an adapter opens its vendor's push channel. */
export interface PushSource {
  /** False where the vendor's push was seen to stay silent: the poll goes on as without push. */
  readonly reliable: boolean;
  /** @throws AppError when the channel does not open */
  open(events: PushEvents, signal: AbortSignal): Promise<PushConnection>;
}
