import type { Clock, TimerHandle } from '@usher/resilience';
import type { PlaybackHandle } from './base/control.js';
import type { Fault } from './base/faults.js';
import type { CatalogueItem } from './base/media.js';
import { between, pick, type Random } from './base/random.js';
import type { Simulator } from './base/simulator.js';
import { needFor, type Seat } from './fleet-people.js';

/** One timer at a time that can be stopped for good. */
export class Pulse {
  private handle: TimerHandle | null = null;
  private stopped = false;

  constructor(private readonly clock: Clock) {}

  after(ms: number, fn: () => void): void {
    if (this.stopped) return;
    this.handle = this.clock.setTimeout(fn, ms);
  }

  stop(): void {
    this.stopped = true;
    if (this.handle !== null) this.clock.clearTimeout(this.handle);
  }
}

/** Somebody at a device: watches, pauses, jumps, changes quality, stops, comes back. */
export class Viewer {
  private readonly pulse: Pulse;
  private playback: PlaybackHandle | null = null;

  constructor(
    private readonly server: Simulator,
    private readonly seat: Seat,
    private readonly random: Random,
  ) {
    this.pulse = new Pulse(server.control.clock);
  }

  /** `watching`: in the middle of something already. */
  begin(watching: boolean): void {
    if (watching) this.watch(0.1 + this.random() * 0.7);
    else this.pulse.after(between(this.random, 5_000, 60_000), () => this.watch(0));
  }

  stop(): void {
    this.pulse.stop();
  }

  private watch(share: number): void {
    const { control } = this.server;
    const item = this.choose();
    const positionMs = Math.round((item.durationMs ?? 0) * share);
    this.playback = control.startPlayback({ user: this.seat.user, item, device: this.seat.device, delivery: needFor(this.seat, item, this.random), positionMs });
    this.pulse.after(between(this.random, 15_000, 90_000), () => this.act());
  }

  /** Music is rare; an episode is as likely as a film. */
  private choose(): CatalogueItem {
    const leaves = this.server.control.state.catalogue.leaves();
    const roll = this.random();
    const wanted = leaves.filter(({ kind }) => kind === (roll < 0.45 ? 'movie' : roll < 0.92 ? 'episode' : 'track'));
    return pick(this.random, wanted.length > 0 ? wanted : leaves);
  }

  private act(): void {
    const { playback } = this;
    if (playback === null || !playback.playing) {
      this.rest();
      return;
    }
    const roll = this.random();
    const { state, positionMs, item } = playback.session.playback!;
    if (state === 'paused') playback.resume();
    else if (roll < 0.35) playback.pause();
    else if (roll < 0.55) playback.seek(Math.min(positionMs + between(this.random, 30_000, 300_000), (item.durationMs ?? positionMs) - 5_000));
    else if (roll < 0.68) playback.setDelivery(needFor(this.seat, item, this.random));
    else if (roll < 0.82) {
      playback.stop();
      this.rest();
      return;
    }
    this.pulse.after(between(this.random, 12_000, 80_000), () => this.act());
  }

  private rest(): void {
    this.playback = null;
    this.pulse.after(between(this.random, 8_000, 45_000), () => this.watch(0));
  }
}

const TROUBLES: readonly Fault[] = [{ kind: 'refuse' }, { kind: 'status', status: 503, body: 'Service Unavailable' }, { kind: 'refuse' }, { kind: 'starting' }];

/** A server that goes away every 40 to 60 seconds and comes back after some. */
export class Flapper {
  private readonly pulse: Pulse;
  private turn = 0;

  constructor(
    private readonly server: Simulator,
    private readonly random: Random,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.pulse = new Pulse(server.control.clock);
  }

  begin(): void {
    this.pulse.after(between(this.random, 40_000, 60_000), () => {
      const trouble = TROUBLES[this.turn++ % TROUBLES.length]!;
      this.server.control.setFault(trouble).catch(this.onFailure);
      this.pulse.after(between(this.random, 9_000, 16_000), () => {
        this.server.control.clearFault().catch(this.onFailure);
        this.begin();
      });
    });
  }

  stop(): void {
    this.pulse.stop();
  }
}
