import type { z } from 'zod';
import type { AppError, AskContract, CommandContract, FactContract, Service, ServiceCommandContract, ServiceStateContract, StateContract, TrustedKey } from '@usher/contracts';
import type { AgentKeys, CommandSigner, KeyRing } from '@usher/security';
import type { Logger } from '@usher/platform';
import type { AgentDirectory } from './contexts.js';
import type { CommandJournal, FenceStore } from './journal.js';
import type { FactBatch, FactBatchAnswer } from './facts.js';
export * from './contexts.js';
export * from './facts.js';
export * from './journal.js';

// --- signatures published first; the bodies follow in their own files with exactly these names ---
export type MessageKind = 'command' | 'service-command' | 'fact' | 'fact-batch' | 'state' | 'ask' | 'service-state';
/** Agent: method(request, ctx: CommandContext): Promise<Reply> | AsyncGenerator<Reply> */
export declare function HandleCommand(contract: CommandContract): MethodDecorator;
export declare function HandleServiceCommand(contract: ServiceCommandContract): MethodDecorator;
/** Controller: called by the applier through BusServer.dispatch('fact', name, body, ctx: FactContext) */
export declare function HandleFact(contract: FactContract): MethodDecorator;
/** Controller: ONE handler; method(batch: FactBatch, ctx: AgentMessageContext): Promise<{ through }>; commit first, then return */
export declare function HandleFactBatch(): MethodDecorator;
export declare function HandleState(contract: StateContract): MethodDecorator;
export declare function HandleAsk(contract: AskContract): MethodDecorator;
export declare function HandleServiceState(contract: ServiceStateContract): MethodDecorator;

/** Give it to Nest as `{ strategy }`. Is a Nest `Server` & CustomTransportStrategy. */
export declare class BusServer {
  constructor(options: { hub: HubConnection | null; directory?: AgentDirectory; logger: Logger });
  has(kind: MessageKind, name: string): boolean;
  dispatch(kind: MessageKind, name: string, payload: unknown, ctx: object): Promise<unknown>; // an async generator handler resolves to the AsyncIterable
  listen(callback: (error?: unknown) => void): void;
  close(): Promise<void>;
}
export interface BrokerAddress { url: string | string[]; /** PEM of the broker's authority; off loopback TLS is always demanded */ caPem?: string }
export declare class HubConnection {
  static connect(options: BrokerAddress & { creds: string; service: Service; logger: Logger }): Promise<HubConnection>;
  readonly connected: boolean;
  readonly processId: string;
  readonly service: Service;
  /** `2.9.10`; null while not connected */
  readonly brokerVersion: string | null;
  onStatus(cb: (connected: boolean) => void): () => void;
  close(): Promise<void>;
}
export interface CommandCall<Reply> extends PromiseLike<Reply>, AsyncIterable<Reply> { readonly commandId: string; catch<T>(onRejected: (error: unknown) => T): Promise<Reply | T>; finally(cb: () => void): Promise<Reply> }
export declare class HubBus {
  constructor(options: { connection: HubConnection; signer: CommandSigner; directory: AgentDirectory; presence: { isOnline(serverId: string): boolean }; fleetEpoch: () => number });
  command<Req extends z.ZodType, Rep extends z.ZodType>(contract: CommandContract<Req, Rep>, target: { serverId: string }, request: z.input<Req>, options?: { timeoutMs?: number; commandId?: string; fence?: { n: string; e: number } }): CommandCall<z.output<Rep>>;
  serviceCommand<Req extends z.ZodType, Rep extends z.ZodType>(contract: ServiceCommandContract<Req, Rep>, request: z.input<Req>, options?: { timeoutMs?: number }): Promise<z.output<Rep>>;
  publishServiceState<B extends z.ZodType>(contract: ServiceStateContract<B>, body: z.input<B>): void;
}
export declare class SysConnection {
  static connect(options: BrokerAddress & { creds: string; ring: KeyRing; logger: Logger }): Promise<SysConnection>;
  /** Checks issuer and subject, pushes, waits for the resolver's answer, logs in as a canary. */
  pushAccount(jwt: string): Promise<void>;
  deleteAccount(acctPub: string): Promise<void>;
  /** Returns the function that stops listening. `connected` false only when the account's last link is gone. */
  onPresence(cb: (acctPub: string, connected: boolean) => void): () => void;
  close(): Promise<void>;
}
export declare class AgentLink {
  constructor(options: BrokerAddress & {
    keys: AgentKeys; userJwt: string; serverId: string; agentId: string;
    trustedKeys: () => readonly TrustedKey[]; journal: CommandJournal; fences: FenceStore;
    /** Usually `(name, payload, ctx) => busServer.dispatch('command', name, payload, ctx)` */
    dispatch: (name: string, payload: unknown, ctx: import('./contexts.js').CommandContext) => Promise<unknown>;
    /** Local policy: the error to answer with, or null. */
    refuse?: (contract: CommandContract) => AppError | null;
    /** Controller time in epoch ms; default Date.now. */
    now?: () => number;
    logger: Logger;
  });
  /** Returns at once and connects for ever, with jitter. */
  start(): void;
  stop(): Promise<void>;
  readonly connected: boolean;
  /** Refused messages by code or `code/reason`. */
  readonly refusals: ReadonlyMap<string, number>;
  onConnected(cb: () => void): () => void;
  onDisconnected(cb: () => void): () => void;
  ask<Req extends z.ZodType, Rep extends z.ZodType>(contract: AskContract<Req, Rep>, request: z.input<Req>): Promise<z.output<Rep>>;
  publishState<B extends z.ZodType>(contract: StateContract<B>, body: z.input<B>): void;
  /** One batch at a time; AGENT_OFFLINE while disconnected, AGENT_TIMEOUT when nobody answered. */
  sendFacts(batch: FactBatch): Promise<FactBatchAnswer>;
}
/** Throws BROKER_TOO_OLD off loopback below the floor; on loopback returns the sentence to warn with, or null. */
export declare function checkBrokerVersion(version: string, url: string | string[]): string | null;
