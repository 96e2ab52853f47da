import { AsyncLocalStorage } from 'node:async_hooks';

export interface LogContext {
  readonly serverId?: string;
  readonly correlationId?: string;
  readonly traceId?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Everything logged inside `work`, also after awaits, carries these fields. Inner contexts add to outer ones. */
export function runInContext<T>(context: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, work);
}

export function currentContext(): LogContext {
  return storage.getStore() ?? {};
}
