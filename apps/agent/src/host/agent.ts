import { AgentLink } from '@usher/bus';
import { runInContext, type Logger } from '@usher/platform';
import { ConcurrencyLimit } from '@usher/resilience';
import { ServerActions } from '../actions/server-actions.service.js';
import { ActivityWatcher } from '../activities/activity-watcher.js';
import { ServerDetails } from '../details/server-details.service.js';
import { CurveRecorder } from '../efficiency/curve-recorder.js';
import { EfficiencyReport } from '../efficiency/efficiency-report.js';
import { whereabouts } from '../host-metrics/beside.js';
import { HostReports } from '../host-metrics/host-reports.js';
import { ItemList } from '../libraries/item-list.service.js';
import { LibraryList } from '../libraries/library-list.service.js';
import { PathCheckService } from '../libraries/path-check.service.js';
import { LoadSampler } from '../load/load-sampler.js';
import { NoticeSender } from '../notices/notice-sender.service.js';
import { PlaybackPreparation } from '../playback/playback-preparation.js';
import { MaintenancePlan } from '../server/maintenance-plan.js';
import { refusal } from '../server/read-only.js';
import { ServerConfiguration } from '../server/server-configuration.js';
import { ServerProbe } from '../server/server-probe.js';
import { ServerStatus } from '../server/server-status.js';
import { ServerProvider } from '../server/server.provider.js';
import { withoutIgnored } from '../server/ignored-devices.js';
import { SessionControl } from '../sessions/session-control.service.js';
import { SessionWatcher } from '../sessions/session-watcher.js';
import { SessionsPublisher } from '../sessions/sessions-publisher.js';
import { FactSender } from '../spool/fact-sender.js';
import { PlanHolding } from '../tickets/plan-holding.service.js';
import { TicketGuard } from '../tickets/ticket.guard.js';
import { AccountChanges } from '../users/account-changes.service.js';
import { PolicyList } from '../users/policy-list.service.js';
import { UserList } from '../users/user-list.service.js';
import { StateReader } from '../watch-states/state-reader.service.js';
import { StateWriter } from '../watch-states/state-writer.service.js';
import { openStorage, type AgentStorage } from './agent-storage.js';
import { ControllerClock } from './controller-clock.js';
import { Heartbeat } from './heartbeat.js';
import { Hello } from './hello.js';
import type { Surroundings } from './surroundings.js';
import { AGENT_VERSION } from './version.js';

/** Whatever a migration writes to a server, it writes one command after another; more of them wait than any run sends. */
const MIGRATION_WRITES = { max: 1, queue: 16 };

/** One agent: the identity that speaks for one media server, and everything that works for it. */
export class Agent {
  readonly configuration: ServerConfiguration;
  readonly probe: ServerProbe;
  readonly sessionControl: SessionControl;
  readonly libraryList: LibraryList;
  readonly itemList: ItemList;
  readonly pathCheck: PathCheckService;
  readonly userList: UserList;
  readonly playback: PlaybackPreparation;
  readonly noticeSender: NoticeSender;
  readonly actions: ServerActions;
  readonly details: ServerDetails;
  readonly efficiency: EfficiencyReport;
  readonly hostReports: HostReports;
  readonly curves: CurveRecorder;
  readonly planHolding: PlanHolding;
  readonly policyList: PolicyList;
  readonly accountChanges: AccountChanges;
  readonly stateReader: StateReader;
  readonly stateWriter: StateWriter;
  private readonly status: ServerStatus;
  private readonly provider: ServerProvider;
  private readonly link: AgentLink;
  private readonly sender: FactSender;
  private readonly publisher: SessionsPublisher;
  private readonly watcher: SessionWatcher;
  private readonly heartbeat: Heartbeat;
  private readonly load: LoadSampler;
  private readonly activities: ActivityWatcher;
  private readonly hello: Hello;
  private readonly logger: Logger;

