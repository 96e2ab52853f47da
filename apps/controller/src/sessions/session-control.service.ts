import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, controlSession, messageSession, stopSession, type Capability, type ControlOutcome, type Session, type SessionControls } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool } from 'pg';
import { AgentPresence } from '../agents/agent-presence.js';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { commandOf, NEEDS, noteOf, requireInside } from './session-command.js';
import { partsOf } from './session-id.js';
import type { ControlResultObject, ControlSessionInput, SendSessionNoticeInput, StopSessionInput } from './sessions.graphql.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

const MAX_TEXT = 500;

interface Target {
  readonly serverId: string;
  readonly session: Session;
}

/** Acts on one session. What the agent forbids or the media server refuses comes back as it is. */
@Injectable()
export class SessionControlService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly repository: SessionsRepository,
    private readonly presence: AgentPresence,
    private readonly bus: HubBus,
    private readonly audit: AuditService,
    private readonly idempotency: IdempotencyService,
    private readonly pool: Pool,
  ) {}

  /** With an idempotency key a repeat of a stop that worked is answered without a second one. */
  async stop(actor: Actor, { sessionId, reason: given, idempotencyKey }: StopSessionInput): Promise<ControlResultObject> {
    const operator = actor.require('operator');
    const reason = given ? limitedText(given, 'reason') : null;
    const stopNow = async () => {
      const target = await this.target(sessionId, 'sessions.stop', 'stop');
      const { vendorId } = target.session;
      return this.audited(actor, target, 'session.stop', { reason }, () => this.bus.command(stopSession, target, { sessionVendorId: vendorId, reason }));
    };
    if (idempotencyKey == null) return this.result(actor, sessionId, await stopNow());
    const done = await this.idempotency.once<{ outcome: ControlOutcome }>({ operator, key: idempotencyKey, op: 'stopSession', request: { sessionId, reason } }, async (save) => {
      const stopped = await stopNow();
      await transaction(this.pool, (tx) => save(tx, stopped));
      return stopped;
    });
    return this.result(actor, sessionId, done);
  }

  /** A 204 of the media server proves nothing: the outcome is what its next lists showed. */
  async control(actor: Actor, input: ControlSessionInput): Promise<ControlResultObject> {
    actor.require('operator');
    const command = commandOf(input);
    const { capability, control } = NEEDS[command.type];
    const target = await this.target(input.sessionId, capability, control);
    requireInside(command, target.session);
    const { vendorId } = target.session;
    const done = await this.audited(actor, target, 'session.control', { command }, () => this.bus.command(controlSession, target, { sessionVendorId: vendorId, command }));
    return { ...this.result(actor, input.sessionId, done), note: noteOf(command) };
  }

  async notify(actor: Actor, { sessionId, text: given }: SendSessionNoticeInput): Promise<boolean> {
    actor.require('operator');
    const text = limitedText(given, 'text');
    const target = await this.target(sessionId, 'sessions.message', 'message');
    const { vendorId } = target.session;
    await this.audited(actor, target, 'session.notice', { text }, () => this.bus.command(messageSession, target, { sessionVendorId: vendorId, text }));
    return true;
  }

  /** The session, when it is there and this can be done to it now. */
  private async target(sessionId: string, capability: Capability, control: keyof SessionControls): Promise<Target> {
    const { serverId, vendorId } = partsOf(sessionId, 'sessionId');
    const standing = await this.repository.standing(serverId);
    if (!standing) throw new AppError('NOT_FOUND', 'No server has this session.', { sessionId });
    // The agent refuses by itself; until it has heard of a change just made, this does.
    if (standing.readOnly) throw new AppError('SERVER_READ_ONLY', 'This server is read-only.', { serverId });
    if (!this.presence.isOnline(serverId)) throw new AppError('AGENT_OFFLINE', 'The agent of this server is not there.', { serverId });
    const session = this.sessions.live.find(serverId, vendorId);
    if (!session) throw new AppError('NOT_FOUND', 'This session is not there any more.', { sessionId });
    if (!standing.capabilities.includes(capability)) throw new AppError('CAPABILITY_MISSING', 'This media server cannot do that.', { capability, reason: 'server' });
    if (!session.controls[control]) throw new AppError('CAPABILITY_MISSING', 'This client does not let itself be controlled in this way.', { capability, reason: 'client' });
    return { serverId, session };
  }

  private result(actor: Actor, sessionId: string, { outcome }: { readonly outcome: ControlOutcome }): ControlResultObject {
    return { outcome, note: null, session: this.sessions.one(actor, sessionId) };
  }

  /** Written down before it is sent, so that nothing happens unseen; a failure is written down too. */
  private async audited<T>(actor: Actor, { serverId, session }: Target, noun: string, what: Readonly<Record<string, unknown>>, send: () => PromiseLike<T>): Promise<T> {
    const { vendorId, userName, deviceName, item } = session;
    const payload = { session: vendorId, user: userName, device: deviceName, title: item?.title ?? null, ...what };
    await this.audit.append(this.pool, actor, { action: `${noun}_ordered`, serverId, payload });
    try {
      return await send();
    } catch (error) {
      const outcome = error instanceof AppError ? error.code : 'INTERNAL';
      await this.audit.append(this.pool, actor, { action: `${noun}_failed`, serverId, payload: { ...payload, outcome } });
      throw error;
    }
  }
}

function limitedText(given: string, field: string): string {
  const text = given.trim();
  if (text.length >= 1 && text.length <= MAX_TEXT) return text;
  throw new AppError('VALIDATION_FAILED', `The text must have 1 to ${MAX_TEXT} characters.`, { field });
}
