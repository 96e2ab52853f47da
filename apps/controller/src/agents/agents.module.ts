import { Global, Module } from '@nestjs/common';
import { BusServer, HubBus, HubConnection } from '@usher/bus';
import { OutboxPublisher } from '@usher/database';
import { Logger } from '@usher/platform';
import { KeyRing } from '@usher/security';
import { Pool } from 'pg';
import { ActiveAgents } from './active-agents.js';
import { AgentJobs } from './agent-jobs.js';
import { AgentPresence } from './agent-presence.js';
import { AgentRetirement } from './agent-retirement.js';
import { AgentSettingsService } from './agent-settings.service.js';
import { AgentsLifecycle } from './agents-lifecycle.js';
import { AgentsRepository } from './agents.repository.js';
import { BusAccountsService } from './bus-accounts.service.js';
import { DirectServersService } from './direct-servers.service.js';
import { EnrollController, EnrollErrorsFilter } from './enroll.controller.js';
import { EnrollmentNonces } from './enrollment-nonces.js';
import { EnrollmentService } from './enrollment.service.js';
import { FactInboxListener } from './fact-inbox.listener.js';
import { FactInboxRepository } from './fact-inbox.repository.js';
import { FactInboxService } from './fact-inbox.service.js';
import { FleetEpoch } from './fleet-epoch.js';
import { HelloListener } from './hello.listener.js';
import { HelloService } from './hello.service.js';
import { OutboxOutcomes } from './outbox-outcomes.js';
import { PresenceListener } from './presence.listener.js';
import { PresenceRepository } from './presence.repository.js';
import { PresenceService } from './presence.service.js';
import { RetentionService } from './retention.service.js';
import { Scheduler } from './scheduler.js';

const busProviders = [
  {
    provide: HubBus,
    inject: [HubConnection, KeyRing, ActiveAgents, AgentPresence, FleetEpoch],
    useFactory: (connection: HubConnection, ring: KeyRing, directory: ActiveAgents, presence: AgentPresence, epoch: FleetEpoch) =>
      new HubBus({ connection, signer: ring.commandKey('controller'), directory, presence, fleetEpoch: () => epoch.current }),
  },
  {
    provide: BusServer,
    inject: [HubConnection, ActiveAgents, Logger],
    useFactory: (hub: HubConnection, directory: ActiveAgents, logger: Logger) => new BusServer({ hub, directory, logger }),
  },
  {
    provide: OutboxPublisher,
    inject: [Pool, HubBus, Logger, OutboxOutcomes],
    useFactory: (pool: Pool, sender: HubBus, logger: Logger, outcomes: OutboxOutcomes) =>
      new OutboxPublisher({ pool, sender, onFinished: (op) => outcomes.tell(op), onError: (error) => logger.warn('outbox.failed', 'A command of the outbox could not be sent; it is tried again.', { error }) }),
  },
];

const shared = [
  ActiveAgents,
  AgentPresence,
  AgentSettingsService,
  DirectServersService,
  FactInboxService,
  FleetEpoch,
  OutboxOutcomes,
  Scheduler,
  HubBus,
  BusServer,
  OutboxPublisher,
];

/** Agents: how they enroll, what they are told, what they send, whether they are there. */
@Global()
@Module({
  controllers: [EnrollController, HelloListener, PresenceListener, FactInboxListener],
  providers: [
    ...busProviders,
    AgentJobs,
    AgentsLifecycle,
    AgentsRepository,
    ActiveAgents,
    FleetEpoch,
    AgentPresence,
    AgentSettingsService,
    AgentRetirement,
    BusAccountsService,
    DirectServersService,
    EnrollErrorsFilter,
    EnrollmentNonces,
    EnrollmentService,
    FactInboxRepository,
    FactInboxService,
    HelloService,
    OutboxOutcomes,
    PresenceRepository,
    PresenceService,
    RetentionService,
    Scheduler,
  ],
  exports: shared,
})
export class AgentsModule {}
