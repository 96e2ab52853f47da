import type { AgentLink } from '@usher/bus';
import type { Logger } from '@usher/platform';
import { fullJitter, type Clock } from '@usher/resilience';
import { pause } from '../server/pause.js';
import type { FactSpool } from './fact-spool.js';

const BACK_OFF = { baseMs: 500, capMs: 15_000 };

/** Sends the spool in order: one batch under way, the next one only after the controller has committed it. */
export class FactSender {
  private readonly stopping = new AbortController();
  private wakeUp: () => void = () => undefined;
  private work: Promise<void> | null = null;

  constructor(
    private readonly spool: Pick<FactSpool, 'readBatch' | 'trim'>,
    private readonly link: Pick<AgentLink, 'connected' | 'sendFacts'>,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.work ??= this.run();
  }

  /** Something can be sent: a fact was written, or the link is up. */
  wake(): void {
    this.wakeUp();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wakeUp();
    await this.work;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => (this.wakeUp = resolve));
      const outcome = this.link.connected ? await this.sendOne(failures) : 'nothing';
      if (outcome === 'sent') failures = 0;
      if (outcome === 'failed') await pause(this.clock, fullJitter(failures++, BACK_OFF), this.stopping.signal);
      if (outcome === 'nothing' && !this.stopping.signal.aborted) await woken;
    }
  }

  private async sendOne(failures: number): Promise<'sent' | 'failed' | 'nothing'> {
    try {
      const batch = await this.spool.readBatch();
      if (!batch) return 'nothing';
      const { through } = await this.link.sendFacts(batch);
      await this.spool.trim(through);
      return through >= batch.first ? 'sent' : 'failed';
    } catch (error) {
      if (failures === 0) this.logger.warn('facts.not_sent', 'Facts were not confirmed; they are sent again.', { error });
      return 'failed';
    }
  }
}
