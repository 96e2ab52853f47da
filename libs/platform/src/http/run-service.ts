import type { StartedService } from '../health/health.js';
import type { Logger } from '../logging/logger.js';
import { listen, sendJson } from './listener.js';

/**
 * Life of a service that runs alone: one listener, `/health/live` and `/health/ready` where the service has no
 * HTTP of its own, TERM and INT stop it in order, an unexpected exception ends it.
 */
export async function runService(
  service: StartedService,
  options: { bind: string; port: number; logger: Logger; onListening?: (url: string) => void },
): Promise<void> {
  const { logger } = options;
  const listener = await listen({
    bind: options.bind,
    port: options.port,
    handle: (request, response) => {
      if (service.handle) service.handle(request, response);
      else void answerHealth(service, request.url ?? '/', (status, body) => sendJson(response, status, body));
    },
    upgrade: service.upgrade?.bind(service),
  });
  logger.info('service.started', 'Listening.', { url: listener.url });
  options.onListening?.(listener.url);
  stopOnSignal(logger, async () => {
    await listener.close();
    await service.stop();
  });
}

async function answerHealth(service: StartedService, path: string, send: (status: number, body: unknown) => void): Promise<void> {
  if (path.endsWith('/health/live')) return send(200, { live: true });
  if (!path.endsWith('/health/ready')) return send(404, { error: { code: 'NOT_FOUND', message: 'There is nothing at this address.' } });
  const report = await service.health();
  send(report.ready ? 200 : 503, report);
}

/** Stops once on TERM, INT or HUP and exits 0; a second signal exits at once. */
export function stopOnSignal(logger: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    const giveUp = setTimeout(() => process.exit(1), 12_000);
    giveUp.unref();
    logger.info('service.stopping', 'Stopping.', { signal });
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('service.stop_failed', 'Did not stop in order.', { error });
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => onSignal(signal));
  process.on('uncaughtException', (error) => {
    logger.error('service.crashed', 'An unexpected error ended the process.', { error });
    process.exit(1);
  });
}
