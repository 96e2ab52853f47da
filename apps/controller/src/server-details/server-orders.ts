import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, type Capability, type CommandContract } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool } from 'pg';
import type { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { requireServerId } from '../servers/server-ids.js';
import { ServersService } from '../servers/servers.service.js';

export interface ServerOrder<Req extends z.ZodType, Rep extends z.ZodType, T> {
  /** The mutation's name, for the idempotency key. */
  readonly op: string;
  /** `device.revoke`: written down before it is sent as `device.revoke_ordered`. */
  readonly noun: string;
  readonly capability: Capability | null;
  readonly contract: CommandContract<Req, Rep>;
  /** What is sent; may ask for more once the server is known. */
  readonly request: z.input<Req> | ((serverId: string) => Promise<z.input<Req>>);
  /** What it is about, for the audit log and to know a repeat; holds no secret. */
  readonly payload: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
  readonly answer: (reply: z.output<Rep>, serverId: string) => T;
}

/**
 * Sends one order to one media server: not to a read-only one, not what it cannot do, once per idempotency key, and
 * never unseen. Who may order is asked before. What the agent forbids or the media server refuses comes back as it is.
 */
@Injectable()
export class ServerOrders {
  constructor(
    private readonly servers: ServersService,
    private readonly bus: HubBus,
    private readonly audit: AuditService,
    private readonly idempotency: IdempotencyService,
    private readonly pool: Pool,
  ) {}

  /** @throws NOT_FOUND, SERVER_READ_ONLY, CAPABILITY_MISSING, AGENT_OFFLINE, AGENT_TIMEOUT, and those of the media server */
  async send<Req extends z.ZodType, Rep extends z.ZodType, T>(actor: Actor, to: { readonly serverId: string; readonly idempotencyKey?: string | null }, order: ServerOrder<Req, Rep, T>): Promise<T> {
    const operator = actor.require('operator');
    const given = requireServerId(to.serverId);
    if (to.idempotencyKey == null) return this.sendNow(actor, given, order);
    const call = { operator, key: to.idempotencyKey, op: order.op, request: { serverId: given, ...order.payload } };
    return this.idempotency.once<T>(call, async (save) => {
      const result = await this.sendNow(actor, given, order);
      await transaction(this.pool, (tx) => save(tx, result));
      return result;
    });
  }

  private async sendNow<Req extends z.ZodType, Rep extends z.ZodType, T>(actor: Actor, given: string, { noun, capability, contract, request, payload, answer }: ServerOrder<Req, Rep, T>): Promise<T> {
    const { id: serverId, alias, readOnly, profile } = await this.servers.living(given);
    if (readOnly) throw new AppError('SERVER_READ_ONLY', `“${alias}” is in read-only mode; nothing on it is changed.`, { serverId });
    if (capability && profile?.capabilities.includes(capability) === false) {
      throw new AppError('CAPABILITY_MISSING', 'This media server cannot do that.', { capability, serverId, reason: 'server' });
    }
    const body = typeof request === 'function' ? await (request as (serverId: string) => Promise<z.input<Req>>)(serverId) : request;
    await this.audit.append(this.pool, actor, { action: `${noun}_ordered`, serverId, payload });
    try {
      return answer(await this.bus.command(contract, { serverId }, body), serverId);
    } catch (error) {
      const outcome = error instanceof AppError ? error.code : 'INTERNAL';
      await this.audit.append(this.pool, actor, { action: `${noun}_failed`, serverId, payload: { ...payload, outcome } });
      throw error;
    }
  }
}
