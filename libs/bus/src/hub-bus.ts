import type { Msg } from '@nats-io/transport-node';
import { AppError, contractName, fleetSubjects, hubSubjects, parseHubSubject, uuidv7, type CommandContract, type FleetStateContract, type ServiceCommandContract, type ServiceStateContract } from '@usher/contracts';
import { FLEET_STATE_LIFETIME_S, signCommand, signFleetState, type CommandSigner } from '@usher/security';
import type { z } from 'zod';
import { CommandCall } from './command-call.js';
import type { AgentDirectory } from './contexts.js';
import type { HubConnection } from './hub-connection.js';
import { Ack, checked, decodeJson, encodeJson, messageHeaders, readAnswer, type AckAnswer } from './wire.js';

/** Beyond the time that the caller waits, so that a late copy is still valid for an agent whose clock differs a little. */
const EXTRA_LIFE_S = 30;

export interface HubBusOptions {
  connection: HubConnection;
  signer: CommandSigner;
  directory: AgentDirectory;
  presence: { isOnline(serverId: string): boolean };
  /** Orders of an older epoch are refused by agents that have seen a newer one. */
  fleetEpoch: () => number;
  /** How long an agent has to say that it took a command; 2 s by default. */
  acceptWithinMs?: number;
}

export interface CommandOptions {
  /** Default: the contract's. */
  timeoutMs?: number;
  /** Given again, the agent answers from its journal instead of doing it twice. */
  commandId?: string;
  /** For work under a lease: its name and epoch. */
  fence?: { n: string; e: number };
  /** Of a command that changes something for a migration: the leave to carry out exactly this command, and what people signed. */
  ticket?: string;
  approvals?: readonly string[];
}

interface Pending {
  acct: string;
  call: CommandCall<unknown>;
}

/** Sends commands and what services say to each other. */
export class HubBus {
  /** Results that came from somebody else than the agent that was asked. */
  foreignAcks = 0;
  private readonly calls = new Map<string, Pending>();

  constructor(private readonly options: HubBusOptions) {
    const { connection, signer } = options;
    connection.subscribe(hubSubjects.acks(signer.issuer, connection.processId), (message) => this.onAck(message));
  }

  /**
   * Sends a signed command at once. Awaited, the call is the only part of the answer; iterated, it is all parts in order.
   * It fails with `AGENT_OFFLINE` at once when the link is down, `AGENT_TIMEOUT` when the agent does not accept within 2 s
   * or is not done in time, or the agent's own error.
   */
  command<Req extends z.ZodType, Rep extends z.ZodType>(
    contract: CommandContract<Req, Rep>,
    target: { serverId: string },
    request: z.input<Req>,
    options: CommandOptions = {},
  ): CommandCall<z.output<Rep>> {
    const commandId = options.commandId ?? uuidv7();
    const timeoutMs = options.timeoutMs ?? contract.timeoutMs;
    const call = new CommandCall(commandId, contract.reply as z.ZodType<z.output<Rep>>, timeoutMs, this.options.acceptWithinMs);
    const agent = this.options.directory.byServer(target.serverId);
    if (!agent || !this.options.connection.connected || !this.options.presence.isOnline(target.serverId)) {
      call.fail(new AppError('AGENT_OFFLINE', 'The agent of this server is not connected.', { serverId: target.serverId }));
      return call;
    }
    const pending: Pending = { acct: agent.acctPub, call: call as CommandCall<unknown> };
    this.calls.set(commandId, pending);
    call.onEnd(() => {
      if (this.calls.get(commandId) === pending) this.calls.delete(commandId);
    });
    this.send(contract, { ...agent, commandId, timeoutMs }, request, options).catch((error: unknown) => call.fail(error));
    return call;
  }

