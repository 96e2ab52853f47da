import { BusServer, HubBus, HubConnection } from '@usher/bus';
import {
  AppError,
  CONTRACTS,
  contractName,
  PlanOptions,
  planProgress,
  runProgress,
  uuidv7,
  type PlanProgress,
  type PlanRequest,
  type PlanRowView,
  type PlanView,
  type RunProgress,
  type RunView,
  type ServiceCommandContract,
  type WatchState,
} from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { mintHubUser, type KeyRing } from '@usher/security';

const NOBODY = { byAccount: () => undefined, byServer: () => undefined };
const CONTRACTS_OF_IT = CONTRACTS.filter((contract): contract is ServiceCommandContract => contract.kind === 'service-command' && contract.receiver === 'migration');

// oxlint-disable-next-line typescript/no-explicit-any
type Request = any;
export type Answer = (request: Request) => unknown;

/** The migration service on the bus, with its own login: what it was asked, and the answers that the test chose. */
export class PlayedMigration {
  readonly asked: { name: string; request: Request }[] = [];
  readonly answers = new Map<string, Answer>();
  private live: { hub: HubConnection; server: BusServer; bus: HubBus } | null = null;

  private constructor(
    private readonly natsUrl: string,
    private readonly ring: KeyRing,
  ) {}

  static async start(natsUrl: string, ring: KeyRing): Promise<PlayedMigration> {
    const played = new PlayedMigration(natsUrl, ring);
    await played.resume();
    return played;
  }

  async resume(): Promise<void> {
    const logger = createLogger({ service: 'migration', level: 'error', destination: { write: () => undefined } });
    const hub = await HubConnection.connect({ url: this.natsUrl, creds: await mintHubUser(this.ring, 'migration'), service: 'migration', logger });
    const server = new BusServer({ hub, logger });
    for (const contract of CONTRACTS_OF_IT) server.addHandler(`service-command:${contractName(contract)}`, async (request) => this.answer(contract.name, request), false, { contract });
    await new Promise<void>((resolve, reject) => server.listen((error) => (error ? reject(error as Error) : resolve())));
    const bus = new HubBus({ connection: hub, signer: this.ring.commandKey('migration'), directory: NOBODY, presence: { isOnline: () => false }, fleetEpoch: () => 1 });
    this.live = { hub, server, bus };
  }

  /** Leaves the bus, as a service that is down. */
  async pause(): Promise<void> {
    const { live } = this;
    this.live = null;
    await live?.server.close();
    await live?.hub.close();
  }

  tellPlan(progress: PlanProgress): void {
    this.live!.bus.publishServiceState(planProgress, progress);
  }

  tellRun(progress: RunProgress): void {
    this.live!.bus.publishServiceState(runProgress, progress);
  }

  /** What it was asked under this name, the latest last. */
  of(name: string): Request[] {
    return this.asked.filter((one) => one.name === name).map(({ request }) => request);
  }

  private answer(name: string, request: Request): unknown {
    this.asked.push({ name, request });
    const answer = this.answers.get(name);
    if (!answer) throw new AppError('NOT_FOUND', 'There is no such plan or run.');
    return answer(request);
  }
}

const at = '2026-11-21T20:00:00.000Z';
export const HASH = 'ab'.repeat(32);

export function makeRequest(sourceServerId: string, targetServerId: string, given: Partial<PlanRequest> = {}): PlanRequest {
  const users = [{ sourceVendorId: 'ana', decision: 'suggest' as const, targetVendorId: null, targetName: null }];
  return { sourceServerId, targetServerId, users, fields: ['policy', 'played'], libraries: [], paths: [], options: PlanOptions.parse({}), ...given };
}

