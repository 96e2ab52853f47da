import { eventually } from '@usher/testing';
import type { BenchServer, BenchStream } from './fleet.js';
import type { LiveView } from './live-view.js';

/** The slowest reconciliation, and what a busy machine takes for it. */
const GONE_WITHIN_MS = 75_000;

export interface GhostRun {
  readonly startStops: number;
  /** Still shown after one reconciliation. */
  readonly ghosts: number;
  /** Until the last one of each batch was gone. */
  readonly goneAfterMs: readonly number[];
}

const shownOn = (view: LiveView, { server, deviceName }: BenchStream): boolean => view.newest.get(server.id)?.sessions.some((session) => session.deviceName === deviceName && session.stream !== null) ?? false;

/** @throws Error that names the servers that do not show what plays on them */
async function untilAllShown(view: LiveView, batch: readonly BenchStream[]): Promise<void> {
  const missing = () => batch.filter((stream) => !shownOn(view, stream));
  await eventually(() => missing().length === 0, { timeoutMs: GONE_WITHIN_MS, everyMs: 100 }).catch(() => {
    view.check();
    const where = new Set(missing().map(({ server }) => `${server.alias} (${server.lane}, last told by ${view.newest.get(server.id)?.source})`));
    throw new Error(`${missing().length} of ${batch.length} streams are not shown after ${GONE_WITHIN_MS} ms, at ${new Date().toISOString()}, on ${[...where].join(', ')}`);
  });
}

/** Starts that are told and stops that are not: sockets say nothing while the viewers stop. */
export async function runGhosts(servers: readonly BenchServer[], view: LiveView, count: number, note: (text: string) => void): Promise<GhostRun> {
  const streams = servers.flatMap((server) => server.streams);
  for (const stream of streams) if (stream.state !== 'stopped') stream.stop();
  await eventually(() => !streams.some((stream) => shownOn(view, stream)), { timeoutMs: GONE_WITHIN_MS, everyMs: 100 });
  let done = 0;
  let ghosts = 0;
  const goneAfterMs: number[] = [];
  while (done < count) {
    const batch = streams.slice(0, count - done);
    for (const stream of batch) stream.start(0);
    await untilAllShown(view, batch);
    for (const { simulator } of servers) await simulator.control.setFault({ kind: 'silent-sockets' });
    for (const stream of batch) stream.stop();
    const stoppedAt = performance.now();
    while (batch.some((stream) => shownOn(view, stream)) && performance.now() - stoppedAt < GONE_WITHIN_MS) await new Promise((resolve) => setTimeout(resolve, 100));
    goneAfterMs.push(performance.now() - stoppedAt);
    ghosts += batch.filter((stream) => shownOn(view, stream)).length;
    for (const { simulator } of servers) await simulator.control.clearFault();
    done += batch.length;
    note(`${done} of ${count} started and stopped, ${ghosts} ghosts`);
  }
  view.check();
  return { startStops: done, ghosts, goneAfterMs };
}
