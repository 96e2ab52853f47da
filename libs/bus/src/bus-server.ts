import type { Msg } from '@nats-io/transport-node';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { AppError, contractName, hubSubjects, parseHubSubject, toWireError, uuidv7, type FleetStateContract, type TrustedKey } from '@usher/contracts';
import { runInContext, type Logger } from '@usher/platform';
import { parseLimitedJson } from '@usher/security';
import type { AgentDirectory, AgentMessageContext, ServiceMessageContext } from './contexts.js';
import { FleetStateIntake, MemoryFleetStateStore } from './fleet-state-intake.js';
import { Gate } from './gate.js';
import { patternOf, type HandledContract, type MessageKind } from './handlers.decorator.js';
import type { HubConnection } from './hub-connection.js';
import { checked, correlationIdOf, encodeJson, type Answer } from './wire.js';

/** Replies of this form are made by the broker for one message of one agent; no other reply subject of an agent is followed. */
const BROKER_REPLY = '_R_.';
const SERVICE_REPLY = '_INBOX.';
const AT_ONCE = 64;
const WAITING = 4_096;

export interface BusServerOptions {
  /** Null: nothing is subscribed, handlers are reached by `dispatch` only. */
  hub: HubConnection | null;
  /** Who is behind an account; needed to hear agents. */
  directory?: AgentDirectory;
  /** Whose states of the fleet are believed; needed to hear them. */
  trustedKeys?: () => readonly TrustedKey[];
  logger: Logger;
}

/**
 * Nest's transport for the bus: finds the decorated handlers, subscribes what they handle, validates, and answers.
 * Messages of unknown or retired agents are dropped and counted.
 */
export class BusServer extends Server implements CustomTransportStrategy {
  /** Dropped messages by reason: `unknown-agent`, `invalid`, `overload`. */
  readonly dropped = new Map<string, number>();
  private readonly gate = new Gate(AT_ONCE, WAITING);
  private readonly ends: (() => void)[] = [];
  private readonly fleetStates: FleetStateIntake;

