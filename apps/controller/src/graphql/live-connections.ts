import { Inject, Injectable } from '@nestjs/common';
import { AppError, uuidv7, type ErrorCode } from '@usher/contracts';
import { Logger } from '@usher/platform';
import type { Clock, TimerHandle } from '@usher/resilience';
import type { Secret } from '@usher/security';
import type { WebSocket } from 'ws';
import { Actor } from '../auth/actor.js';
import { SignInsService } from '../auth/sign-ins.service.js';
import { CLOCK } from '../infrastructure.js';

const RECHECK_MS = 5 * 60_000;
const MAX_PER_SIGN_IN = 20;

/** Close codes of the protocol, and our own for what it has none for. */
const CLOSE_CODES: Partial<Record<ErrorCode, number>> = { UNAUTHENTICATED: 4401, FORBIDDEN: 4403, RATE_LIMITED: 4429, INTERNAL: 4500 };

/** One WebSocket: who is behind it and what runs on it. */
export class LiveConnection {
  /** Correlation id of all that happens on it. */
  readonly id = uuidv7();
  actor: Actor;
  token: Secret | null = null;
  /** What gives back the place of each running subscription. */
  readonly running = new Map<string, () => void>();

  constructor(
    private readonly ws: Pick<WebSocket, 'close'>,
    readonly address: string | null,
    /** Of the cookie that came with the upgrade; used unless the client names another. */
    readonly cookieToken: Secret | null,
  ) {
    this.actor = new Actor(null, address);
  }

  close(error: AppError): void {
    this.ws.close(CLOSE_CODES[error.code] ?? 4400, error.code);
  }

  end(code: number, reason: string): void {
    this.ws.close(code, reason);
  }
}

/** The open connections, each checked again every five minutes and when its operator changes. */
@Injectable()
export class LiveConnections {
  private readonly open = new Map<LiveConnection, TimerHandle>();

  constructor(
    private readonly signIns: SignInsService,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws UNAUTHENTICATED; RATE_LIMITED above 20 connections of one sign-in */
  async authenticate(connection: LiveConnection, token: Secret | null): Promise<void> {
    const actor = await this.signIns.authenticate(token, connection.address);
    const { signInId } = actor.require('viewer');
    const others = [...this.open.keys()].filter((other) => other.actor.signedIn?.signInId === signInId);
    if (others.length >= MAX_PER_SIGN_IN) throw new AppError('RATE_LIMITED', 'Too many live connections of one sign-in.');
    connection.actor = actor;
    connection.token = token;
    this.plan(connection);
  }

  async recheckOperator(operatorId: string): Promise<void> {
    const theirs = [...this.open.keys()].filter((connection) => connection.actor.signedIn?.operatorId === operatorId);
    await Promise.all(theirs.map((connection) => this.recheck(connection)));
  }

  closed(connection: LiveConnection): void {
    const timer = this.open.get(connection);
    if (timer) this.clock.clearTimeout(timer);
    this.open.delete(connection);
    for (const leave of connection.running.values()) leave();
    connection.running.clear();
  }

  closeAll(code: number, reason: string): void {
    for (const connection of this.open.keys()) connection.end(code, reason);
  }

  /** A sign-in that ended closes the connection; so does another role, and the client comes back with it. */
  private async recheck(connection: LiveConnection): Promise<void> {
    try {
      const actor = await this.signIns.authenticate(connection.token, connection.address);
      if (!this.open.has(connection)) return;
      if (!actor.signedIn) connection.close(new AppError('UNAUTHENTICATED', 'The sign-in ended.'));
      else if (actor.signedIn.role !== connection.actor.signedIn?.role) connection.close(new AppError('FORBIDDEN', 'The role changed.'));
      else this.plan(connection);
    } catch (error) {
      // Who cannot be checked stays out: the client comes back when the database does.
      this.logger.warn('socket.not_checked', 'A live connection could not be checked and was closed.', { error });
      connection.close(new AppError('INTERNAL', 'The sign-in could not be checked.'));
    }
  }

  private plan(connection: LiveConnection): void {
    const before = this.open.get(connection);
    if (before) this.clock.clearTimeout(before);
    this.open.set(connection, this.clock.setTimeout(() => void this.recheck(connection), RECHECK_MS));
  }
}
