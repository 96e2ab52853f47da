import { AppError, serverProbed, type ServerProfile } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import { withTimeout, type Clock } from '@usher/resilience';
import type { FactSpool } from '../spool/fact-spool.js';
import { newFact } from '../spool/facts.js';
import type { AgentSettings } from './agent-settings.js';
import { pause } from './pause.js';
import type { ServerProvider } from './server.provider.js';

const PROBE_TIMEOUT_MS = 18_000;
const FIRST_RETRY_MS = 5_000;
/** Turns that are further apart are never left out. */
const SPARED_UP_TO_MS = 15 * 60_000;

interface ProbeOptions {
  readonly provider: Pick<ServerProvider, 'current' | 'currentOrNull'>;
  readonly settings: Pick<AgentSettings, 'config'>;
  readonly spool: Pick<FactSpool, 'append'>;
  /** Inside a maintenance window: a server that is away is expected. */
  readonly isExpectedAway?: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Asks the server who it is: at start, every `poll.serverS`, and when it is back. A changed answer becomes a fact. */
export class ServerProbe {
  private readonly stopping = new AbortController();
  private wakeUp = new AbortController();
  private work: Promise<void> | null = null;
  private sent: string | null = null;
  private spared = false;

  constructor(private readonly options: ProbeOptions) {}

  start(): void {
    this.work ??= this.run();
  }

  /** The adapter is new, or the server answers again. */
  wake(): void {
    this.wakeUp.abort();
  }

  /** The server was asked for something else meanwhile, and answered: the next turn is left out, never two in a row. */
  spare(): void {
    this.spared = true;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wakeUp.abort();
    await this.work;
  }

  /** Probes now and tells the controller, also when nothing changed. @throws AppError of the adapter */
  async probeNow(): Promise<ServerProfile> {
    const profile = await this.ask();
    this.tell(profile);
    return profile;
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted; ) {
      this.wakeUp = new AbortController();
      failures = (await this.probeQuietly(failures === 0)) ? 0 : failures + 1;
      const regularMs = this.options.settings.config.poll.serverS * 1_000;
      const waitMs = failures === 0 ? regularMs : Math.min(regularMs, FIRST_RETRY_MS * 2 ** (failures - 1));
      this.spared = false;
      await pause(this.options.clock, waitMs, this.wakeUp.signal);
      if (this.spared && failures === 0 && regularMs <= SPARED_UP_TO_MS) await pause(this.options.clock, regularMs, this.wakeUp.signal);
    }
  }

  private async probeQuietly(logFailure: boolean): Promise<boolean> {
    if (!this.options.provider.currentOrNull) return true;
    try {
      const profile = await this.ask();
      if (JSON.stringify(profile) !== this.sent) this.tell(profile);
      return true;
    } catch (error) {
      const level = this.options.isExpectedAway?.() ? 'info' : 'warn';
      if (logFailure) this.options.logger[level]('server.probe_failed', 'The media server could not be probed; it is tried again.', { error });
      return false;
    }
  }

  private ask(): Promise<ServerProfile> {
    const server = this.options.provider.current();
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    return withTimeout(() => server.probe(), PROBE_TIMEOUT_MS, onTimeout, this.options.clock);
  }

  private tell(profile: ServerProfile): void {
    this.options.spool.append([newFact(serverProbed, { profile }, this.options.clock.now())]);
    this.sent = JSON.stringify(profile);
  }
}
