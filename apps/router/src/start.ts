import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { BusServer, FleetDirectory, HubBus, HubConnection, readServiceLogin, scrubSecrets, type ServiceLogin } from '@usher/bus';
import { describeFleet, uuidv7 } from '@usher/contracts';
import { createLogger, runChecks, sendJson, type Logger, type StartedService } from '@usher/platform';
import { systemClock } from '@usher/resilience';
import { AppModule } from './app.module.js';
import { basePathOf, loginFileOf, type RouterConfig } from './config.js';
import { FleetView } from './fleet-view/fleet-view.js';
import { ClientAddress } from './http/client-address.js';
import type { RouterTerms } from './infrastructure.js';
import { LinkHandler } from './routes/link.handler.js';
import { Work } from './work.js';

const LINKS = '/r/';

export interface RouterWiring {
  readonly logger?: Logger;
}

export interface StartedRouter extends StartedService {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** True for the address of a route link, with the path of the public address in front: such a request belongs here. */
  owns(url: string): boolean;
}

/**
 * Starts the router without listening: the caller owns the HTTP listener. The controller may come later: until it has
 * told the fleet, the router is not ready.
 * @throws KEYRING_MISSING or KEYRING_MISMATCH for the login file, BROKER_TOO_OLD, or the error of the broker
 */
export async function start(config: RouterConfig, wiring: RouterWiring = {}): Promise<StartedRouter> {
  const logger = wiring.logger ?? createLogger({ service: 'router', level: config.logLevel, scrub: scrubSecrets });
  const login = await readServiceLogin(loginFileOf(config), 'router');
  const caPem = config.natsCaFile === undefined ? undefined : await readFile(config.natsCaFile, 'utf8');
  const hub = await HubConnection.connect({ url: config.natsUrl, ...(caPem !== undefined && { caPem }), creds: login.creds, service: 'router', logger });
  try {
    return await open(config, hub, login, logger);
  } catch (error) {
    await hub.close();
    throw error;
  }
}

async function open(config: RouterConfig, hub: HubConnection, { signer }: ServiceLogin, logger: Logger): Promise<StartedRouter> {
  const clock = systemClock;
  const terms: RouterTerms = { routerId: uuidv7(), publicUrl: config.publicUrl ?? `http://127.0.0.1:${config.port}`, clock, logger };
  const directory = new FleetDirectory(() => bus.serviceCommand(describeFleet, {}));
  const view = new FleetView(directory, clock);
  const bus = new HubBus({ connection: hub, signer, directory, presence: view, fleetEpoch: () => directory.fleetEpoch });
  const strategy = new BusServer({ hub, directory, trustedKeys: () => directory.keys, logger });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule.of({ terms, hub, bus, directory, view }), { strategy, logger: false, abortOnError: false });
  await app.listen();
  const work = new Work(app, terms);
  work.start();
  return serviceOf(config, app, hub, work);
}

function serviceOf(config: RouterConfig, app: INestMicroservice, hub: HubConnection, work: Work): StartedRouter {
  const base = `${basePathOf(config)}${LINKS}`;
  const callers = new ClientAddress(config.trustedProxies);
  const links = app.get(LinkHandler);
  const owns = (url: string): boolean => url.startsWith(base);
  const health = () =>
    runChecks({
      broker: async () => {
        if (!hub.connected) throw new Error('not connected');
      },
      fleet: async () => work.report(),
    });
  const answerHealth = async (url: string, response: ServerResponse): Promise<void> => {
    if (url.endsWith('/health/live')) return sendJson(response, 200, { live: true });
    if (!url.endsWith('/health/ready')) return sendJson(response, 404, { error: { code: 'NOT_FOUND', message: 'There is nothing at this address.' } });
    const report = await health();
    sendJson(response, report.ready ? 200 : 503, report);
  };
  return {
    owns,
    handle(request, response) {
      const url = (request.url ?? '/').split('?', 1)[0]!;
      if (!owns(url)) return void answerHealth(url, response);
      const address = callers.of(request.socket.remoteAddress, request.headers['x-forwarded-for']);
      void links.handle(url.slice(base.length), address, request, response);
    },
    health,
    stop: async () => {
      await work.stop();
      await app.close();
      await hub.close();
    },
  };
}
