import { between, pick, seededRandom, type PlaybackHandle } from '@usher/testing';
import type { Registered, World } from './world.js';

/** What the ledger says about the facts of all agents. */
export interface FactAudit {
  readonly facts: number;
  /** Numbers missing inside what was acknowledged. */
  readonly gaps: number;
  readonly notApplied: number;
  readonly failed: number;
  /** Facts that arrived twice under two numbers. */
  readonly doubled: number;
  /** A later fact with an earlier time, within one agent. */
  readonly outOfOrder: number;
}

export async function auditFacts({ pool }: World): Promise<FactAudit> {
  const one = async (sql: string): Promise<number> => Number((await pool.query<{ value: string }>(sql)).rows[0]!.value);
  return {
    facts: await one('SELECT count(*) AS value FROM agent_fact'),
    gaps: await one('SELECT coalesce(sum(last - first + 1 - n), 0) AS value FROM (SELECT min(seq) AS first, max(seq) AS last, count(*) AS n FROM agent_fact GROUP BY agent_id, spool_epoch) AS spools'),
    notApplied: await one('SELECT count(*) AS value FROM agent_fact WHERE applied_at IS NULL AND failed_at IS NULL'),
    failed: await one('SELECT count(*) AS value FROM agent_fact WHERE failed_at IS NOT NULL'),
    doubled: await one('SELECT count(*) - count(DISTINCT fact_id) AS value FROM agent_fact'),
    outOfOrder: await one(
      'SELECT count(*) AS value FROM (SELECT happened_at, lag(happened_at) OVER (PARTITION BY agent_id, spool_epoch ORDER BY seq) AS before FROM agent_fact) AS f WHERE happened_at < before',
    ),
  };
}

interface Screen {
  readonly server: Registered;
  readonly handle: PlaybackHandle;
  changedAtMs: number;
  paused: boolean;
}

/** Viewers who pause and resume in turn; each change is one fact, as no screen changes twice within half a second. */
export class ToggleLoad {
  private readonly screens: Screen[];
  private timer: NodeJS.Timeout | null = null;
  private readonly random: () => number;
  /** Changes made until now. */
  changes = 0;

  constructor(servers: readonly Registered[], screensEach: number, seed: number) {
    this.random = seededRandom(seed);
    this.screens = servers.flatMap((server) =>
      Array.from({ length: screensEach }, (_, i) => ({
        server,
        handle: server.simulator.control.startPlayback({ user: `Viewer ${i}`, device: { id: `${server.alias}-${i}`, name: `${server.alias} ${i}` }, positionMs: between(this.random, 0, 600_000) }),
        changedAtMs: performance.now() + 1_000,
        paused: false,
      })),
    );
  }

  /** So many changes per second over all screens. */
  start(perSecond: number): void {
    this.timer = setInterval(() => this.toggle(), 1_000 / perSecond);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** Device name → what its screen shows. */
  expected(): Map<string, 'PAUSED' | 'PLAYING'> {
    return new Map(this.screens.map(({ handle, paused }) => [handle.session.device.name, paused ? 'PAUSED' : 'PLAYING']));
  }

  private toggle(): void {
    const now = performance.now();
    const free = this.screens.filter(({ changedAtMs }) => now - changedAtMs > 500);
    if (free.length === 0) return;
    const screen = pick(this.random, free);
    if (screen.paused) screen.handle.resume();
    else screen.handle.pause();
    screen.paused = !screen.paused;
    screen.changedAtMs = now;
    this.changes += 1;
  }
}

/** Whether the API shows each screen as it is. */
export async function shownRight(world: World, load: ToggleLoad): Promise<boolean> {
  type Row = { sessions: { deviceName: string | null; stream: { state: string } | null }[] };
  const { sessions } = await world.operator.ask<{ sessions: Row[] }>('{ sessions { sessions { deviceName stream { state } } } }');
  const shown = new Map(sessions.flatMap((row) => row.sessions).map(({ deviceName, stream }) => [deviceName, stream?.state]));
  return [...load.expected()].every(([device, state]) => shown.get(device) === state);
}
