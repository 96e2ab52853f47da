import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { FleetDirectory, HubBus } from '@usher/bus';
import { AppError, contractName, PlanOptions, uuidv7, type PlanHeader, type PlanRow, type RunView, type TrustedKey } from '@usher/contracts';
import { createPool } from '@usher/database';
import { createLogger } from '@usher/platform';
import { AgentKeys, KeyRing, signApproval } from '@usher/security';
import { eventually, startPostgres, type TestDatabase } from '@usher/testing';
import type { Pool } from 'pg';
import { ApprovalsRepository } from '../src/approvals/approvals.repository.js';
import { ApprovalsService } from '../src/approvals/approvals.service.js';
import { RevocationTeller } from '../src/approvals/revocation-teller.js';
import { FleetPresence } from '../src/fleet/fleet-presence.js';
import { FrozenPlansService } from '../src/plans/frozen-plans.service.js';
import { PlanFreezing } from '../src/plans/plan-freezing.service.js';
import { PlanProgressPublisher } from '../src/plans/plan-progress.publisher.js';
import { PlanRowsRepository } from '../src/plans/plan-rows.repository.js';
import type { PlanStaleness } from '../src/plans/plan-staleness.service.js';
import { PlanViewRepository } from '../src/plans/plan-view.repository.js';
import { PlanViews } from '../src/plans/plan-views.service.js';
import { PlansRepository } from '../src/plans/plans.repository.js';
import { ReportsRepository } from '../src/reports/reports.repository.js';
import { ReportsService } from '../src/reports/reports.service.js';
import { RollbackService } from '../src/runs/rollback.service.js';
import { RunGate } from '../src/runs/run-gate.js';
import { RunWorkFactory } from '../src/runs/run-work.factory.js';
import { RunWorker } from '../src/runs/run-worker.js';
import type { RunsQueue } from '../src/runs/runs.queue.js';
import { RunsRepository } from '../src/runs/runs.repository.js';
import { RunsService } from '../src/runs/runs.service.js';
import { TicketIssuer } from '../src/tickets/ticket-issuer.js';
import { FakeAgent } from './fake-agent.js';
import { FakeTarget } from './fake-target.js';
import { HurriedClock } from './hurried-clock.js';
import { Mortal } from './mortal.js';
import { stateRow, userOf } from './rows.js';

export const OPERATOR = { operatorId: uuidv7(), operatorName: 'sam' };

/** A process of the migration service, as far as it carries runs out. */
export class EngineProcess {
  readonly runs: RunsRepository;
  readonly approvals: ApprovalsService;
  readonly revocations: RevocationTeller;
  readonly worker: RunWorker;
  readonly service: RunsService;
  readonly rollback: RollbackService;
  readonly reports: ReportsService;
  /** Runs that were to be woken. */
  readonly woken: string[] = [];
  private readonly stopping = new AbortController();

  constructor(
    readonly engine: Engine,
    pool: Pool,
    bus: HubBus,
  ) {
    const { clock, logger, ring, presence } = engine;
    const signer = ring.commandKey('migration');
    const directory = { keys: ring.trustedKeys() } as unknown as FleetDirectory;
    const plans = new FrozenPlansService(pool);
    const repository = new ApprovalsRepository(pool);
    this.runs = new RunsRepository(pool);
    this.revocations = new RevocationTeller(repository, bus, presence, logger);
    this.approvals = new ApprovalsService(repository, pool, plans, directory, this.revocations, new PlanProgressPublisher(bus, clock), clock);
    this.reports = new ReportsService(new ReportsRepository(pool), plans, this.approvals, signer);
    const issuer = new TicketIssuer(pool, signer, ring.fleetId, clock);
    this.worker = new RunWorker(pool, this.runs, plans, new RunWorkFactory(pool, bus, plans, this.approvals, issuer, clock, logger), this.reports, logger);
    const staleness = { refuseStale: async () => engine.refuseStale() } as unknown as PlanStaleness;
    const queue = { wake: async (runId: string) => void this.woken.push(runId) } as unknown as RunsQueue;
    this.service = new RunsService(pool, this.runs, new RunGate(pool, this.runs, plans, this.approvals, staleness), queue, this.reports, bus, clock);
    this.rollback = new RollbackService(pool, this.runs, plans, new PlanFreezing(pool, new PlanRowsRepository(pool)), new PlanViews(new PlansRepository(pool), new PlanViewRepository(pool)), clock);
  }

  /** Until the run has ended, stands, or this process is dead. */
  carryOut(runId: string): Promise<void> {
    return this.worker.carryOut(runId, this.stopping.signal);
  }

  /** In order, as on SIGTERM. */
  stop(): void {
    this.stopping.abort(new Error('the process ends'));
  }
}

