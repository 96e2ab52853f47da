import { Inject, Injectable } from '@nestjs/common';
import { AppError, uuidv7 } from '@usher/contracts';
import { runInContext } from '@usher/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../auth/actor.js';
import { tokenOf } from '../auth/sign-in-token.js';
import { SignInsService } from '../auth/sign-ins.service.js';
import { publicUrlOf, type ControllerConfig } from '../config.js';
import { CONTROLLER_CONFIG } from '../infrastructure.js';
import type { GraphqlContext } from './context.js';
import { OperationGate } from './operation-gate.js';

export const GRAPHQL_PATH = '/graphql';

/** What stands before GraphQL over HTTP: who asks, how much, in which form. */
@Injectable()
export class HttpEdge {
  private readonly secure: boolean;
  private readonly entered = new WeakMap<FastifyRequest, { actor: Actor; leave: () => void }>();

  constructor(
    private readonly signIns: SignInsService,
    private readonly gate: OperationGate,
    @Inject(CONTROLLER_CONFIG) config: ControllerConfig,
  ) {
    this.secure = publicUrlOf(config).protocol === 'https:';
  }

  /** Before the first request. */
  register(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      void reply.headers({ ...SECURITY_HEADERS, ...(this.secure && HSTS), 'x-correlation-id': request.id });
      done();
    });
    // After the body was read: what reads it does not keep the async context.
    fastify.addHook('preHandler', (request, _reply, done) => runInContext({ correlationId: request.id }, done));
    fastify.addHook('preHandler', async (request, reply) => {
      if (request.routeOptions.url === GRAPHQL_PATH) await this.enter(request, reply);
    });
    // The work is done. Who went away meanwhile never gets the answer, and there is no `onResponse` for them.
    fastify.addHook('onSend', (request, _reply, _payload, done) => {
      this.entered.get(request)?.leave();
      done();
    });
  }

  contextOf(request: FastifyRequest, reply: FastifyReply): GraphqlContext {
    return {
      actor: this.entered.get(request)!.actor,
      correlationId: request.id,
      userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
      setCookie: (header) => void reply.header('set-cookie', header),
      loaders: new Map(),
    };
  }

  /** A browser sends JSON by POST to another site only after asking, so a foreign page cannot use the cookie. */
  private async enter(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    void reply.header('cache-control', 'no-store');
    const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '');
    if (request.method !== 'POST' || !isJson) throw new AppError('VALIDATION_FAILED', 'Send operations as JSON by POST.', { reason: 'method' });
    if (Array.isArray(request.body)) throw new AppError('VALIDATION_FAILED', 'Send one operation per request.', { reason: 'batch' });
    const actor = await this.signIns.authenticate(tokenOf(request.headers, this.secure), request.ip);
    this.entered.set(request, { actor, leave: this.gate.enter(actor) });
  }
}

export const newRequestId = (): string => uuidv7();

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};
const HSTS = { 'strict-transport-security': 'max-age=31536000' };
