import { Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { contractName, type AskContract, type CommandContract, type FactContract, type FleetStateContract, type ServiceCommandContract, type ServiceStateContract, type StateContract } from '@usher/contracts';
import type { z } from 'zod';
import type { AgentMessageContext, CommandContext, FactContext, ServiceMessageContext } from './contexts.js';
import { FACT_BATCH, type FactBatch, type FactBatchAnswer } from './facts.js';

export type HandledContract = CommandContract | ServiceCommandContract | FactContract | StateContract | AskContract | ServiceStateContract | FleetStateContract | typeof FACT_BATCH;
export type MessageKind = HandledContract['kind'];

/** Nest's own name of a handler. */
export function patternOf(kind: MessageKind, name: string): string {
  return `${kind}:${name}`;
}

/** Nest would turn every error into "Internal server error"; the bus has its own way from AppError to wire. */
@Catch()
class PassErrors implements ExceptionFilter {
  catch(error: unknown): never {
    throw error;
  }
}

/** Generic in the method, so that it may leave the context out or return a narrower type. */
type Handler<Body, Context, Result> = <Method extends (body: Body, context: Context) => Result>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<Method>) => void;
type Eventually<T> = T | Promise<T>;

/** A thin MessagePattern whose handler takes (body, context) in this order, without parameter decorators. */
function handler<Body, Context, Result>(contract: HandledContract): Handler<Body, Context, Result> {
  return (target, key, descriptor) => {
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    MessagePattern(patternOf(contract.kind, contractName(contract)), { contract })(target, key, descriptor);
    UseFilters(new PassErrors())(target, key, descriptor);
  };
}

/** Agent: answers a signed command, by one reply or, as an async generator, in parts. */
export const HandleCommand = <Req extends z.ZodType, Rep extends z.ZodType>(contract: CommandContract<Req, Rep>) =>
  handler<z.output<Req>, CommandContext, Eventually<z.input<Rep>> | AsyncIterable<z.input<Rep>>>(contract);

/** Answers another service of the hub; one process of the receiving service gets it. */
export const HandleServiceCommand = <Req extends z.ZodType, Rep extends z.ZodType>(contract: ServiceCommandContract<Req, Rep>) =>
  handler<z.output<Req>, ServiceMessageContext, Eventually<z.input<Rep>>>(contract);

/** Controller: applies one committed fact; called by the applier through `BusServer.dispatch`, inside `context.tx`. */
export const HandleFact = <Body extends z.ZodType>(contract: FactContract<Body>) => handler<z.output<Body>, FactContext, Eventually<void>>(contract);

/** Controller: stores a batch of facts, and returns only after the commit. One process of the service gets it. */
export const HandleFactBatch = () => handler<FactBatch, AgentMessageContext, Eventually<FactBatchAnswer>>(FACT_BATCH);

/** Every process gets every state; the latest wins. */
export const HandleState = <Body extends z.ZodType>(contract: StateContract<Body>) => handler<z.output<Body>, AgentMessageContext, Eventually<void>>(contract);

/** Answers a question of an agent; one process of the service gets it. */
export const HandleAsk = <Req extends z.ZodType, Rep extends z.ZodType>(contract: AskContract<Req, Rep>) =>
  handler<z.output<Req>, AgentMessageContext, Eventually<z.input<Rep>>>(contract);

/** Every process gets what a service tells. */
export const HandleServiceState = <Body extends z.ZodType>(contract: ServiceStateContract<Body>) =>
  handler<z.output<Body>, ServiceMessageContext, Eventually<void>>(contract);

/** A service of the hub hears the newest verified state of the fleet; agents get it by their link instead. */
export const HandleFleetState = <Body extends z.ZodType>(contract: FleetStateContract<Body>) =>
  handler<z.output<Body>, ServiceMessageContext, Eventually<void>>(contract);
