import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BusServer } from '@usher/bus';
import { ERROR_CODES, type ErrorCode } from '@usher/contracts';
import { sendJson, type HealthReport, type LoggerOptions, type StartedService } from '@usher/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module.js';
import { Actor } from './auth/actor.js';
import { AuthService } from './auth/auth.service.js';
import { SignInCodesService } from './auth/sign-in-codes.service.js';
import { basePathOf, type ControllerConfig } from './config.js';
import { GRAPHQL_PATH, HttpEdge, newRequestId } from './graphql/http-edge.js';
import { LiveSocket } from './graphql/live-socket.js';
import { locate } from './http/base-path.js';
import { HealthService } from './http/health.service.js';
import { NestLogger } from './http/nest-logger.js';
import { closeInfrastructure, openInfrastructure } from './infrastructure-open.js';
import { InfrastructureModule, type Infrastructure } from './infrastructure.module.js';
import { ImportService } from './servers/import.service.js';
import type { ImportServerRowInput } from './servers/server-inputs.graphql.js';
import { ServersService } from './servers/servers.service.js';

const BODY_LIMIT_BYTES = 262_144;

export interface IssuedCode {
  readonly code: string;
  /** ISO time. */
  readonly expiresAt: string;
}

/** The service, and what its host may do without signing in. */
export interface StartedController extends StartedService {
  handle(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** A one-time code while nobody can sign in, or always with `force`; else null. */
  issueSignInCode(options?: { force?: boolean }): Promise<IssuedCode | null>;
  /** Writes a code where only the owner can read it; returns the file's path. */
  writeSignInCode(issued: IssuedCode): Promise<string>;
  /** Living servers, and how many of them are simulated. */
  countServers(): Promise<{ count: number; demo: number }>;
  /** Registers simulated servers as demo servers; those that are there already stay as they are. Returns how many are registered. */
  registerDemoServers(rows: readonly ImportServerRowInput[]): Promise<number>;
}

@Module({})
class RootModule {
  static of(infrastructure: Infrastructure): DynamicModule {
    return { module: RootModule, imports: [InfrastructureModule.of(infrastructure), AppModule] };
  }
}

/**
 * Starts the controller without listening: the caller owns the HTTP listener. Log lines go to standard output, or to
 * `logTo`. @throws as `openInfrastructure`
 */
export async function start(config: ControllerConfig, options: { logTo?: LoggerOptions['destination'] } = {}): Promise<StartedController> {
  const infrastructure = await openInfrastructure(config, options.logTo);
  try {
    const app = await createApp(infrastructure);
    return serviceOf(app, infrastructure);
  } catch (error) {
    await closeInfrastructure(infrastructure);
    throw error;
  }
}

async function createApp(infrastructure: Infrastructure): Promise<NestFastifyApplication> {
  const { config, logger } = infrastructure;
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: newRequestId,
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    // Addresses that cannot be decoded never reach a route, nor the filter of errors.
    frameworkErrors: (_error: Error, _request: FastifyRequest, reply: FastifyReply) => void reply.status(400).send(plainProblem('VALIDATION_FAILED', 'The address cannot be read.')),
  });
  const app = await NestFactory.create<NestFastifyApplication>(RootModule.of(infrastructure), adapter, { logger: new NestLogger(logger), abortOnError: false });
  app.get(HttpEdge).register(app.getHttpAdapter().getInstance());
  app.connectMicroservice({ strategy: app.get(BusServer) });
  await app.startAllMicroservices();
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  app.get(LiveSocket).start();
  return app;
}

function serviceOf(app: NestFastifyApplication, infrastructure: Infrastructure): StartedController {
  const basePath = basePathOf(infrastructure.config);
  const fastify = app.getHttpAdapter().getInstance();
  const live = app.get(LiveSocket);
  let stopped: Promise<void> | null = null;
  return {
    handle(request, response) {
      const located = locate(request.url ?? '/', basePath);
      if (located === null) return sendJson(response, 404, plainProblem('NOT_FOUND', 'There is nothing at this address.'));
      if ('redirect' in located) return void response.writeHead(308, { location: located.redirect }).end();
      request.url = located.url;
      fastify.routing(request, response);
    },
    upgrade(request, socket, head) {
      const located = locate(request.url ?? '/', basePath);
      const isOurs = located !== null && 'url' in located && located.url.split('?', 1)[0] === GRAPHQL_PATH;
      if (isOurs && stopped === null) live.upgrade(request, socket, head);
      else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    },
    health: (): Promise<HealthReport> => app.get(HealthService).report(),
    stop: () => (stopped ??= stop(app, live, infrastructure)),
    async issueSignInCode({ force = false } = {}) {
      if (!force && !(await app.get(AuthService).needsFirstOperator())) return null;
      const { code, expiresAt } = await app.get(SignInCodesService).issue();
      return { code, expiresAt: expiresAt.toISOString() };
    },
    async writeSignInCode({ code, expiresAt }) {
      const file = path.join(infrastructure.config.dataDir, 'sign-in-code');
      await mkdir(infrastructure.config.dataDir, { recursive: true });
      await writeFile(file, `${code}\nuntil ${expiresAt}\n`, { mode: 0o600 });
      return file;
    },
    async countServers() {
      const servers = await app.get(ServersService).list(Actor.host());
      return { count: servers.length, demo: servers.filter((server) => server.demo).length };
    },
    async registerDemoServers(rows) {
      const { created, updated, unchanged } = await app.get(ImportService).importDemoFleet(rows);
      return created + updated + unchanged;
    },
  };
}

/** The form of every error, for what is refused before it has a correlation id. */
function plainProblem(code: ErrorCode, message: string): object {
  return { errors: [{ message, extensions: { code, family: ERROR_CODES[code].family, next: ERROR_CODES[code].next } }] };
}

/** Live connections first, then what runs, then what it stood on. */
async function stop(app: NestFastifyApplication, live: LiveSocket, infrastructure: Infrastructure): Promise<void> {
  await live.stop();
  await app.close();
  await closeInfrastructure(infrastructure);
}
