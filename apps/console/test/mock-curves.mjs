// Curves of calls and machines, as the mock makes them up: the same at every look.

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;
const SHAPES = { HOUR: [4, QUARTER], DAY: [96, QUARTER], WEEK: [168, HOUR] };
const GIB = 1_024 ** 3;
const iso = (ms) => new Date(ms).toISOString();
/** Between −1 and 1, without chance. */
const wave = (step, seed) => Math.sin(step / 9 + seed) * 0.6 + Math.sin(step * 2.3 + seed * 7) * 0.4;

/** What a server's curves show: calls per hour, answer times, and where nothing was collected. */
function traitsOf(server, index) {
  const push = server.live.source === 'PUSH' && !server.stale;
  return { calls: server.stale ? 240 : push ? (server.idle ? 11 : 46 + (index % 5)) : 310, p95: server.stale ? 900 : 40 + index * 9, push, fails: server.stale };
}

function pointOf(server, index, { atMs, step, stepMs, nowMs, beside }) {
  const { calls, p95, push, fails } = traitsOf(server, index);
  const observedMs = Math.min(stepMs, Math.max(0, nowMs - atMs));
  const agoHours = (nowMs - atMs) / HOUR;
  const bad = fails && agoHours < 2.4;
  const awayMs = bad && agoHours < 1.2 ? Math.min(observedMs, 7 * MINUTE) : 0;
  // the first quarter of one half hour of the clock
  const slow = index === 0 && Math.floor((nowMs - 8.5 * HOUR) / (2 * QUARTER)) * 2 * QUARTER === atMs;
  const perHour = Math.max(0, calls * (1 + 0.18 * wave(step, index)) + (bad ? 130 : 0));
  const medianMs = 14 + index * 2 + 4 * wave(step, index + 2);
  const share = (middle, width, seed) => Math.min(100, Math.max(0, middle + width * wave(step, seed)));
  return {
    at: iso(atMs),
    observedMs,
    onlineMs: observedMs - awayMs,
    awayMs,
    pushMs: push ? observedMs : 0,
    pollMs: push ? 0 : observedMs,
    sessionCalls: Math.round((perHour * observedMs) / HOUR),
    otherCalls: Math.round((11 * observedMs) / HOUR),
    errors: bad ? 5 : 0,
    medianMs,
    p95Ms: slow ? 2_400 : bad ? p95 * 2 : p95 + 10 * wave(step, index + 4) + (index === 0 && agoHours < 2.2 ? 150 : 0),
    reconnects: bad ? 2 : 0,
    cacheHits: Math.round((200 * observedMs) / HOUR),
    cacheMisses: Math.round((12 * observedMs) / HOUR),
    cpuPercent: beside ? share(52, 16, 1) : null,
    memoryUsedBytes: beside ? Math.round((10.8 + 0.6 * wave(step, 3)) * GIB) : null,
    diskUsedBytes: beside ? Math.round((77.1 + step / 200) * 1_024 * GIB) : null,
    encoderPercent: beside ? share(40, 30, 5) : null,
  };
}

const NOTHING = { observedMs: null, onlineMs: null, awayMs: null, pushMs: null, pollMs: null, sessionCalls: null, otherCalls: null, errors: null, medianMs: null, p95Ms: null, reconnects: null, cacheHits: null, cacheMisses: null, cpuPercent: null, memoryUsedBytes: null, diskUsedBytes: null, encoderPercent: null };

/** @param kind `fresh` for an agent that began 40 minutes ago, `new` for one that began now, `gap` for one that was off for a while */
export function makeCurves(server, index, range, nowMs, kind, beside) {
  const named = { serverId: server.id, serverAlias: server.alias };
  if (server.state === 'OFFLINE') return { ...named, error: 'Its agent does not answer.', code: 'AGENT_OFFLINE', curves: null };
  const [steps, stepMs] = SHAPES[range];
  const lastMs = Math.floor(nowMs / stepMs) * stepMs;
  const fromMs = lastMs - (steps - 1) * stepMs;
  const sinceMs = kind === 'fresh' ? nowMs - 40 * MINUTE : kind === 'new' ? nowMs - 20_000 : Math.max(fromMs, nowMs - 6.5 * 24 * HOUR);
  const isOff = (atMs) => atMs + stepMs <= sinceMs || (kind === 'gap' && atMs > nowMs - 15 * HOUR && atMs < nowMs - 12 * HOUR);
  const points = Array.from({ length: steps }, (_, step) => {
    const atMs = fromMs + step * stepMs;
    return isOff(atMs) ? { at: iso(atMs), ...NOTHING } : pointOf(server, index, { atMs, step: Math.round(atMs / stepMs), stepMs, nowMs, beside });
  });
  const sum = (name) => points.reduce((total, point) => total + (point[name] ?? 0), 0);
  const { p95 } = traitsOf(server, index);
  const calls = (count, errors, medianMs, p95Ms) => ({ calls: count, errors, averageMs: count ? medianMs * 1.6 : null, medianMs: count ? medianMs : null, p95Ms: count ? p95Ms : null });
  const total = {
    observedMs: sum('observedMs'),
    onlineMs: sum('onlineMs'),
    awayMs: sum('awayMs'),
    pushMs: sum('pushMs'),
    pollMs: sum('pollMs'),
    session: calls(sum('sessionCalls'), sum('errors'), 14 + index, p95),
    other: calls(sum('otherCalls'), 0, 41, 188),
    all: calls(sum('sessionCalls') + sum('otherCalls'), sum('errors'), 16 + index, p95 + 20),
    reconnects: sum('reconnects'),
    cacheHits: sum('cacheHits'),
    cacheMisses: sum('cacheMisses'),
  };
  return { ...named, error: null, code: null, curves: { at: iso(nowMs), range, since: iso(sinceMs), from: iso(fromMs), stepMs, points, total } };
}
