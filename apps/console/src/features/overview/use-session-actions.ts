import { ConsoleControlSessionDocument, ConsoleSendSessionNoticeDocument, ConsoleStopSessionDocument, type ControlOutcome, type ControlSessionInput } from '@usher/api-client';
import { useClient } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { useToast } from '../../components/toast.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { outcomeWords } from './session-controls.js';
import type { Expected } from './use-expected.js';

export interface SessionActions {
  /** Each resolves to null, or to what went wrong. */
  pauseOrResume(): Promise<Problem | null>;
  seek(positionMs: number): Promise<Problem | null>;
  /** Starts the title that plays once more. */
  playAgain(positionMs: number): Promise<Problem | null>;
  /** Null lifts the limit. */
  limitBitRate(kbps: number | null): Promise<Problem | null>;
  stop(reason: string): Promise<Problem | null>;
  notice(text: string): Promise<Problem | null>;
}

/** Where an order is given from, and how the page there shows what becomes of it. */
export interface OrderPlace {
  /** Says what became of the order; without it a toast does. */
  say?: ((text: string | null) => void) | undefined;
  /** Shows a reversible change before the server has confirmed it; null takes it back. */
  expect?: ((change: Expected | null) => void) | undefined;
}

/** The commands of one session. What a server took without effect, and what nobody can see, is said. */
export function useSessionActions(server: FleetServer, session: LiveSession, { say, expect }: OrderPlace = {}): SessionActions {
  const client = useClient();
  const toast = useToast();
  const { id: sessionId, item } = session;

  const tell = (outcome: ControlOutcome | undefined, note?: string | null) => {
    const words = [outcome && outcomeWords(outcome), note].filter(Boolean).join(' ') || null;
    if (outcome === 'NO_EFFECT') expect?.(null);
    if (say) say(words);
    else if (words) toast(`${server.alias}: ${words}`);
  };
  const control = async (order: Omit<ControlSessionInput, 'sessionId'>, change: Expected | null) => {
    expect?.(change);
    say?.(null);
    const { data, error } = await client.mutation(ConsoleControlSessionDocument, { input: { sessionId, ...order } }).toPromise();
    if (error) {
      expect?.(null);
      return problemOf(error);
    }
    tell(data?.controlSession.outcome, data?.controlSession.note);
    return null;
  };

  return {
    pauseOrResume: () => (session.stream?.state === 'PAUSED' ? control({ action: 'RESUME' }, { state: 'PLAYING' }) : control({ action: 'PAUSE' }, { state: 'PAUSED' })),
    seek: (positionMs) => control({ action: 'SEEK', positionMs }, { positionMs }),
    playAgain: (positionMs) => control({ action: 'PLAY', itemId: item?.itemId ?? null, positionMs }, null),
    limitBitRate: (kbps) => control({ action: 'LIMIT_BIT_RATE', kbps }, null),
    async stop(reason) {
      say?.(null);
      const { data, error } = await client.mutation(ConsoleStopSessionDocument, { input: { sessionId, reason: reason || null, idempotencyKey: newIdempotencyKey() } }).toPromise();
      if (error) return problemOf(error);
      tell(data?.stopSession.outcome);
      return null;
    },
    async notice(text) {
      const { error } = await client.mutation(ConsoleSendSessionNoticeDocument, { input: { sessionId, text } }).toPromise();
      if (error) return problemOf(error);
      (say ?? toast)(`${server.alias} took the notice.`);
      return null;
    },
  };
}
