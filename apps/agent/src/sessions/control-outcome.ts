import type { ControlOutcome, SessionCommand, VendorSession } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { pause } from '../server/pause.js';
import type { SessionWatcher } from './session-watcher.js';

/** Clients need a moment to obey and to tell their server. */
const SEEN_WITHIN_MS = 5_000;
/** After each of these waits a list is asked for, when none came by itself. */
const WAITS_MS = [2_000, 3_000];
const ANSWER_MS = 1_500;
/** Players jump to the nearest key frame, and go on playing until they are seen. */
const SEEK_TOLERANCE_MS = 10_000;
const BIT_RATE_TOLERANCE = 1.1;

/** Whether a row shows that the order was carried out; null = no row can show it. `undefined` = the session is not in the list. */
export type Proof = (row: VendorSession | undefined) => boolean | null;

/** What a session looks like after a stop: gone, idle, or at something else. */
export function stopped(before: VendorSession | null): Proof {
  return (row) => !row?.stream || (before?.item !== null && before?.item !== undefined && row.item?.itemId !== before.item.itemId);
}

/** What a session looks like after a command. One that vanished proves nothing. */
export function obeyed(command: SessionCommand, before: VendorSession | null): Proof {
  if (command.type === 'limit-bit-rate') return limited(command.kbps, before);
  return (row) => {
    if (row === undefined) return null;
    switch (command.type) {
      case 'pause':
        return row.stream?.state === 'paused';
      case 'resume':
        return row.stream !== null && row.stream.state !== 'paused';
      case 'seek':
        return row.stream !== null && Math.abs(row.stream.positionMs - command.positionMs) <= SEEK_TOLERANCE_MS + SEEN_WITHIN_MS;
      case 'play':
        return row.stream !== null && row.item?.itemId === command.itemId;
    }
  };
}

/** Only a rate that was above the limit can be seen to fall. */
function limited(kbps: number | null, before: VendorSession | null): Proof {
  const rateBefore = before?.stream?.bitRateKbps ?? null;
  if (kbps === null || rateBefore === null || rateBefore <= kbps * BIT_RATE_TOLERANCE) return () => null;
  return (row) => (row?.stream && row.stream.bitRateKbps !== null ? row.stream.bitRateKbps <= kbps * BIT_RATE_TOLERANCE : null);
}

export interface OutcomeSource {
  readonly watcher: Pick<SessionWatcher, 'onList'>;
  readonly clock: Clock;
}

/**
 * Gives an order and watches what becomes of it: a server that takes an order proves nothing. What it answers when it
 * refuses is thrown.
 * @param work the order, a list when none comes by itself, and what shows that it was carried out
 * @param atMostMs for all of it
 */
export async function outcomeOf(
  { watcher, clock }: OutcomeSource,
  vendorId: string,
  work: { readonly order: () => Promise<void>; readonly ask: () => Promise<readonly VendorSession[]>; readonly proof: Proof },
  atMostMs: number,
): Promise<ControlOutcome> {
  const seen = new AbortController();
  const untilMs = clock.monotonicMs() + atMostMs;
  const wait = (ms: number) => pause(clock, Math.max(0, Math.min(ms, untilMs - clock.monotonicMs())), seen.signal);
  let isTaken = false;
  let lists = 0;
  /** What the newest list after the order showed; null = none came, or it shows nothing. */
  let shown: boolean | null = null;
  const look = (rows: readonly VendorSession[]): void => {
    const proven = work.proof(rows.find((row) => row.vendorId === vendorId));
    if (proven) seen.abort();
    if (isTaken) shown = proven;
    lists++;
  };
  const leave = watcher.onList(look);
  try {
    await work.order();
    isTaken = true;
    for (const ms of WAITS_MS) {
      const before = lists;
      await wait(ms);
      if (seen.signal.aborted) break;
      // a list that cannot be had shows nothing
      if (lists === before) await Promise.race([work.ask().then(look, () => undefined), wait(ANSWER_MS)]);
    }
  } finally {
    leave();
  }
  if (seen.signal.aborted) return 'done';
  return shown === false ? 'no-effect' : 'sent';
}
