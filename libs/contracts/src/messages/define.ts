import type { z } from 'zod';

/** The services of the hub. Agents are no service: each has an account of its own. */
export const SERVICES = ['controller', 'migration', 'router', 'agent-host'] as const;
export type Service = (typeof SERVICES)[number];

/** Services that may sign commands for an agent. */
export type Issuer = Exclude<Service, 'agent-host'>;

interface Contract<K extends string> {
  readonly kind: K;
  /** `noun.verb`; together with the version the public name of the message: `session.stop@1`. */
  readonly name: string;
  readonly version: number;
}

/** A signed order for one agent. */
export interface CommandContract<Req extends z.ZodType = z.ZodType, Rep extends z.ZodType = z.ZodType> extends Contract<'command'> {
  readonly issuers: readonly Issuer[];
  readonly timeoutMs: number;
  /** `read` skips the disk journal; `change` is refused by a read-only server. */
  readonly effect: 'read' | 'change' | 'configure';
  /**
   * What an intent without result means after a crash: it is done again when nothing of before can land any more, nobody
   * knows, or its handler finds out by a journal of its own and waits as long as that takes.
   */
  readonly onCrash: 'redo' | 'unknown' | 'resume';
  /** Carried out only with a ticket of the migration and the approvals of people beside it. */
  readonly needsTicket?: true;
  readonly request: Req;
  readonly reply: Rep;
}

/** A thing that happened at a server; spooled by the agent until the controller has committed it. */
export interface FactContract<Body extends z.ZodType = z.ZodType> extends Contract<'fact'> {
  readonly class: 'result' | 'tick' | 'metric';
  readonly body: Body;
}

/** A whole snapshot; the latest `seq` wins. */
export interface StateContract<Body extends z.ZodType = z.ZodType> extends Contract<'state'> {
  readonly body: Body;
}

/** A question of an agent to the controller. */
export interface AskContract<Req extends z.ZodType = z.ZodType, Rep extends z.ZodType = z.ZodType> extends Contract<'ask'> {
  readonly timeoutMs: number;
  readonly request: Req;
  readonly reply: Rep;
}

/** An order from one service to another, inside the hub. */
export interface ServiceCommandContract<Req extends z.ZodType = z.ZodType, Rep extends z.ZodType = z.ZodType>
  extends Contract<'service-command'> {
  readonly receiver: Service;
  readonly timeoutMs: number;
  readonly request: Req;
  readonly reply: Rep;
}

/** What a service tells every process of the hub; fanned out, nothing is kept. */
export interface ServiceStateContract<Body extends z.ZodType = z.ZodType> extends Contract<'service-state'> {
  readonly sender: Service;
  readonly body: Body;
}

/**
 * What the controller tells every agent and service of the whole fleet, signed: a whole snapshot under the fleet's epoch.
 * The highest (epoch, seq) wins, so a controller that no longer leads is not heard.
 */
export interface FleetStateContract<Body extends z.ZodType = z.ZodType> extends Contract<'fleet-state'> {
  readonly body: Body;
}

type Given<T extends Contract<string>> = Omit<T, 'kind'>;

export const defineCommand = <Req extends z.ZodType, Rep extends z.ZodType>(given: Given<CommandContract<Req, Rep>>): CommandContract<Req, Rep> =>
  ({ kind: 'command', ...given });
export const defineFact = <Body extends z.ZodType>(given: Given<FactContract<Body>>): FactContract<Body> => ({ kind: 'fact', ...given });
export const defineState = <Body extends z.ZodType>(given: Given<StateContract<Body>>): StateContract<Body> => ({ kind: 'state', ...given });
export const defineAsk = <Req extends z.ZodType, Rep extends z.ZodType>(given: Given<AskContract<Req, Rep>>): AskContract<Req, Rep> =>
  ({ kind: 'ask', ...given });
export const defineServiceCommand = <Req extends z.ZodType, Rep extends z.ZodType>(
  given: Given<ServiceCommandContract<Req, Rep>>,
): ServiceCommandContract<Req, Rep> => ({ kind: 'service-command', ...given });
export const defineServiceState = <Body extends z.ZodType>(given: Given<ServiceStateContract<Body>>): ServiceStateContract<Body> =>
  ({ kind: 'service-state', ...given });
export const defineFleetState = <Body extends z.ZodType>(given: Given<FleetStateContract<Body>>): FleetStateContract<Body> => ({ kind: 'fleet-state', ...given });

/** `session.stop@1` */
export function contractName(contract: { readonly name: string; readonly version: number }): string {
  return `${contract.name}@${contract.version}`;
}
