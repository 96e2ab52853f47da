import { pick, type Random } from './base/random.js';
import type { Simulator } from './base/simulator.js';
import { Pulse } from './fleet-life.js';

const STEP_MS = 15_000;
const DEVICES = ['Tablet of Nell', 'Holiday phone', 'Car'];

/** Somebody takes films along: one download after the other, ready after some minutes. Only Emby prepares any. */
export class Downloads {
  private readonly pulse: Pulse;
  private lastId = 0;

  constructor(
    private readonly server: Simulator,
    private readonly random: Random,
  ) {
    this.pulse = new Pulse(server.control.clock);
  }

  begin(): void {
    const { downloads, catalogue } = this.server.control.state;
    const { title } = pick(this.random, catalogue.ofKind('movie'));
    downloads.push({ id: ++this.lastId, title, deviceName: pick(this.random, DEVICES), itemCount: 1, status: 'queued', progress: 0 });
    this.pulse.after(STEP_MS, () => this.step());
  }

  stop(): void {
    this.pulse.stop();
  }

  /** One that was cancelled makes room for the next, too. */
  private step(): void {
    const { downloads } = this.server.control.state;
    const current = downloads.find(({ id }) => id === this.lastId);
    if (current === undefined || current.progress >= 100) {
      downloads.splice(0);
      this.begin();
      return;
    }
    current.progress = Math.min(100, current.progress + 4 + Math.floor(this.random() * 6));
    current.status = current.progress < 60 ? 'converting' : current.progress < 100 ? 'transferring' : 'completed';
    this.pulse.after(STEP_MS, () => this.step());
  }
}
