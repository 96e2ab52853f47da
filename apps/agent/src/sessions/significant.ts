import type { Session } from '@usher/contracts';

/**
 * What of a list is worth a message of its own. Positions, check-ins and the figures of a running transcoder move
 * all the time: they ride on the next message.
 */
export function significant(sessions: readonly Session[]): string {
  return JSON.stringify(
    sessions.map(({ lastSeenAt: _, stream, ...session }) => ({
      ...session,
      stream: stream && {
        ...stream,
        positionMs: 0,
        bitRateKbps: 0,
        transcode: stream.transcode && { ...stream.transcode, speed: 0, progressPercent: 0, throttled: null },
      },
    })),
  );
}