  private constructor(
    private readonly storage: AgentStorage,
    surroundings: Surroundings,
  ) {
    const { clock, logger } = surroundings;
    const { identity, settings, sequence, spool, journal, fences, keys } = storage;
    const controllerClock = new ControllerClock(clock);
    const maintenance = new MaintenancePlan(identity.serverId, () => controllerClock.now());
    const guard = guardOf(storage, controllerClock);
    this.logger = logger;
    this.status = new ServerStatus(clock);
    this.provider = new ServerProvider({
      serverId: identity.serverId,
      settings,
      status: this.status,
      create: surroundings.createServer,
      egress: surroundings.egress,
      plexTvUrl: surroundings.plexTvUrl,
      clientVersion: AGENT_VERSION,
      clock,
      logger,
    });
    this.link = new AgentLink({
      ...surroundings.broker,
      keys,
      userJwt: identity.userJwt,
      serverId: identity.serverId,
      agentId: identity.agentId,
      trustedKeys: () => identity.keys,
      journal,
      fences,
      dispatch: surroundings.dispatch,
      refuse: (contract) => refusal(contract, settings.config),
      guard: (claims, contract, args) => guard.check(claims, contract, args),
      fleetStates: { store: storage.fleetStates, take: (contract, body) => maintenance.take(contract, body) },
      now: () => controllerClock.now(),
      logger,
    });
    const notPublished = (error: unknown) => logger.error('state.not_published', 'A state could not be published.', { error });
    this.sender = new FactSender(spool, this.link, clock, logger);
    this.publisher = new SessionsPublisher(this.link, sequence, clock, notPublished);
    this.watcher = new SessionWatcher({
      store: storage.playbacks,
      publisher: this.publisher,
      ignored: () => settings.config.ignoredDevices,
      hooks: { onLive: (live) => this.status.noteLive(live) },
      onSeen: () => this.load.sessionsChanged(),
      clock,
      logger,
    });
    this.probe = new ServerProbe({ provider: this.provider, settings, spool, isExpectedAway: () => maintenance.isOn, clock, logger });
    this.heartbeat = new Heartbeat(this.link, sequence, () => this.sign(), clock, notPublished);
    this.load = new LoadSampler({ provider: this.provider, status: this.status, sessions: () => this.watcher.seen, link: this.link, sequence, clock, logger });
    this.activities = new ActivityWatcher({ provider: this.provider, status: this.status, link: this.link, sequence, ignored: () => settings.config.ignoredDevices, clock, logger });
    this.actions = new ServerActions({ provider: this.provider, ordered: () => this.activities.ordered(), clock });
    this.details = new ServerDetails({ provider: this.provider, keys, ordered: () => this.activities.ordered(), clock });
    this.hostReports = new HostReports({ provider: this.provider, settings, machine: surroundings.machine, whereabouts, clock });
    this.curves = new CurveRecorder({ file: storage.curves, provider: this.provider, status: this.status, sampleHost: () => this.hostReports.sample(), clock, logger });
    this.efficiency = new EfficiencyReport(this.provider, this.status, this.hostReports, clock);
    this.noticeSender = new NoticeSender({
      provider: this.provider,
      log: storage.notices,
      visible: (sessions) => withoutIgnored(sessions, settings.config.ignoredDevices),
      now: () => controllerClock.now(),
      clock,
      logger,
    });
    this.playback = new PlaybackPreparation({ provider: this.provider, settings, clock });
    this.configuration = new ServerConfiguration(settings, this.provider, {
      adapterChanged: () => this.followNewAdapter(),
      settingsChanged: () => {
        this.watcher.reconsider();
        this.activities.reconsider();
        guard.recheck();
      },
    });
    this.hello = new Hello({ link: this.link, identity, settings, configuration: this.configuration, fences, controllerClock, clock, logger });
    this.sessionControl = new SessionControl({ provider: this.provider, watcher: this.watcher, publisher: this.publisher, activities: this.activities, clock });
    this.libraryList = new LibraryList(this.provider, clock, (libraries) => this.hostReports.noteLibraries(libraries));
    const streams = () => this.watcher.seen.filter(({ stream }) => stream !== null).length;
    this.itemList = new ItemList(this.provider, streams, clock);
    this.pathCheck = new PathCheckService(this.provider, clock);
    this.userList = new UserList(this.provider, clock);
    this.policyList = new PolicyList(this.provider, clock);
    const { plans, revocations, createdAccounts, writeLog } = storage;
    const migrating = { provider: this.provider, guard, plans, writes: new ConcurrencyLimit(MIGRATION_WRITES), clock };
    this.planHolding = new PlanHolding({ serverId: identity.serverId, keys, plans, revocations, guard, now: () => controllerClock.now(), logger });
    this.accountChanges = new AccountChanges({ ...migrating, created: createdAccounts });
    this.stateReader = new StateReader(this.provider, streams, clock);
    this.stateWriter = new StateWriter({ ...migrating, accountOf: (grant, row) => this.accountChanges.accountOf(grant, row), reader: this.stateReader, log: writeLog, streams });
  }

