import path from 'node:path';
import { HubBus, HubConnection } from '@usher/bus';
import { AppError, contractName, holdPlan, listItems, listLibraries, listUsers, PlanHeader, PlanRow, uuidv7, type CommandContract, type WatchState } from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { AgentKeys, keyThumbprint, mintHubUser, planHash, runFence, sealPlanPiece, sha256Hex, signApproval, signTicket, ticketIssuer, type ApprovalClaims, type JWK, type KeyRing, type TicketClaims } from '@usher/security';
import { stealAgent, type StolenAgent } from './agent-folder.js';
import type { Registered, World } from './world.js';

export interface BarPlan {
  readonly sha256: string;
  readonly headerBytes: Buffer;
  readonly chunk: Buffer;
  readonly header: PlanHeader;
  readonly rows: readonly PlanRow[];
}

/** The agent of a registered server as the target of a plan, spoken to as migration does, with everything signed by the real keys. */
export class MigrationTarget {
  readonly runId = uuidv7();

  private constructor(
    readonly bus: HubBus,
    private readonly hub: HubConnection,
    private readonly ring: KeyRing,
    readonly agent: StolenAgent,
    readonly boxPub: JWK,
    private readonly jkt: string,
    readonly plan: BarPlan,
  ) {}

  /** Plans to mark the first films of the server as watched for its first account. */
  static async start(world: World, { id: serverId }: Registered, films: number): Promise<MigrationTarget> {
    const ring = await world.keyRing();
    const agent = await stealAgent(world, serverId);
    const keys = await AgentKeys.loadOrCreate(path.join(world.stack.dataDir, 'agents', serverId));
    const hub = await HubConnection.connect({ url: world.stack.brokerUrl, creds: await mintHubUser(ring, 'migration'), service: 'migration', logger: createLogger({ service: 'bench', level: 'error' }) });
    try {
      return await MigrationTarget.planned(world, { ring, agent, keys, hub }, films);
    } catch (error) {
      await hub.close();
      throw error;
    }
  }

  private static async planned(world: World, { ring, agent, keys, hub }: { ring: KeyRing; agent: StolenAgent; keys: AgentKeys; hub: HubConnection }, films: number): Promise<MigrationTarget> {
    const { serverId } = agent;
    const { rows: epochs } = await world.pool.query<{ epoch: string }>('SELECT epoch FROM fleet');
    const directory = { byAccount: (acct: string) => (acct === agent.acctPub ? agent : undefined), byServer: (id: string) => (id === serverId ? agent : undefined) };
    const bus = new HubBus({ connection: hub, signer: ring.commandKey('migration'), directory, presence: { isOnline: () => true }, fleetEpoch: () => Number(epochs[0]!.epoch) });
    const { libraries } = await bus.command(listLibraries, { serverId }, {});
    const { items } = await bus.command(listItems, { serverId }, { of: { libraryVendorId: libraries.find(({ type }) => type === 'movies')!.vendorId, start: 0, limit: films }, withFiles: false });
    const { users } = await bus.command(listUsers, { serverId }, {});
    const plan = makePlan(serverId, users[0]!.vendorId, items.map(({ vendorId }) => vendorId));
    return new MigrationTarget(bus, hub, ring, agent, keys.boxPub, await keyThumbprint(keys.sigPub), plan);
  }

  /** Hands over one piece; what the agent says. */
  async hold(chunk: number | null, piece: Uint8Array, planSha256 = this.plan.sha256): Promise<string> {
    return this.outcome(holdPlan, { planSha256, chunk, sealed: await sealPlanPiece(this.boxPub, piece) }, {});
  }

  async approval(change: Partial<ApprovalClaims> = {}): Promise<string> {
    const nowS = Math.floor(Date.now() / 1000);
    const { planId, initiator, source, target } = this.plan.header;
    return signApproval(this.ring.commandKey('controller'), {
      v: 1, planId, planSha256: this.plan.sha256, server: target.serverId, peer: source.serverId, initiator, approver: initiator, approverName: 'Bar', required: 1, iat: nowS - 1, nbf: nowS - 1, exp: nowS + 3_600, maxWrites: 1_000, ...change,
    });
  }

