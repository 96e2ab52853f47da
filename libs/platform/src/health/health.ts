import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface HealthReport {
  /** True when every check that the service cannot work without is fine. */
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { ok: boolean; detail?: string }>>;
}

/** What `start(config)` of every service returns: the host or its own main program wires it to a listener. */
export interface StartedService {
  /** Handles an HTTP request; services without HTTP leave it out. */
  handle?(request: IncomingMessage, response: ServerResponse): void;
  /** Handles a WebSocket upgrade. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  health(): Promise<HealthReport>;
  /** Stops intake, drains for at most ten seconds, closes. */
  stop(): Promise<void>;
}

/** Runs named checks together; a check that throws is not fine and says why by its error's code or message. */
export async function runChecks(checks: Readonly<Record<string, () => Promise<string | void>>>): Promise<HealthReport> {
  const entries = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        const detail = await check();
        return [name, detail ? { ok: true, detail } : { ok: true }] as const;
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        return [name, { ok: false, detail: code ?? message }] as const;
      }
    }),
  );
  return { ready: entries.every(([, check]) => check.ok), checks: Object.fromEntries(entries) };
}
