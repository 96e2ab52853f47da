import type { Efficiency, EndpointUse } from '@usher/contracts';

/** As often as lists are read beside a push that is relied on, while something plays. */
const RECONCILE_MS = 60_000;
const SLOW_MS = 2_000;
/** Fewer calls say nothing about a share. */
const ENOUGH_CALLS = 10;
const BAD_SHARE = 0.1;

type Rule = (report: Efficiency) => string | readonly string[] | null;

const RULES: readonly Rule[] = [breakerOpen, rateLimited, silentSocket, pushMissing, doubtedPush, slowEndpoints, failingEndpoints, shedCalls, unknownValues];

/** What could be better at one server, the most urgent first, each with the numbers that it rests on. */
export function adviceOf(report: Efficiency): string[] {
  return RULES.flatMap((rule) => rule(report) ?? []);
}

function breakerOpen({ breaker, pausedUntil }: Efficiency): string | null {
  if (breaker === 'closed') return null;
  return `Calls are held back because this server failed repeatedly${pausedUntil ? `, until ${pausedUntil.slice(11, 16)} UTC` : ''}: look at its log and its load.`;
}

function rateLimited({ calls }: Efficiency): string | null {
  if (calls.rateLimited === 0) return null;
  return `The server refused ${times(calls.rateLimited)} because there were too many calls: give it a longer poll interval, or its proxy a higher limit.`;
}

function silentSocket({ push }: Efficiency): string | null {
  if (push.silentDeaths === 0) return null;
  return `Push was open and dead ${times(push.silentDeaths)}: a key without the right to it, or a proxy that cuts idle WebSockets. Lists are read meanwhile.`;
}

function pushMissing({ mode, push, pollEveryMs }: Efficiency): string | null {
  if (mode !== 'poll' || push.lastFailure === null) return null;
  const meanwhile = pollEveryMs === null ? '' : ` Until then sessions are read every ${span(pollEveryMs)}.`;
  return `Push does not come through (${push.lastFailure}): let WebSockets pass to this server.${meanwhile}`;
}

/** Reading more often than that beside an open push is no habit: a list had shown what push did not tell. */
function doubtedPush({ mode, pace, pollEveryMs }: Efficiency): string | null {
  if (mode !== 'push' || pace !== 'reconcile' || pollEveryMs === null || pollEveryMs >= RECONCILE_MS) return null;
  return `Push is open and kept something back: sessions are read every ${span(pollEveryMs)} until the lists agree with it again. If it goes on, look whether a proxy holds WebSocket frames back.`;
}

function slowEndpoints({ endpoints }: Efficiency): string[] {
  return endpoints
    .filter(({ calls, p95Ms }) => calls > 0 && p95Ms >= SLOW_MS)
    .sort((a, b) => b.p95Ms - a.p95Ms)
    .slice(0, 3)
    .map(({ endpoint, p95Ms, averageMs }) => `${endpoint} is slow: ${span(averageMs)} on average, ${span(p95Ms)} for the slowest twentieth. Look at the disks and the database of this server.`);
}

function failingEndpoints({ endpoints }: Efficiency): string[] {
  const share = ({ calls, errors }: EndpointUse) => errors / calls;
  return endpoints
    .filter((use) => use.calls >= ENOUGH_CALLS && share(use) >= BAD_SHARE)
    .map((use) => `${use.endpoint} failed ${use.errors} of ${use.calls} times in the last hour.`);
}

function shedCalls({ calls }: Efficiency): string | null {
  if (calls.shed === 0) return null;
  return `${calls.shed} ${calls.shed === 1 ? 'call was' : 'calls were'} given up because too many waited for this server: it is too slow for what is asked of it.`;
}

function unknownValues({ unknownValues: fields }: Efficiency): string | null {
  if (fields.length === 0) return null;
  const count = fields.reduce((sum, field) => sum + field.count, 0);
  return `${count} ${count === 1 ? 'value was' : 'values were'} not understood (${fields.slice(0, 3).map(({ field }) => field).join(', ')}): the version of this server may be newer than this Usher.`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** The largest unit that leaves a number of at least 1: `5 min`, `2.4 s`, `180 ms`. */
function span(ms: number): string {
  if (ms >= 120_000) return `${Math.round(ms / 60_000)} min`;
  if (ms >= 1_000) return `${Math.round(ms / 100) / 10} s`;
  return `${Math.round(ms)} ms`;
}
