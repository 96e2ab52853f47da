/** Frames that a client sends; Emby ignores playback reports here. */
export interface EmbyClientFrame {
  readonly MessageType: 'SessionsStart';
  /** `initialDelayMs,intervalMs` */
  readonly Data: `${number},${number}`;
}

/** Frames after which the session list is another one; none of them carries it. */
export const EMBY_CHANGES: ReadonlySet<string> = new Set(['PlaybackStart', 'PlaybackStopped', 'SessionEnded']);