  /** @throws when its folder is damaged; nothing has been started then */
  static async open(folder: string, surroundings: Surroundings): Promise<Agent> {
    return new Agent(await openStorage(folder, surroundings.clock, surroundings.logger), surroundings);
  }

  get agentId(): string {
    return this.storage.identity.agentId;
  }

  get serverId(): string {
    return this.storage.identity.serverId;
  }

  get isConnected(): boolean {
    return this.link.connected;
  }

  /** Begins to connect and to follow the server; waits for neither. */
  start(): Promise<void> {
    return this.inContext(async () => {
      this.storage.spool.onFlush({ durable: () => this.sender.wake() });
      this.status.onChange((now, before) => {
        this.heartbeat.beat();
        if (now.status === 'online' && before.status !== 'unknown') this.probe.wake();
        if (now.status === 'online') this.activities.wake();
      });
      this.link.onConnected(() => this.inContext(() => this.onConnected()));
      this.curves.start();
      await this.provider.rebuild();
      await this.watcher.watch(this.provider.currentOrNull);
      this.sender.start();
      this.probe.start();
      this.load.start();
      this.activities.start();
      this.heartbeat.beat();
      this.link.start();
    });
  }

  /** Stops in order; what is playing stays open and is continued at the next start. */
  stop(): Promise<void> {
    return this.inContext(async () => {
      // First the adapter, once its last figures are taken: what waits for the server then waits no longer.
      await Promise.all([this.curves.stop(), this.provider.close(), this.probe.stop(), this.load.stop(), this.activities.stop(), this.heartbeat.stop(), this.publisher.stop()]);
      await this.link.stop();
      await Promise.all([this.hello.stop(), this.sender.stop()]);
      await this.watcher.stop();
      await this.storage.spool.close();
      await this.storage.journal.close();
      await this.storage.notices.close();
      await this.storage.usedTickets.close();
      await this.storage.writeLog.close();
      this.logger.info('agent.stopped', 'The agent has stopped.');
    });
  }

  private onConnected(): void {
    this.hello.begin();
    this.heartbeat.beat();
    this.publisher.connected();
    this.activities.connected();
    this.sender.wake();
  }

  private async followNewAdapter(): Promise<void> {
    await this.watcher.watch(this.provider.currentOrNull);
    this.probe.wake();
  }

  private sign() {
    const { identity, settings, spool } = this.storage;
    return {
      agentId: identity.agentId,
      agentVersion: AGENT_VERSION,
      configRev: settings.config.rev,
      credentialRev: settings.credentialRev,
      vendor: this.status.vendor,
      live: this.status.live,
      spoolPending: spool.pending,
    };
  }

  private inContext<T>(work: () => T): T {
    return runInContext({ serverId: this.serverId }, work);
  }
}

function guardOf({ identity, jkt, plans, usedTickets, revocations, fences, settings }: AgentStorage, controllerClock: ControllerClock): TicketGuard {
  return new TicketGuard({ identity, jkt, plans, used: usedTickets, revocations, fences, controllerClock, forbidden: () => refusal({ effect: 'change' }, settings.config) });
}
