import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { BusServer, HubConnection } from '@usher/bus';
import { createMediaServer, EgressGuard, testConnection } from '@usher/media-server';
import { createLogger, runChecks, type Logger, type StartedService } from '@usher/platform';
import { systemClock } from '@usher/resilience';
import { scrubSecrets } from '@usher/security';
import { AppModule } from './app.module.js';
import { credsFileOf, type AgentHostConfig } from './config.js';
import { EnrollService } from './enrollment/enroll.service.js';
import { AgentHost } from './host/agent-host.js';
import type { Surroundings } from './host/surroundings.js';
import { Machine } from './host-metrics/machine.js';
import { programs } from './host-metrics/run-program.js';

export { agentVars, readConfig, type AgentHostConfig } from './config.js';

/** A tool that tells of a graphics card and hangs is ended. */
const PROGRAM_MS = 3_000;

/** What the process around the agent host decides. */
export interface AgentHostWiring {
  readonly logger?: Logger;
  /** Ports of Usher itself on this machine: no agent calls them. */
  readonly ownPorts?: readonly number[];
  /** How media servers are reached; the vendors' adapters by default. */
  readonly vendors?: Pick<Surroundings, 'createServer' | 'testConnection'>;
}

/**
 * Starts the bundled agent host and all its agents.
 * @throws when the broker cannot be reached or the host's login is missing
 */
export async function start(config: AgentHostConfig, wiring: AgentHostWiring = {}): Promise<StartedService> {
  const logger = wiring.logger ?? createLogger({ service: 'agent', level: config.logLevel, scrub: scrubSecrets });
  const broker = { url: config.natsUrl, ...(config.natsCaFile && { caPem: await readFile(config.natsCaFile, 'utf8') }) };
  const hub = await HubConnection.connect({ ...broker, creds: await readFile(credsFileOf(config), 'utf8'), service: 'agent-host', logger });
  const bus = new BusServer({ hub, logger });
  const host = await AgentHost.open(config.dataDir, new EnrollService(config.controllerUrl ?? null), {
    broker,
    dispatch: (name, payload, context) => bus.dispatch('command', name, payload, context),
    createServer: wiring.vendors?.createServer ?? createMediaServer,
    testConnection: wiring.vendors?.testConnection ?? testConnection,
    egress: new EgressGuard({ profile: config.egress, allowCidrs: config.allowPrivateCidrs, ownPorts: ownPorts(config, wiring) }),
    plexTvUrl: config.plexTvUrl,
    machine: new Machine({ root: '/', platform: process.platform, run: programs(PROGRAM_MS), clock: systemClock }),
    clock: systemClock,
    logger,
  });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule.of(host), { strategy: bus, logger: false, abortOnError: false });
  await app.listen();
  await host.start();
  return {
    health: () =>
      runChecks({
        broker: async () => {
          if (!hub.connected) throw new Error('not connected');
        },
        agents: async () => {
          const { running, connected, broken } = host.counts();
          return `${running} running, ${connected} connected, ${broken} broken`;
        },
      }),
    stop: async () => {
      await app.close();
      await host.stop();
      await hub.close();
    },
  };
}

function ownPorts(config: AgentHostConfig, wiring: AgentHostWiring): number[] {
  const brokerPort = Number(new URL(config.natsUrl).port || 4222);
  return [brokerPort, config.healthPort, ...(wiring.ownPorts ?? [])];
}
