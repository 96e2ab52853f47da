import type { AgentLink, FenceStore } from '@usher/bus';
import { agentHello, AppError, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import { fullJitter, type Clock } from '@usher/resilience';
import type { AgentIdentity } from '../enrollment/agent-identity.js';
import type { AgentSettings } from '../server/agent-settings.js';
import { pause } from '../server/pause.js';
import type { ServerConfiguration } from '../server/server-configuration.js';
import type { ControllerClock } from './controller-clock.js';
import { AGENT_VERSION } from './version.js';

const RETRY = { baseMs: 1_000, capMs: 30_000 };
/** No common protocol: only another version on one of the sides helps. */
const UNSUPPORTED_RETRY_MS = 60_000;
/** Above this the clocks of agent and controller differ enough to say so. */
const SKEW_WARN_MS = 5_000;

interface HelloOptions {
  readonly link: Pick<AgentLink, 'ask' | 'connected'>;
  readonly identity: AgentIdentity;
  readonly settings: Pick<AgentSettings, 'config' | 'credentialRev'>;
  readonly configuration: Pick<ServerConfiguration, 'apply'>;
  readonly fences: FenceStore;
  readonly controllerClock: ControllerClock;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Asked after every connect: the answer holds all that this agent may have missed. */
export class Hello {
  private asking = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(private readonly options: HelloOptions) {}

  /** The link is up: asks until there is an answer, or until it is down again. */
  begin(): void {
    this.asking.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.work = this.work.then(() => this.untilAnswered(asking.signal));
  }

  async stop(): Promise<void> {
    this.asking.abort();
    await this.work;
  }

  private async untilAnswered(signal: AbortSignal): Promise<void> {
    const { link, clock, logger } = this.options;
    for (let failures = 0; !signal.aborted && link.connected; failures++) {
      try {
        await this.ask(signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        logger.warn('hello.failed', 'The controller did not answer hello as it should; asking again.', { error });
        const unsupported = error instanceof AppError && error.code === 'PROTOCOL_UNSUPPORTED';
        await pause(clock, unsupported ? UNSUPPORTED_RETRY_MS : fullJitter(failures, RETRY), signal);
      }
    }
  }

  private async ask(signal: AbortSignal): Promise<void> {
    const { link, identity, settings, configuration, fences, controllerClock, clock, logger } = this.options;
    const sentAtMs = clock.now();
    const answer = await link.ask(agentHello, {
      agentId: identity.agentId,
      protocol: { min: OLDEST_PROTOCOL_VERSION, max: PROTOCOL_VERSION },
      agentVersion: AGENT_VERSION,
      configRev: settings.config.rev,
      credentialRev: settings.credentialRev,
      sentAt: new Date(sentAtMs).toISOString(),
    });
    signal.throwIfAborted();
    if (answer.protocol < OLDEST_PROTOCOL_VERSION || answer.protocol > PROTOCOL_VERSION) {
      throw new AppError('PROTOCOL_UNSUPPORTED', 'Controller and agent have no protocol version in common.', { protocol: answer.protocol });
    }
    controllerClock.learn(answer.controllerTime, sentAtMs);
    if (Math.abs(controllerClock.offsetMs) > SKEW_WARN_MS) {
      logger.warn('clock.skewed', "The clocks of agent and controller differ; the controller's is used for commands.", { offsetMs: controllerClock.offsetMs });
    }
    await fences.raise('fleet', answer.fleetEpoch);
    await identity.trust(answer.keys, answer.fleetId);
    await configuration.apply(answer, 'hello');
    logger.info('hello.answered', 'Connected to the controller.', { protocol: answer.protocol });
  }
}