  claims(contract: CommandContract, commandId: string, approval: string, change: Partial<Record<keyof TicketClaims, unknown>> = {}): TicketClaims {
    const nowS = Math.floor(Date.now() / 1000);
    const { initiator, source, target } = this.plan.header;
    return {
      iss: ticketIssuer(this.ring.fleetId), sub: this.runId, aud: this.agent.agentId, jti: uuidv7(), iat: nowS, nbf: nowS, exp: nowS + 900, server: target.serverId, peer: source.serverId, ops: [contractName(contract)],
      command: commandId, rows: [0, 1_000], plan_sha256: this.plan.sha256, approval_sha256: [sha256Hex(approval)], act: { initiator, approvers: [initiator] }, cnf: { jkt: this.jkt }, epoch: 1, maxWrites: 1_000, ...change,
    } as TicketClaims;
  }

  async leave(contract: CommandContract, change: Partial<Record<keyof TicketClaims, unknown>> = {}) {
    const commandId = uuidv7();
    const approval = await this.approval();
    return { commandId, approvals: [approval], ticket: await signTicket(this.ring.commandKey('migration'), this.claims(contract, commandId, approval, change)), fence: { n: runFence(this.runId), e: 1 } };
  }

  /** `done`, or the code that a command was refused with. */
  async outcome(contract: CommandContract, request: object, options: object): Promise<string> {
    try {
      for await (const part of this.bus.command(contract, { serverId: this.agent.serverId }, request, options)) void part;
      return 'done';
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { reason } = error.details;
      return reason === undefined ? error.code : `${error.code}/${String(reason)}`;
    }
  }

  close(): Promise<void> {
    return this.hub.close();
  }
}

function makePlan(serverId: string, userVendorId: string, films: readonly string[]): BarPlan {
  const before = (itemVendorId: string): WatchState => ({ itemVendorId, played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null, original: null });
  const watched = { played: true, playCount: 2, lastPlayedAt: '2024-05-01T20:00:00.000Z' };
  const rows = films.map((id, n) =>
    PlanRow.parse({ n, u: 0, op: 'watch-state.set', item: `source-${id}`, title: id, tier: 'A', evidence: [], source: { ...before(`source-${id}`), ...watched }, from: before(id), to: { ...before(id), ...watched }, fields: ['played', 'playCount', 'lastPlayedAt'], loss: [] }),
  );
  const chunk = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const server = (id: string) => ({ serverId: id, alias: id.slice(-8), kind: 'jellyfin', machineId: null, version: '10.10.0', digest: sha256Hex(id) });
  const header = PlanHeader.parse({
    v: 1, planId: uuidv7(), version: 1, kind: 'users', ofRun: null, madeAt: new Date().toISOString(), initiator: uuidv7(), source: server(uuidv7()), target: server(serverId),
    users: [{ identityId: null, sources: [{ vendorId: 'source-user', name: 'Ada' }], target: { vendorId: userVendorId, name: 'Ada' }, decision: 'map', evidence: 'given', verdicts: [] }],
    libraries: [], paths: [], fields: ['played', 'playCount', 'lastPlayedAt'], options: { overwrite: 'additive', playCounts: 'max', minTier: 'C', maxConnections: 8, driftLimitPercent: 5, approvalsRequired: 1 },
    counts: { rows: rows.length, writes: rows.length, skips: 0 }, limits: { maxWrites: 1_000, maxFailures: 10 }, chunks: [{ n: 0, first: 0, rows: rows.length, sha256: sha256Hex(chunk) }],
  });
  const headerBytes = Buffer.from(JSON.stringify(header));
  return { sha256: planHash(headerBytes), headerBytes, chunk, header, rows };
}
