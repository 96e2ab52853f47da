import { AgentLink } from '@usher/bus';
import { runInContext, type Logger } from '@usher/platform';
import { ServerActions } from '../actions/server-actions.service.js';
import { ActivityWatcher } from '../activities/activity-watcher.js';
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
import { withoutIgnored } from '../sessions/ignored-devices.js';
import { SessionControl } from '../sessions/session-control.service.js';
import { SessionWatcher } from '../sessions/session-watcher.js';
import { SessionsPublisher } from '../sessions/sessions-publisher.js';
import { FactSender } from '../spool/fact-sender.js';
import { UserList } from '../users/user-list.service.js';
import { openStorage, type AgentStorage } from './agent-storage.js';
import { ControllerClock } from './controller-clock.js';
import { Heartbeat } from './heartbeat.js';
import { Hello } from './hello.js';
import type { Surroundings } from './surroundings.js';
import { AGENT_VERSION } from './version.js';

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
    this.activities = new ActivityWatcher({ provider: this.provider, status: this.status, link: this.link, sequence, clock, logger });
    this.actions = new ServerActions({ provider: this.provider, ordered: () => this.activities.ordered(), clock });
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
      settingsChanged: () => this.watcher.reconsider(),
    });
    this.hello = new Hello({ link: this.link, identity, settings, configuration: this.configuration, fences, controllerClock, clock, logger });
    this.sessionControl = new SessionControl(this.provider, this.watcher, clock);
    this.libraryList = new LibraryList(this.provider, clock);
    this.itemList = new ItemList(this.provider, () => this.watcher.seen.filter(({ stream }) => stream !== null).length, clock);
    this.pathCheck = new PathCheckService(this.provider, clock);
    this.userList = new UserList(this.provider, clock);
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
      // First the adapter: what waits for the server then waits no longer.
      await Promise.all([this.provider.close(), this.probe.stop(), this.load.stop(), this.activities.stop(), this.heartbeat.stop(), this.publisher.stop()]);
      await this.link.stop();
      await Promise.all([this.hello.stop(), this.sender.stop()]);
      await this.watcher.stop();
      await this.storage.spool.close();
      await this.storage.journal.close();
      await this.storage.notices.close();
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