  constructor(private readonly options: BusServerOptions) {
    super();
    this.fleetStates = new FleetStateIntake({
      trustedKeys: () => options.trustedKeys?.() ?? [],
      store: new MemoryFleetStateStore(),
      fleetEpoch: () => 0,
      now: Date.now,
      take: (contract, body) => this.dispatch('fleet-state', contractName(contract), body, { correlationId: uuidv7() }) as Promise<void>,
      logger: options.logger,
    });
  }

  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler?: boolean, extras?: Record<string, unknown>): void {
    if (this.messageHandlers.has(String(pattern))) throw new Error(`two handlers for ${String(pattern)}`);
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  /** Called by Nest when all handlers are known. */
  listen(callback: (error?: unknown) => void): void {
    try {
      if (this.options.hub) for (const contract of this.contracts()) this.subscribe(this.options.hub, contract);
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    for (const end of this.ends.splice(0)) end();
    await this.gate.idle();
  }

  /** `name` as in `session.stop@1`. */
  has(kind: MessageKind, name: string): boolean {
    return this.messageHandlers.has(patternOf(kind, name));
  }

  /**
   * Calls the handler of a contract with a validated body. A handler in parts resolves to its async iterable.
   * @throws AppError `PROTOCOL_UNSUPPORTED` without a handler, `MESSAGE_INVALID` for another shape, and whatever the handler throws
   */
  async dispatch(kind: MessageKind, name: string, payload: unknown, context: ServiceMessageContext & Partial<AgentMessageContext>): Promise<unknown> {
    const handler = this.messageHandlers.get(patternOf(kind, name));
    if (!handler) throw new AppError('PROTOCOL_UNSUPPORTED', 'Nothing here handles this message.', { contract: name });
    const contract = contractOf(handler);
    const body = checked('body' in contract ? contract.body : contract.request, payload);
    const { serverId, correlationId } = context;
    return runInContext({ ...(serverId !== undefined && { serverId }), correlationId }, () => handler(body, context) as Promise<unknown>);
  }

  override on(): never {
    throw new Error('status events are told by HubConnection.onStatus');
  }

  override unwrap<T>(): T {
    return this.options.hub as T;
  }

  private contracts(): HandledContract[] {
    return [...this.messageHandlers.values()].map(contractOf);
  }

  private subscribe(hub: HubConnection, contract: HandledContract): void {
    switch (contract.kind) {
      case 'command':
      case 'fact':
        return;
      case 'state':
        return this.listenTo(hub, hubSubjects.state(contract.name), (message) => this.fromAgent(contract, message));
      case 'ask':
        return this.listenTo(hub, hubSubjects.ask(contract.name), (message) => this.fromAgent(contract, message), hub.service);
      case 'fact-batch':
        return this.listenTo(hub, hubSubjects.facts(), (message) => this.fromAgent(contract, message), hub.service);
      case 'service-command':
        return this.listenTo(hub, hubSubjects.serviceCommand(hub.service, contract.name), (message) => this.fromService(contract, message), hub.service);
      case 'fleet-state':
        return this.listenTo(hub, FleetStateIntake.subjectOf(contract), (message) => this.fleetStates.receive(contract as FleetStateContract, message.string()));
      case 'service-state':
        return this.listenTo(hub, hubSubjects.serviceState(contract.sender, contract.name), (message) => this.fromService(contract, message));
    }
  }

  private listenTo(hub: HubConnection, subject: string, handle: (message: Msg) => Promise<void>, queue?: string): void {
    this.ends.push(hub.subscribe(subject, (message) => void (this.gate.enter(() => handle(message)) || this.drop('overload')), queue));
  }

  private async fromAgent(contract: HandledContract, message: Msg): Promise<void> {
    const acct = parseHubSubject(message.subject)?.acct;
    const agent = acct === undefined ? undefined : this.options.directory?.byAccount(acct);
    if (!agent) return this.drop('unknown-agent');
    await this.handle(contract, message, { ...agent, correlationId: correlationIdOf(message) }, BROKER_REPLY);
  }

  private async fromService(contract: HandledContract, message: Msg): Promise<void> {
    await this.handle(contract, message, { correlationId: correlationIdOf(message) }, SERVICE_REPLY);
  }

  private async handle(contract: HandledContract, message: Msg, context: ServiceMessageContext & Partial<AgentMessageContext>, replyPrefix: string): Promise<void> {
    const isAnswered = 'reply' in contract && message.reply?.startsWith(replyPrefix) === true;
    try {
      const result = await this.dispatch(contract.kind, contractName(contract), parseLimitedJson(message.data), context);
      if (isAnswered) this.answer(message, { ok: true, body: checked(contract.reply, result) });
    } catch (error) {
      this.report(contract, context, error);
      if (isAnswered) this.answer(message, { ok: false, error: toWireError(error) });
    }
  }

  private answer(message: Msg, body: Answer): void {
    this.options.hub?.respond(message, encodeJson(body));
  }

  private report(contract: HandledContract, context: Partial<AgentMessageContext>, error: unknown): void {
    if (error instanceof AppError && error.code === 'MESSAGE_INVALID') this.drop('invalid');
    const isOurs = !(error instanceof AppError) || error.family === 'bug';
    runInContext({ ...(context.serverId !== undefined && { serverId: context.serverId }), correlationId: context.correlationId ?? uuidv7() }, () =>
      this.options.logger[isOurs ? 'error' : 'info']('message.failed', 'A message could not be handled.', { contract: contractName(contract), error }),
    );
  }

  private drop(reason: string): void {
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + 1);
  }
}

function contractOf(handler: MessageHandler): HandledContract {
  return (handler.extras as { contract: HandledContract }).contract;
}
