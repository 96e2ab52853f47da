import { ConsoleRefreshLibraryDocument, ConsoleRestartServerDocument, ConsoleScanLibraryDocument, type RefreshMode } from '@usher/api-client';
import { useState } from 'react';
import { useClient } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { answers, conditionOf } from '../../live/condition.js';
import type { FleetServer } from '../../live/live-types.js';

export type OrderKind = 'scan' | 'refresh' | 'restart';

const CAPABILITIES: Readonly<Record<OrderKind, string>> = { scan: 'libraries.scan', refresh: 'metadata.refresh', restart: 'server.restart' };
const MISSING: Readonly<Record<OrderKind, string>> = { scan: 'cannot be told to scan', refresh: 'cannot be told to refresh metadata', restart: 'has no order to restart; restart its process or container' };

/** Why an order cannot be given now, as a sentence with its code; null when it can. The controller and the agent decide again. */
export function whyNoOrder(kind: OrderKind, server: FleetServer, operator: boolean): string | null {
  if (!operator) return 'Needs the role operator. FORBIDDEN';
  if (server.readOnly) return `${server.alias} is read-only. SERVER_READ_ONLY`;
  if (!answers(conditionOf(server))) return `${server.alias} does not answer now. ${server.stateCode ?? 'SERVER_UNREACHABLE'}`;
  if (server.capabilities.length > 0 && !server.capabilities.includes(CAPABILITIES[kind])) return `${server.alias} ${MISSING[kind]}. CAPABILITY_MISSING`;
  return null;
}

interface Orders {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** All libraries without an id. Each resolves to true when the media server took the order. */
  scan(serverId: string, libraryId: string | null): Promise<boolean>;
  refresh(serverId: string, libraryId: string, mode: RefreshMode): Promise<boolean>;
  restart(serverId: string, confirmAlias: string): Promise<boolean>;
}

/** Orders to a media server. How the work goes on stands among its activities. */
export function useOrders(): Orders {
  const client = useClient();
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const send = async (call: (idempotencyKey: string) => Promise<{ error?: unknown }>) => {
    if (state.busy) return false;
    setState({ busy: true, problem: null });
    const { error } = await call(newIdempotencyKey());
    setState({ busy: false, problem: error ? problemOf(error) : null });
    return !error;
  };
  return {
    ...state,
    scan: (serverId, libraryId) => send((idempotencyKey) => client.mutation(ConsoleScanLibraryDocument, { input: { serverId, libraryId, idempotencyKey } }).toPromise()),
    refresh: (serverId, libraryId, mode) => send((idempotencyKey) => client.mutation(ConsoleRefreshLibraryDocument, { input: { serverId, libraryId, mode, idempotencyKey } }).toPromise()),
    restart: (serverId, confirmAlias) => send((idempotencyKey) => client.mutation(ConsoleRestartServerDocument, { input: { serverId, confirmAlias, idempotencyKey } }).toPromise()),
  };
}
