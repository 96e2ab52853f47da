import { Inject, Injectable } from '@nestjs/common';
import { AppError, contractName, uuidv7, type CommandContract } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { keyThumbprint, signTicket, ticketIssuer, type CommandSigner, type JWK } from '@usher/security';
import { Pool, type PoolClient } from 'pg';
import type { LiveApprovals } from '../approvals/live-approvals.js';
import { CLOCK, FLEET_ID, SIGNER } from '../infrastructure.js';
import type { FrozenPlan } from '../plans/frozen-plans.service.js';

/** The longest that an agent takes; a command that was not begun until then has to be asked for anew. */
const TICKET_LIFE_S = 900;

/** Of the agent that carries a plan out. */
export interface AgentKeysPublic {
  readonly agentId: string;
  readonly sigPub: JWK;
  readonly boxPub: JWK;
}

export interface TicketRequest {
  readonly runId: string;
  readonly plan: FrozenPlan;
  readonly epoch: number;
  readonly agent: AgentKeysPublic;
  readonly contract: CommandContract;
  readonly rows: readonly number[];
  readonly approvals: LiveApprovals;
}

/** One signed permission for one command. */
export interface Ticket {
  readonly jti: string;
  readonly commandId: string;
  readonly jws: string;
  readonly request: TicketRequest;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Signs tickets, one per command, and writes each of them down before it is sent. */
@Injectable()
export class TicketIssuer {
  constructor(
    private readonly pool: Pool,
    @Inject(SIGNER) private readonly signer: CommandSigner,
    @Inject(FLEET_ID) private readonly fleetId: string,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError `AGENT_OFFLINE` for a server without an active agent */
  async agentOf(serverId: string): Promise<AgentKeysPublic> {
    const { rows } = await this.pool.query<AgentKeysPublic>(`SELECT id AS "agentId", sig_pub AS "sigPub", box_pub AS "boxPub" FROM agent WHERE server_id = $1 AND status = 'ACTIVE'`, [serverId]);
    if (!rows[0]) throw new AppError('AGENT_OFFLINE', 'The target has no agent.', { serverId });
    return rows[0];
  }

  async issue(request: TicketRequest): Promise<Ticket> {
    const { plan, agent, approvals, contract, rows, runId, epoch } = request;
    const iat = Math.floor(this.clock.now() / 1000);
    const [jti, commandId] = [uuidv7(), uuidv7()];
    const jws = await signTicket(this.signer, {
      iss: ticketIssuer(this.fleetId),
      sub: runId,
      aud: agent.agentId,
      jti,
      iat,
      nbf: iat,
      exp: iat + TICKET_LIFE_S,
      server: plan.header.target.serverId,
      peer: plan.header.source.serverId,
      ops: [contractName(contract)],
      command: commandId,
      rows: [Math.min(...rows), Math.max(...rows)],
      plan_sha256: plan.planSha256,
      approval_sha256: [...approvals.sha256],
      act: { initiator: plan.header.initiator, approvers: [...approvals.approvers] },
      cnf: { jkt: await keyThumbprint(agent.sigPub) },
      epoch,
      // The agent counts all rows of the plan against it; which of them this ticket is for, `rows` says.
      maxWrites: approvals.maxWrites,
    });
    return { jti, commandId, jws, request, issuedAt: new Date(iat * 1000), expiresAt: new Date((iat + TICKET_LIFE_S) * 1000) };
  }

  async record(tx: Pick<PoolClient, 'query'>, { jti, commandId, issuedAt, expiresAt, request }: Ticket): Promise<void> {
    const { runId, plan, contract, rows, epoch } = request;
    await tx.query(
      `INSERT INTO migration_ticket (jti, run_id, server_id, plan_sha256, command_id, op, first_row, last_row, epoch, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [jti, runId, plan.header.target.serverId, plan.planSha256, commandId, contractName(contract), Math.min(...rows), Math.max(...rows), epoch, issuedAt, expiresAt],
    );
  }

  /** `done`, or the code of the refusal. */
  async note(tx: Pick<PoolClient, 'query'>, jti: string, outcome: string): Promise<void> {
    await tx.query('UPDATE migration_ticket SET outcome = $2 WHERE jti = $1', [jti, outcome]);
  }
}
