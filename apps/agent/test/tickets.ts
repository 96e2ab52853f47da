import { contractName, uuidv7, type CommandContract } from '@usher/contracts';
import { runFence, sha256Hex, signApproval, signTicket, ticketIssuer, type ApprovalClaims, type CommandClaims, type KeyRing, type TicketClaims } from '@usher/security';
import type { MadePlan } from './plans.js';

interface Holder {
  readonly agentId: string;
  readonly serverId: string;
  readonly jkt: string;
}

/** Signs what controller and migration sign for one plan at one agent; a test says what is wrong with it. */
export class TicketOffice {
  readonly runId = uuidv7();
  epoch = 1;

  constructor(
    private readonly ring: KeyRing,
    readonly plan: MadePlan,
    private readonly holder: Holder,
    private readonly now: () => number = Date.now,
  ) {}

  async approval(change: Partial<ApprovalClaims> = {}): Promise<string> {
    const nowS = Math.floor(this.now() / 1000);
    const { planId, initiator, source } = this.plan.header;
    return signApproval(this.ring.commandKey('controller'), {
      v: 1, planId, planSha256: this.plan.sha256, server: this.holder.serverId, peer: source.serverId, initiator, approver: uuidv7(), approverName: 'Grace', required: 1,
      iat: nowS - 1, nbf: nowS - 1, exp: nowS + 3_600, maxWrites: 10_000, ...change,
    });
  }

  /** Of one command, good for all rows of the plan. */
  async ticket(contract: CommandContract, commandId: string, approvals: readonly string[], change: Partial<TicketClaims> = {}): Promise<string> {
    const nowS = Math.floor(this.now() / 1000);
    const approvers = [...new Set(approvals.map((text) => (JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString()) as ApprovalClaims).approver))];
    const { initiator, source } = this.plan.header;
    return signTicket(this.ring.commandKey('migration'), {
      iss: ticketIssuer(this.ring.fleetId), sub: this.runId, aud: this.holder.agentId, jti: uuidv7(), iat: nowS, nbf: nowS, exp: nowS + 900, server: this.holder.serverId, peer: source.serverId,
      ops: [contractName(contract)], command: commandId, rows: [0, 100_000], plan_sha256: this.plan.sha256, approval_sha256: approvals.map((text) => sha256Hex(text)), act: { initiator, approvers },
      cnf: { jkt: this.holder.jkt }, epoch: this.epoch, maxWrites: 10_000, ...change,
    });
  }

  /** What goes with a command: `HubBus.command(contract, target, request, await office.leave(contract))`. */
  async leave(contract: CommandContract, given: { commandId?: string; approvals?: readonly string[]; ticket?: Partial<TicketClaims>; approval?: Partial<ApprovalClaims> } = {}) {
    const commandId = given.commandId ?? uuidv7();
    const approvals = given.approvals ?? [await this.approval(given.approval)];
    return { commandId, approvals, ticket: await this.ticket(contract, commandId, approvals, given.ticket), fence: { n: runFence(this.runId), e: this.epoch } };
  }

  /** The same as an agent has it after it verified the command. */
  async claims(contract: CommandContract, args: unknown, given: Parameters<TicketOffice['leave']>[1] = {}): Promise<CommandClaims> {
    const { commandId, approvals, ticket, fence } = await this.leave(contract, given);
    const iat = Math.floor(this.now() / 1000);
    const { agentId, serverId } = this.holder;
    return { v: 1, id: commandId, iss: 'migration', aud: agentId, sid: serverId, iat, exp: iat + 60, op: contractName(contract), args, fence, to: { service: 'migration', process: 'p1' }, ticket, approvals: [...approvals] };
  }
}
