import { between, pick, type Random } from '@usher/testing';
import { ITEM_DURATION_MS, type BenchServer, type BenchStream, type Lane } from './fleet.js';
import type { LiveView, SeenServer, SeenSession } from './live-view.js';

export type ChangeKind = 'pause' | 'resume' | 'seek' | 'stop' | 'start';

/** Longer than any poll: what was not seen by then is lost. */
const GIVE_UP_MS = 45_000;
/** A seek is far enough that no playing explains it, and is recognised within less. */
const JUMP_MS = 300_000;
const RECOGNISED_MS = 60_000;

export interface SeenChange {
  readonly lane: Lane;
  readonly kind: ChangeKind;
  /** From the simulator's event to the message that shows it; null: never shown. */
  readonly latencyMs: number | null;
}

interface Waiting {
  readonly shows: (session: SeenSession | undefined) => boolean;
  readonly seen: (atMs: number) => void;
}

/** Makes viewers do things at seeded random times, each time waiting for the message that shows it. */
export class ChangeDriver {
  private readonly waiting = new Map<BenchStream, Waiting>();

  /** `plays`: viewers only start and stop. */
  constructor(
    private readonly servers: readonly BenchServer[],
    private readonly view: LiveView,
    private readonly random: Random,
    private readonly does: 'anything' | 'plays' = 'anything',
  ) {}

  /** `count` changes spread over `durationMs`; resolves when each was seen or given up. */
  async run(count: number, durationMs: number): Promise<SeenChange[]> {
    const stopListening = this.view.onSeen((seen, atMs) => this.match(seen, atMs));
    const times = Array.from({ length: count }, () => this.random() * durationMs).sort((a, b) => a - b);
    const startedAt = performance.now();
    const changes: Promise<SeenChange>[] = [];
    for (const at of times) {
      const waitMs = startedAt + at - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      changes.push(this.change());
    }
    const done = await Promise.all(changes);
    stopListening();
    this.view.check();
    return done;
  }

  private change(): Promise<SeenChange> {
    const free = this.servers.flatMap((server) => server.streams).filter((stream) => !this.waiting.has(stream));
    const stream = pick(this.random, free);
    const kind = this.choose(stream);
    const targetMs = this.targetOf(stream);
    const lane = stream.server.lane;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.finish(stream, () => resolve({ lane, kind, latencyMs: null })), GIVE_UP_MS);
      this.waiting.set(stream, {
        shows: (session) => shows(kind, targetMs, session),
        seen: (atMs) => {
          clearTimeout(timer);
          this.finish(stream, () => resolve({ lane, kind, latencyMs: atMs - happenedAt }));
        },
      });
      const happenedAt = performance.now();
      act(stream, kind, targetMs);
    });
  }

  private finish(stream: BenchStream, tell: () => void): void {
    this.waiting.delete(stream);
    tell();
  }

  private choose(stream: BenchStream): ChangeKind {
    if (stream.state === 'stopped') return 'start';
    if (this.does === 'plays') return 'stop';
    const toggle = stream.state === 'paused' ? 'resume' : 'pause';
    return pick(this.random, [toggle, toggle, toggle, 'seek', 'seek', 'stop'] as const);
  }

  private targetOf(stream: BenchStream): number {
    const to = stream.positionMs + between(this.random, JUMP_MS, 2 * JUMP_MS);
    return to < ITEM_DURATION_MS - JUMP_MS * 3 ? to : between(this.random, 0, JUMP_MS);
  }

  private match(seen: SeenServer, atMs: number): void {
    const byDevice = new Map(seen.sessions.map((session) => [session.deviceName, session]));
    for (const [stream, { shows: isShown, seen: tell }] of [...this.waiting]) {
      if (stream.server.id === seen.serverId && isShown(byDevice.get(stream.deviceName))) tell(atMs);
    }
  }
}

function act(stream: BenchStream, kind: ChangeKind, targetMs: number): void {
  if (kind === 'start') stream.start(targetMs);
  else if (kind === 'stop') stream.stop();
  else if (kind === 'seek') stream.handle!.seek(targetMs);
  else {
    stream.handle![kind]();
    stream.state = kind === 'pause' ? 'paused' : 'playing';
  }
}

function shows(kind: ChangeKind, targetMs: number, session: SeenSession | undefined): boolean {
  const stream = session?.stream ?? null;
  if (kind === 'stop') return stream === null;
  if (stream === null) return false;
  if (kind === 'pause') return stream.state === 'PAUSED';
  if (kind === 'resume') return stream.state === 'PLAYING';
  return kind === 'start' || Math.abs(stream.positionMs - targetMs) < RECOGNISED_MS;
}