/** A database, a target with its agent, and plans; the bus is a call. */
export class Engine {
  readonly clock = new HurriedClock();
  readonly lines: Record<string, unknown>[] = [];
  readonly logger = createLogger({ service: 'migration', level: 'debug', destination: { write: (line: string) => void this.lines.push(JSON.parse(line) as Record<string, unknown>) } });
  readonly presence = new FleetPresence(this.clock);
  readonly told: { name: string; body: Record<string, unknown> }[] = [];
  readonly target = new FakeTarget();
  readonly sourceServerId = uuidv7();
  refuseStale: () => void = () => undefined;

  private constructor(
    readonly folder: string,
    readonly database: TestDatabase,
    readonly pool: Pool,
    readonly ring: KeyRing,
    readonly agent: FakeAgent,
    target: FakeTarget,
  ) {
    this.target = target;
  }

  static async start(): Promise<Engine> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-engine-'));
    const database = await startPostgres();
    const ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
    const pool = createPool(database.url, { max: 10 });
    const ids = { serverId: uuidv7(), agentId: uuidv7(), fleetId: ring.fleetId };
    const target = new FakeTarget();
    const late: { engine?: Engine } = {};
    const agent = new FakeAgent(ids, await AgentKeys.loadOrCreate(path.join(folder, 'agent')), target, (): readonly TrustedKey[] => ring.trustedKeys(), () => late.engine!.clock.now());
    const engine = (late.engine = new Engine(folder, database, pool, ring, agent, target));
    await engine.register();
    return engine;
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.database.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A target without anybody, and no run under way. */
  async reset(): Promise<void> {
    const fresh = new FakeTarget();
    for (const name of ['policies', 'names', 'states', 'writes'] as const) this.target[name].clear();
    this.target.items.clear();
    this.target.used.clear();
    Object.assign(this.target, { reads: 0, lists: 0, streams: 0, made: 0, beforeWrite: fresh.beforeWrite, beforeRead: fresh.beforeRead, keeps: fresh.keeps });
    Object.assign(this.agent, { isAway: false, afterApply: async () => undefined });
    this.agent.held.clear();
    this.agent.revoked.clear();
    this.refuseStale = () => undefined;
    this.told.length = 0;
    this.clock.sleptMs = 0;
    this.clock.sleeps.length = 0;
    await this.pool.query(`UPDATE migration_run SET state = 'aborted', ended_at = now() WHERE state NOT IN ('done', 'aborted', 'failed')`);
  }

  /** A process that nobody kills. */
  process(): EngineProcess {
    return new EngineProcess(this, this.pool, this.bus);
  }

