import { ConsoleControlSessionDocument, ConsoleSendSessionNoticeDocument, ConsoleStopSessionDocument } from '@usher/api-client';
import { useCallback } from 'react';
import { useClient } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { useToast } from '../../components/toast.js';
import { useLive } from '../../live/live-context.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';

const CONFIRM_MS = 5_000;

export interface SessionActions {
  /** Each resolves to null, or to what went wrong. */
  pauseOrResume(): Promise<Problem | null>;
  seek(positionMs: number): Promise<Problem | null>;
  stop(reason: string): Promise<Problem | null>;
  notice(text: string): Promise<Problem | null>;
}

/** The commands of one session. What the server does not confirm within five seconds is said. */
export function useSessionActions(server: FleetServer, session: LiveSession): SessionActions {
  const client = useClient();
  const toast = useToast();
  const { store } = useLive();
  const { id: sessionId } = session;
  const playing = session.stream?.state !== 'PAUSED';

  const confirm = useCallback(
    (what: string, done: (now: LiveSession | undefined) => boolean) => {
      setTimeout(() => {
        const now = store.snapshots.get(server.id)?.sessions.find(({ id }) => id === sessionId);
        if (!store.paused && !done(now)) toast(`${server.alias} did not confirm the ${what}.`);
      }, CONFIRM_MS);
    },
    [store, toast, server.alias, server.id, sessionId],
  );

  return {
    async pauseOrResume() {
      const { error } = await client.mutation(ConsoleControlSessionDocument, { input: { sessionId, action: playing ? 'PAUSE' : 'RESUME' } }).toPromise();
      if (error) return problemOf(error);
      confirm(playing ? 'pause' : 'resume', (now) => !now || (now.stream?.state === 'PAUSED') === playing);
      return null;
    },
    async seek(positionMs) {
      const { error } = await client.mutation(ConsoleControlSessionDocument, { input: { sessionId, action: 'SEEK', positionMs } }).toPromise();
      return error ? problemOf(error) : null;
    },
    async stop(reason) {
      const { error } = await client.mutation(ConsoleStopSessionDocument, { input: { sessionId, reason: reason || null, idempotencyKey: newIdempotencyKey() } }).toPromise();
      if (error) return problemOf(error);
      confirm('stop', (now) => !now?.stream || now.stream.playbackId !== session.stream?.playbackId);
      return null;
    },
    async notice(text) {
      const { error } = await client.mutation(ConsoleSendSessionNoticeDocument, { input: { sessionId, text } }).toPromise();
      if (error) return problemOf(error);
      toast(`${server.alias} took the notice.`);
      return null;
    },
  };
}