export function makePlan(request: PlanRequest, given: Partial<PlanView> = {}): PlanView {
  const server = (serverId: string, alias: string) => ({ serverId, alias, kind: 'jellyfin' as const, machineId: alias, version: '12.0.1' });
  return {
    planId: uuidv7(),
    version: 3,
    kind: 'users',
    ofRun: null,
    state: 'frozen',
    request,
    source: server(request.sourceServerId, 'Basement'),
    target: server(request.targetServerId, 'Attic'),
    initiator: { operatorId: uuidv7(), name: 'Lena' },
    createdAt: at,
    checkedAt: at,
    frozenAt: at,
    planSha256: HASH,
    users: [
      {
        identityId: null,
        sources: [{ vendorId: 'ana', name: 'ana' }],
        target: { vendorId: null, name: 'ana' },
        decision: 'create',
        evidence: 'given',
        verdicts: [{ field: 'password', kind: 'impossible', reason: 'password-not-readable', rows: null }, { field: 'played', kind: 'exact', reason: null, rows: 12 }],
      },
    ],
    findings: [{ id: 'f1', severity: 'warning', code: 'PASSWORDS', message: 'No vendor exports passwords.', next: null, user: null }],
    counts: { rows: 14, writes: 12, skips: { ambiguous: 1, 'not-on-target': 1 }, tiers: { A: 10, B: 2 }, verdicts: { exact: 20, lossy: 1, impossible: 1 }, decisions: 1 },
    estimate: { requests: 15, quietMs: 100, watchedMs: 4_000_000_000, rate: 'assumed' },
    approvals: [],
    runId: null,
    code: null,
    message: null,
    ...given,
  };
}

export function makeRunProgress(given: Partial<RunProgress> = {}): RunProgress {
  const counts = { rows: 14, new: 4, intent: 0, done: 8, verified: 0, skipped: 1, conflict: 0, failed: 1 };
  return { runId: uuidv7(), planId: uuidv7(), state: 'running', step: 'copy-watch-states', counts, rowsPerSecond: 182.5, remainingMs: 59_000, throttle: 'viewers', code: null, message: null, at, ...given };
}

export function makeRun(given: Partial<RunView> = {}): RunView {
  return {
    ...makeRunProgress(),
    kind: 'users',
    startedBy: { operatorId: uuidv7(), name: 'Sam' },
    startedAt: at,
    endedAt: null,
    steps: [{ step: 'ensure-user', rows: 1, done: 1, state: 'done' }],
    verify: { at, results: { same: 10, differs: 0, 'not-there': 1, unreadable: 0 }, acceptedAt: null, acceptedReason: null },
    rollbackPlanId: null,
    rollbackUntil: null,
    requests: 15,
    hasReport: true,
    ...given,
  };
}

export function makeState(itemVendorId: string, given: Partial<WatchState> = {}): WatchState {
  return { itemVendorId, played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null, original: 'as-the-vendor-says', ...given };
}

/** One row of each kind. */
export function makeRows(): PlanRowView[] {
  const view = { userName: 'ana', targetTitle: null, decisionId: null, decision: null, state: null, code: null, now: null, verify: null };
  return [
    { ...view, row: { n: 0, u: 0, op: 'user.ensure', name: 'ana' } },
    { ...view, row: { n: 1, u: 0, op: 'policy.apply', from: null, to: { enabled: true, libraries: ['l1', 'l2'], downloads: null }, loss: [{ field: 'downloads', kind: 'lossy', reason: 'policy-differs' }] } },
    {
      ...view,
      targetTitle: 'Alien',
      state: 'failed',
      code: 'SERVER_RATE_LIMITED',
      now: makeState('t1'),
      verify: 'differs',
      row: {
        n: 2, u: 0, op: 'watch-state.set', item: 's1', title: 'Alien', tier: 'B', evidence: ['imdb', 'tmdb'], source: makeState('s1', { played: true, playCount: 2 }),
        from: makeState('t1'), to: makeState('t1', { played: true, playCount: 2, lastPlayedAt: '2026-03-12T20:00:00.000Z' }), fields: ['played', 'playCount'], loss: [],
      },
    },
    {
      ...view,
      decisionId: 'item:ana:s2',
      decision: { id: 'item:ana:s2', decision: 'map', target: 't9', reason: 'the long cut' },
      row: { n: 3, u: 0, op: 'skip', item: 's2', title: 'Solaris', reason: 'ambiguous', detail: 'Two films with the same name.', source: makeState('s2', { played: true }), candidates: ['t8', 't9'] },
    },
    { ...view, row: { n: 4, u: 0, op: 'user.remove', name: 'ben', userVendorId: 't5' } },
  ];
}
