/** Exactly what a Jellyfin answers while its second start phase runs, with status 503 and without Retry-After (12.0). */
export const LOADING_TEXT = 'Jellyfin Server is loading. Please try again shortly.';

/** Frames that a client may send: an unknown type closes the socket (12.0). */
export type JellyfinClientFrame =
  | { readonly MessageType: 'KeepAlive' }
  /** `initialDelayMs,intervalMs`; the interval limits only the server's own extrapolation, events come at once. */
  | { readonly MessageType: 'SessionsStart'; readonly Data: `${number},${number}` };
