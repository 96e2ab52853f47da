import type { AgentLink } from '@usher/bus';
import { heartbeatState, type Heartbeat as HeartbeatBody } from '@usher/contracts';
import type { Clock, TimerHandle } from '@usher/resilience';
import type { Sequence } from '../server/sequence.js';

const EVERY_MS = 10_000;

/** Tells that this agent lives and how its server is: every 10 s and at every change of status. */
export class Heartbeat {
  private timer: TimerHandle | null = null;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly link: Pick<AgentLink, 'connected' | 'publishState'>,
    private readonly sequence: Sequence,
    private readonly body: () => Omit<HeartbeatBody, 'seq' | 'at'>,
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Now, and from now on every 10 s. */
  beat(): void {
    if (this.stopped) return;
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = this.clock.setTimeout(() => this.beat(), EVERY_MS);
    if (!this.link.connected) return;
    this.running = this.running.then(() => this.publish()).catch(this.onError);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) this.clock.clearTimeout(this.timer);
    await this.running;
  }

  private async publish(): Promise<void> {
    const seq = await this.sequence.next();
    this.link.publishState(heartbeatState, { seq, at: new Date(this.clock.now()).toISOString(), ...this.body() });
  }
}
