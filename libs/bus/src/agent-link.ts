import { setTimeout as delay } from 'node:timers/promises';
import { connect, type Authenticator, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { AppError, agentSubjects, contractName, type AskContract, type FleetStateContract, type StateContract } from '@usher/contracts';
import { fleetStateContracts, type AgentKeys } from '@usher/security';
import type { z } from 'zod';
import { brokerOptions, checkBrokerVersion, type BrokerAddress } from './broker-address.js';
import { CommandIntake, type CommandIntakeOptions } from './command-intake.js';
import { FleetStateIntake, type FleetStateStore } from './fleet-state-intake.js';
import { FACT_BATCH, type FactBatch, type FactBatchAnswer } from './facts.js';
import { followStatus } from './hub-connection.js';
import { ResultSender } from './result-sender.js';
import { checked, correlationIdOf, encodeJson, messageHeaders, readAnswer } from './wire.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** One try of an ask; over an import a missing listener shows only as silence. */
const ASK_TRY_MS = 2_000;
const FACTS_TRY_MS = 5_000;
const FACTS_TRIES = 3;

export interface AgentLinkOptions extends BrokerAddress, CommandIntakeOptions {
  keys: AgentKeys;
  userJwt: string;
  /** What is told to the whole fleet: where the newest is remembered, and who acts by it. */
  fleetStates?: { store: FleetStateStore; take: (contract: FleetStateContract, body: unknown) => Promise<void> | void };
}

/** The link of one agent to the hub, in the agent's own account. It never answers a reply subject that a message names. */
export class AgentLink {
  private readonly stopping = new AbortController();
  private readonly intake: CommandIntake;
  private readonly fleetStates: FleetStateIntake | null;
  private readonly up = new Set<() => void>();
  private readonly down = new Set<() => void>();
  private nats: NatsConnection | undefined;
  private isUp = false;
  private isSendingFacts = false;
  private ended: Promise<void> = Promise.resolve();

  constructor(private readonly options: AgentLinkOptions) {
    const { serverId, now = Date.now } = options;
    const { signal } = this.stopping;
    const sender = new ResultSender({ serverId, now, signal, request: (subject, payload, timeoutMs) => this.online().request(subject, payload, { timeout: timeoutMs }) });
    this.intake = new CommandIntake(options, sender, signal);
    const { trustedKeys, fences, logger, fleetStates } = options;
    this.fleetStates = fleetStates ? new FleetStateIntake({ ...fleetStates, trustedKeys, fleetEpoch: () => fences.highest('fleet'), raiseEpoch: (epoch) => fences.raise('fleet', epoch), now, logger }) : null;
  }

  /** Returns at once; connects, and connects again, until `stop`. */
  start(): void {
    this.ended = this.keepConnected();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.nats?.close();
    await this.ended;
  }

  get connected(): boolean {
    return this.isUp;
  }

  /** Refused commands by `CODE` or `CODE/reason`. */
  get refusals(): ReadonlyMap<string, number> {
    return this.intake.refusals;
  }

  /** Refused states of the fleet, by the same names. */
  get fleetStateRefusals(): ReadonlyMap<string, number> {
    return this.fleetStates?.refusals ?? new Map();
  }

  /** Called after every connect. Returns the function that ends it. */
  onConnected(listener: () => void): () => void {
    this.up.add(listener);
    return () => this.up.delete(listener);
  }

  onDisconnected(listener: () => void): () => void {
    this.down.add(listener);
    return () => this.down.delete(listener);
  }

  /** Repeated within the contract's time. @throws AppError `AGENT_OFFLINE`, `AGENT_TIMEOUT`, or the controller's error */
  async ask<Req extends z.ZodType, Rep extends z.ZodType>(contract: AskContract<Req, Rep>, request: z.input<Req>): Promise<z.output<Rep>> {
    const payload = encodeJson(checked(contract.request, request));
    const subject = agentSubjects.ask(this.options.serverId, contract.name);
    const giveUpAt = Date.now() + contract.timeoutMs;
    for (;;) {
      const leftMs = giveUpAt - Date.now();
      const answer = await this.tryRequest(contract, subject, payload, Math.min(ASK_TRY_MS, leftMs));
      if (answer) return readAnswer(answer.data, contract.reply);
      if (giveUpAt - Date.now() < FIRST_PAUSE_MS) throw new AppError('AGENT_TIMEOUT', 'The controller did not answer in time.', { contract: contractName(contract) });
    }
  }

  /** Nothing happens while disconnected: the next snapshot says it all. */
  publishState<Body extends z.ZodType>(contract: StateContract<Body>, body: z.input<Body>): void {
    if (!this.isUp) return;
    const payload = encodeJson(checked(contract.body, body));
    this.online().publish(agentSubjects.state(this.options.serverId, contract.name), payload, { headers: messageHeaders(contract) });
  }

  /**
   * One batch at a time; resolves when the controller has committed it.
   * @throws AppError `AGENT_OFFLINE`, `AGENT_TIMEOUT` when nobody answered, or the controller's error; the batch is then sent again later
   */
  async sendFacts(batch: FactBatch): Promise<FactBatchAnswer> {
    if (this.isSendingFacts) throw new Error('a batch of facts is already under way');
    const payload = encodeJson(checked(FACT_BATCH.request, batch));
    this.isSendingFacts = true;
    try {
      for (let turn = 0; turn < FACTS_TRIES; turn++) {
        const answer = await this.tryRequest(FACT_BATCH, agentSubjects.facts(this.options.serverId), payload, FACTS_TRY_MS);
        if (answer) return readAnswer(answer.data, FACT_BATCH.reply);
      }
    } finally {
      this.isSendingFacts = false;
    }
    throw new AppError('AGENT_TIMEOUT', 'The controller did not store the facts in time.', { contract: contractName(FACT_BATCH) });
  }

  /** Null when nobody answered in time. */
  private async tryRequest(contract: { name: string; version: number }, subject: string, payload: string, timeoutMs: number): Promise<Msg | null> {
    try {
      return await this.online().request(subject, payload, { timeout: timeoutMs, headers: messageHeaders(contract) });
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (!this.isUp) throw new AppError('AGENT_OFFLINE', 'The connection to the broker was lost.', {}, { cause: error });
      // "No responders" comes at once: a short rest keeps this from spinning.
      if ((error as Error).name !== 'TimeoutError') await delay(FIRST_PAUSE_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      return null;
    }
  }

  private online(): NatsConnection {
    if (!this.nats || !this.isUp) throw new AppError('AGENT_OFFLINE', 'There is no connection to the broker.');
    return this.nats;
  }

  private async keepConnected(): Promise<void> {
    const { signal } = this.stopping;
    let level: 'warn' | 'debug' = 'warn';
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        await this.connectOnce();
        pauseMs = FIRST_PAUSE_MS;
        level = 'warn';
      } catch (error) {
        this.options.logger[level]('bus.unreachable', 'The broker cannot be reached; trying again.', { error });
        level = 'debug';
      }
      await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves when the link has ended for good; short losses are healed inside. */
  private async connectOnce(): Promise<void> {
    const { options } = this;
    const nats = await connect({
      ...brokerOptions(options),
      name: `usher-agent ${options.serverId}`,
      inboxPrefix: agentSubjects.inboxPrefix(options.serverId),
      authenticator: login(options),
    });
    this.nats = nats;
    try {
      if (this.stopping.signal.aborted) return;
      const warning = checkBrokerVersion(nats.info?.version ?? '0', options.url);
      if (warning !== null) options.logger.debug('broker.outdated', warning);
      nats.subscribe(agentSubjects.commands(options.serverId), {
        callback: (error, message) => {
          if (error) options.logger.error('bus.refused', 'The broker refused the subscription of commands.', { error });
          else void this.intake.receive(message.string(), correlationIdOf(message));
        },
      });
      for (const contract of this.fleetStates ? fleetStateContracts() : []) {
        nats.subscribe(FleetStateIntake.subjectOf(contract), {
          callback: (error, message) => {
            if (error) options.logger.error('bus.refused', 'The broker refused the subscription of a state of the fleet.', { error });
            else void this.fleetStates!.receive(contract, message.string());
          },
        });
      }
      // A connection that `stop` closes meanwhile never answers the flush, and tells no end afterwards.
      await Promise.race([nats.flush(), nats.closed()]);
      if (this.stopping.signal.aborted) return;
      this.changed(true);
      await followStatus(
        nats,
        (connected) => this.changed(connected),
        (error) => options.logger.warn('bus.failed', 'The broker reported a problem.', { error }),
      );
    } finally {
      await nats.close();
      this.changed(false);
    }
  }

  private changed(connected: boolean): void {
    if (connected === this.isUp) return;
    this.isUp = connected;
    this.options.logger.info(connected ? 'bus.connected' : 'bus.disconnected', connected ? 'Connected to the broker.' : 'Not connected to the broker.');
    for (const listener of connected ? this.up : this.down) listener();
  }
}

/** Proves with the agent's own key, over the broker's nonce, that the user claim is its. */
function login({ keys, userJwt }: AgentLinkOptions): Authenticator {
  return (nonce = '') => ({ jwt: userJwt, nkey: keys.nkeyPub, sig: Buffer.from(keys.signWithLogin(new TextEncoder().encode(nonce))).toString('base64url') });
}
