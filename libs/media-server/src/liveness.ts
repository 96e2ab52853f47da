import { connect } from 'node:net';
import type { AppError } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { bareHost, portOf, type EgressGuard } from './egress/egress-guard.js';
import { connectionError, unreachable } from './http/vendor-errors.js';
import { CONNECT_TIMEOUT_MS } from './http/transport.js';

const PLAYING_MS = 5_000;
const IDLE_MS = 15_000;
/** One lost packet is no outage; a refused connection is believed at once. */
const TIMEOUTS_TO_BELIEVE = 2;

/** Opens and closes a TCP connection, nothing more. @throws AppError SERVER_UNREACHABLE, EGRESS_BLOCKED */
export function knock(url: URL, egress: EgressGuard): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: bareHost(url), port: portOf(url), lookup: egress.lookupFor(url) });
    const end = (error: unknown): void => {
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      if (error === null) resolve();
      else reject(connectionError(error));
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS);
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end(unreachable('timeout')));
    socket.once('error', end);
  });
}

export interface LivenessHost {
  readonly clock: Clock;
  /** @throws AppError when nobody answers */
  knock(): Promise<void>;
  isPlaying(): boolean;
  /** Nobody answers any more. */
  onGone(error: AppError): void;
  /** Somebody answers again after `onGone`. */
  onBack(): void;
}

/** Between calls a bare TCP connect says whether the server is there (guide, 4.2); it costs the server nothing. */
export async function watchLiveness(host: LivenessHost, signal: AbortSignal): Promise<void> {
  let gone = false;
  let timeouts = 0;
  while (!signal.aborted) {
    await host.clock.sleep(host.isPlaying() ? PLAYING_MS : IDLE_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await host.knock();
      timeouts = 0;
      if (gone) host.onBack();
      gone = false;
    } catch (error) {
      const failure = connectionError(error);
      timeouts = failure.details['reason'] === 'timeout' ? timeouts + 1 : TIMEOUTS_TO_BELIEVE;
      if (timeouts < TIMEOUTS_TO_BELIEVE) continue;
      if (!gone) host.onGone(failure);
      gone = true;
    }
  }
}
