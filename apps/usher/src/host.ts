import type { StartedController } from '@usher/controller';
import { createLogger, listen, serveMetrics, stopOnSignal, type Listener, type Logger, type StartedService } from '@usher/platform';
import { scrubSecrets } from '@usher/security';
import { homeEnvironment, readHostConfig } from './config.js';
import { offerDemo } from './demo.js';
import { SupervisorChannel } from './supervisor-channel.js';

/** All services in one process: the default at home. Only the wiring differs from running them apart. */
export async function runHost(): Promise<void> {
  const config = readHostConfig();
  const logger = createLogger({ service: 'usher', level: config.logLevel, scrub: scrubSecrets });
  const [controllerApp, agentApp, routerApp, migrationApp] = await Promise.all([import('@usher/controller'), import('@usher/agent'), import('@usher/router'), import('@usher/migration')]);
  const env = homeEnvironment();
  const controllerConfig = controllerApp.readControllerConfig(env);
  const agentConfig = agentApp.readConfig(env);
  const migrationConfig = migrationApp.readMigrationConfig(env);
  const routerConfig = routerApp.readRouterConfig({ ...env, USHER_ROUTER_PORT: String(config.port) });

  const controller = await controllerApp.start(controllerConfig);
  const router = await routerApp.start(routerConfig);
  const migration = await migrationApp.start(migrationConfig);
  const listener = await listen({
    bind: config.bind,
    port: config.port,
    handle: (request, response) => (router.owns(request.url ?? '/') ? router : controller).handle(request, response),
    upgrade: (request, socket, head) => controller.upgrade(request, socket, head),
  });
  const ownPorts = [portOf(listener.url), portOf(controllerConfig.databaseUrl), config.metricsPort];
  const agentHost = await agentApp.start(agentConfig, { ownPorts });
  const metricsListener = config.metrics ? await serveMetrics(config.bind, config.metricsPort) : null;
  stopOnSignal(logger, () => stopAll(listener, metricsListener, [migration, agentHost, router, controller]));

  logger.info('host.started', 'Ready.', { url: listener.url });
  const channel = config.supervised ? new SupervisorChannel() : null;
  channel?.send({ event: 'ready', url: controllerConfig.publicUrl ?? listener.url });
  if (channel) await offerDemo(channel, controller, logger);
  await announceCode(channel, controller, config.signIn === 'force', logger);
}

/** 0, which nobody calls, for a database behind a socket file. */
function portOf(address: string): number {
  if (!URL.canParse(address)) return 0;
  const { port, protocol } = new URL(address);
  if (port !== '') return Number(port);
  return protocol.startsWith('postgres') ? 5432 : protocol === 'https:' ? 443 : 80;
}

/** The code goes to the supervisor's terminal; without one, into a file that only the owner can read. */
async function announceCode(channel: SupervisorChannel | null, controller: StartedController, force: boolean, logger: Logger): Promise<void> {
  const issued = await controller.issueSignInCode({ force });
  if (channel) channel.send({ event: 'code', ...(issued ?? { code: null }) });
  else if (issued) logger.info('sign_in_code.issued', 'A one-time sign-in code was written.', { file: await controller.writeSignInCode(issued) });
}

async function stopAll(listener: Listener, metricsListener: Listener | null, services: readonly StartedService[]): Promise<void> {
  await Promise.all([listener.close(), metricsListener?.close()]);
  for (const service of services) await service.stop();
}
