import { createParamDecorator } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import DataLoader from 'dataloader';
import type { Actor } from '../auth/actor.js';

/** What every resolver gets, over HTTP and over WebSocket. */
export interface GraphqlContext {
  readonly actor: Actor;
  readonly correlationId: string;
  readonly userAgent: string | null;
  /** Sets or clears the sign-in cookie; absent over WebSocket, where nobody signs in. */
  readonly setCookie?: (header: string) => void;
  /** Loaders of this request, by name; see `loaderOf`. */
  readonly loaders: Map<string, unknown>;
}

/** The signed-in operator of this request, or nobody: services ask it for the role they need. */
export const CurrentActor = createParamDecorator((_: unknown, host): Actor => GqlExecutionContext.create(host).getContext<GraphqlContext>().actor);

/**
 * One loader per request and name, so that a list of parents costs one query. `load` answers in the order of its keys. Nothing is kept:
 * a subscription is one request that lasts for hours, and its next event must not tell what was true at its first.
 */
export function loaderOf<K, V>(context: GraphqlContext, name: string, load: (keys: readonly K[]) => Promise<readonly V[]>): DataLoader<K, V> {
  let loader = context.loaders.get(name) as DataLoader<K, V> | undefined;
  if (!loader) {
    loader = new DataLoader<K, V>(load, { cache: false });
    context.loaders.set(name, loader);
  }
  return loader;
}