  mortal(): { process: EngineProcess; mortal: Mortal } {
    const mortal = new Mortal(this.pool, this.bus);
    const process = new EngineProcess(this, mortal.itsPool, mortal.itsBus);
    mortal.onDeath = () => process.stop();
    return { mortal, process };
  }

  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    await eventually(isSo, { timeoutMs: 20_000, everyMs: 5 });
  }

  /** Time passes over the lease of a process that is dead. */
  async outlive(runId: string): Promise<void> {
    await this.pool.query(`UPDATE lease SET expires = clock_timestamp() - interval '1 second' WHERE name = $1`, [`run:${runId}`]);
  }

  /** A frozen plan of these rows, for users whose accounts at the target are named like they are at the source. */
  async plan(rows: readonly PlanRow[], given: Partial<Pick<PlanHeader, 'users' | 'options'>> = {}): Promise<string> {
    const planId = uuidv7();
    const { users = [userOf('ana')], options = PlanOptions.parse({ driftLimitPercent: 100 }) } = given;
    const { serverId } = this.agent.ids;
    const request = { sourceServerId: this.sourceServerId, targetServerId: serverId, users: [{ sourceVendorId: 'ana', decision: 'map', targetVendorId: 'ana', targetName: null }], fields: ['played'], libraries: [], paths: [], options };
    await this.pool.query(`INSERT INTO migration_plan (id, source_server_id, target_server_id, request, initiator_id, initiator_name) VALUES ($1, $2, $3, $4, $5, 'sam')`, [planId, this.sourceServerId, serverId, JSON.stringify(request), OPERATOR.operatorId]);
    const drafts = rows.map((row) => ({ n: row.n, op: row.op, u: row.u, item: 'item' in row ? row.item : null, title: 'title' in row ? row.title : null, row }));
    await this.pool.query(`INSERT INTO migration_row (plan_id, n, op, u, item, title, tab, row) SELECT $1, r.n, r.op, r.u, r.item, r.title, 'change', r.row FROM jsonb_to_recordset($2::jsonb) AS r(n int, op text, u int, item text, title text, row jsonb)`, [planId, JSON.stringify(drafts)]);
    const server = (id: string, alias: string) => ({ serverId: id, alias, kind: 'emby' as const, machineId: null, version: '4.9.0', digest: 'a'.repeat(64) });
    const freezing = new PlanFreezing(this.pool, new PlanRowsRepository(this.pool));
    await freezing.freeze(
      { planId, version: 1, kind: 'users', ofRun: null, madeAt: new Date().toISOString(), initiator: OPERATOR.operatorId, source: server(this.sourceServerId, 'attic'), target: server(serverId, 'cellar'), users, libraries: [], paths: [], fields: ['played'], options },
      'draft',
    );
    return planId;
  }

  /** One account with `count` titles, each to be marked as played. */
  async simplePlan(count: number, given: Partial<Pick<PlanHeader, 'users' | 'options'>> = {}): Promise<string> {
    this.target.addUser('ana');
    return this.plan(Array.from({ length: count }, (_, n) => stateRow(n, this.item(n))), given);
  }

  item(n: number): string {
    const item = `item ${n}`;
    this.target.items.add(item);
    return item;
  }

  async approve(process: EngineProcess, planId: string, given: { approver?: string; lifeS?: number; required?: 1 | 2; planSha256?: string } = {}): Promise<string> {
    const { header, planSha256 } = (await new FrozenPlansService(this.pool).find(planId))!;
    const now = Math.floor(this.clock.now() / 1000);
    const jws = await signApproval(this.ring.commandKey('controller'), {
      v: 1, planId, planSha256: given.planSha256 ?? planSha256, server: header.target.serverId, peer: header.source.serverId, initiator: header.initiator,
      approver: given.approver ?? OPERATOR.operatorId, approverName: 'sam', required: given.required ?? header.options.approvalsRequired, iat: now, nbf: now, exp: now + (given.lifeS ?? 3_600), maxWrites: header.limits.maxWrites,
    });
    await process.approvals.store(planId, jws);
    return jws;
  }

  /** Approved and started, and not yet carried out. */
  async started(process: EngineProcess, planId: string): Promise<RunView> {
    await this.approve(process, planId);
    return process.service.start(planId, OPERATOR);
  }

  async rows(planId: string): Promise<{ n: number; state: string | null; code: string | null; attempts: number; verify: string | null; before: unknown; epoch: number }[]> {
    const { rows } = await this.pool.query(`SELECT n, state, code, attempts, verify, before, epoch::int FROM migration_row WHERE plan_id = $1 ORDER BY n`, [planId]);
    return rows;
  }

  get bus(): HubBus {
    const answer = async (contract: { name: string; version: number }, target: { serverId: string }, request: unknown, options: Record<string, unknown>): Promise<unknown[]> => {
      if (target.serverId !== this.agent.ids.serverId || this.agent.isAway) throw new AppError('AGENT_OFFLINE', 'The agent of this server is not connected.', target);
      const op = contractName(contract);
      const fence = (options['fence'] ?? { n: 'fleet', e: 1 }) as { n: string; e: number };
      this.agent.passFence(fence);
      if ((contract as { needsTicket?: true }).needsTicket) await this.agent.guard({ id: options['commandId'] as string, op, fence, ticket: options['ticket'] as string, approvals: options['approvals'] as string[] }, request);
      return this.agent.handle(op, structuredClone(request));
    };
    return {
      command: (contract: { name: string; version: number }, target: { serverId: string }, request: unknown, options: Record<string, unknown> = {}) => {
        const parts = answer(contract, target, request, options);
        parts.catch(() => undefined);
        return {
          then: (...on: Parameters<Promise<unknown>['then']>) => parts.then((all) => all[0]).then(...on),
          catch: (on: (reason: unknown) => unknown) => parts.then((all) => all[0]).catch(on),
          [Symbol.asyncIterator]: async function* () {
            yield* await parts;
          },
        };
      },
      publishServiceState: ({ name }: { name: string }, body: Record<string, unknown>) => void this.told.push({ name, body }),
    } as unknown as HubBus;
  }

  private async register(): Promise<void> {
    const { serverId, agentId } = this.agent.ids;
    for (const [id, alias] of [[serverId, 'cellar'], [this.sourceServerId, 'attic']] as const) {
      await this.pool.query(`INSERT INTO server (id, alias, slug, url, normalized_url, kind) VALUES ($1, $2, $3, $4, $4, 'emby')`, [id, alias, id, `http://${id}.invalid`]);
    }
    await this.pool.query(`INSERT INTO agent (id, server_id, acct_pub, nkey_pub, sig_pub, box_pub, account_jwt) VALUES ($1, $2, $3, 'u', $4, $5, 'jwt')`, [agentId, serverId, `A${agentId}`, JSON.stringify(this.agent.keys.sigPub), JSON.stringify(this.agent.keys.boxPub)]);
  }
}
