import { MAX_STATE_ROWS, type ServerKind } from '@usher/contracts';

/** Writes a second before anything was measured: Jellyfin measured on a small machine, the others assumed. */
const ASSUMED: Readonly<Record<ServerKind, number>> = { jellyfin: 180, emby: 50, plex: 50 };
/** With people watching: what a Jellyfin bears without delaying their players, half at the others. */
const WATCHED: Readonly<Record<ServerKind, number>> = { jellyfin: 10, emby: 25, plex: 25 };
const READ_MS = 60;

export interface Estimate {
  readonly requests: number;
  readonly quietMs: number;
  readonly watchedMs: number;
  readonly rate: 'measured' | 'assumed';
}

/** `statePages` = pages of a listing of every target user's states: verifying reads them once more. `perSecond` of the last run at this target. */
export function estimateOf(kind: ServerKind, work: { accounts: number; writesOfUsers: readonly number[]; statePages: number }, perSecond: number | null): Estimate {
  const writes = work.writesOfUsers.reduce((sum, each) => sum + each, 0);
  const reads = work.writesOfUsers.reduce((sum, each) => sum + Math.ceil(each / MAX_STATE_ROWS), 0) + work.statePages;
  const quiet = perSecond ?? ASSUMED[kind];
  const ms = (rate: number): number => Math.ceil(((writes + work.accounts) / rate) * 1000) + reads * READ_MS;
  return { requests: writes + work.accounts + reads, quietMs: ms(quiet), watchedMs: ms(Math.min(quiet, WATCHED[kind])), rate: perSecond === null ? 'assumed' : 'measured' };
}