  /** @throws AppError `AGENT_OFFLINE` when no process of the receiver listens, `AGENT_TIMEOUT`, or the receiver's error */
  async serviceCommand<Req extends z.ZodType, Rep extends z.ZodType>(
    contract: ServiceCommandContract<Req, Rep>,
    request: z.input<Req>,
    options: { timeoutMs?: number } = {},
  ): Promise<z.output<Rep>> {
    const { connection } = this.options;
    const details = { receiver: contract.receiver, contract: contractName(contract) };
    if (!connection.connected) throw new AppError('AGENT_OFFLINE', 'There is no connection to the broker.', details);
    const payload = encodeJson(checked(contract.request, request));
    let answer: Msg;
    try {
      answer = await connection.request(hubSubjects.serviceCommand(contract.receiver, contract.name), payload, options.timeoutMs ?? contract.timeoutMs, messageHeaders(contract));
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') throw new AppError('AGENT_TIMEOUT', `The ${contract.receiver} did not answer in time.`, details, { cause: error });
      throw new AppError('AGENT_OFFLINE', `The ${contract.receiver} is not there.`, details, { cause: error });
    }
    return readAnswer(answer.data, contract.reply);
  }

  /** Told to every process of the hub; dropped while the broker is away. */
  publishServiceState<Body extends z.ZodType>(contract: ServiceStateContract<Body>, body: z.input<Body>): void {
    const payload = encodeJson(checked(contract.body, body));
    this.options.connection.publish(hubSubjects.serviceState(contract.sender, contract.name), payload, messageHeaders(contract));
  }

  /**
   * Told to every agent and service of the fleet, signed, under the fleet's epoch. `seq` has to rise with every message of
   * one contract, whichever process sends it. False while the broker is away.
   */
  async publishFleetState<Body extends z.ZodType>(contract: FleetStateContract<Body>, body: z.input<Body>, seq: number): Promise<boolean> {
    const { connection, signer, fleetEpoch } = this.options;
    const iat = Math.floor(Date.now() / 1000);
    const claims = { v: 1 as const, iss: 'controller' as const, iat, exp: iat + FLEET_STATE_LIFETIME_S, name: contractName(contract), epoch: fleetEpoch(), seq };
    const signed = await signFleetState(signer, { ...claims, body: checked(contract.body, body) });
    return connection.publish(fleetSubjects.state(contract.name), signed, messageHeaders(contract));
  }

  private async send(
    contract: CommandContract,
    to: { acctPub: string; agentId: string; serverId: string; commandId: string; timeoutMs: number },
    request: unknown,
    { fence = { n: 'fleet', e: this.options.fleetEpoch() }, ticket, approvals }: CommandOptions,
  ): Promise<void> {
    const { connection, signer } = this.options;
    const iat = Math.floor(Date.now() / 1000);
    const signed = await signCommand(signer, {
      v: 1,
      id: to.commandId,
      iss: signer.issuer,
      aud: to.agentId,
      sid: to.serverId,
      iat,
      exp: iat + Math.min(600, Math.ceil(to.timeoutMs / 1000) + EXTRA_LIFE_S),
      op: contractName(contract),
      args: checked(contract.request, request),
      fence,
      to: { service: signer.issuer, process: connection.processId },
      ...(ticket !== undefined && { ticket }),
      ...(approvals && approvals.length > 0 && { approvals: [...approvals] }),
    });
    if (!connection.publish(hubSubjects.command(to.acctPub, contract.name), signed, messageHeaders(contract, to.commandId))) {
      throw new AppError('AGENT_OFFLINE', 'The connection to the broker was lost.', { serverId: to.serverId });
    }
  }

  private onAck(message: Msg): void {
    const from = parseHubSubject(message.subject);
    const commandId = from?.rest[2];
    if (!from || commandId === undefined || message.reply?.startsWith('_R_.') !== true || !this.options.directory.byAccount(from.acct)) return;
    const confirm = (answer: AckAnswer) => this.options.connection.respond(message, encodeJson(answer));
    const pending = this.calls.get(commandId);
    // Nobody waits any more: the agent must not repeat it for ever.
    if (!pending) return confirm({ ok: true, stop: true });
    if (pending.acct !== from.acct) {
      this.foreignAcks++;
      return;
    }
    try {
      pending.call.receive(decodeJson(message.data, Ack), confirm);
    } catch (error) {
      pending.call.fail(error);
      confirm({ ok: true, stop: true });
    }
  }
}
