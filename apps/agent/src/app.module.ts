import { Module, type DynamicModule } from '@nestjs/common';
import { ActionsListener, SERVER_ACTIONS } from './actions/actions.listener.js';
import { CURVES, DetailsListener, EFFICIENCY_REPORTS, HOST_REPORTS, SERVER_DETAILS } from './details/details.listener.js';
import type { Agent } from './host/agent.js';
import { AgentHost } from './host/agent-host.js';
import { HostChannelListener } from './host/host-channel.listener.js';
import { ITEM_LISTS, LIBRARY_LISTS, LibrariesListener, PATH_CHECKS } from './libraries/libraries.listener.js';
import { NOTICE_SENDERS, NoticesListener } from './notices/notices.listener.js';
import { PLAYBACK_PREPARATIONS, PlaybackListener } from './playback/playback.listener.js';
import { PerServer } from './server/per-server.js';
import { SERVER_CONFIGURATIONS, SERVER_PROBES, ServerListener } from './server/server.listener.js';
import { SESSION_CONTROLS, SessionsListener } from './sessions/sessions.listener.js';
import { PLAN_HOLDINGS, TicketsListener } from './tickets/tickets.listener.js';
import { ACCOUNT_CHANGES, POLICY_LISTS, USER_LISTS, UsersListener } from './users/users.listener.js';
import { STATE_READERS, STATE_WRITERS, WatchStatesListener } from './watch-states/watch-states.listener.js';

/** The listeners of one agent host; each finds the agent that a message is for by its server. */
@Module({})
export class AppModule {
  static of(host: AgentHost): DynamicModule {
    const perServer = <T>(provide: symbol, pick: (agent: Agent) => T) => ({
      provide,
      useValue: new PerServer((serverId) => {
        const agent = host.agent(serverId);
        return agent && pick(agent);
      }),
    });
    return {
      module: AppModule,
      controllers: [HostChannelListener, ServerListener, SessionsListener, LibrariesListener, UsersListener, PlaybackListener, NoticesListener, ActionsListener, DetailsListener, TicketsListener, WatchStatesListener],
      providers: [
        { provide: AgentHost, useValue: host },
        perServer(SERVER_CONFIGURATIONS, (agent) => agent.configuration),
        perServer(SERVER_PROBES, (agent) => agent.probe),
        perServer(SESSION_CONTROLS, (agent) => agent.sessionControl),
        perServer(LIBRARY_LISTS, (agent) => agent.libraryList),
        perServer(ITEM_LISTS, (agent) => agent.itemList),
        perServer(PATH_CHECKS, (agent) => agent.pathCheck),
        perServer(PLAYBACK_PREPARATIONS, (agent) => agent.playback),
        perServer(NOTICE_SENDERS, (agent) => agent.noticeSender),
        perServer(SERVER_ACTIONS, (agent) => agent.actions),
        perServer(SERVER_DETAILS, (agent) => agent.details),
        perServer(EFFICIENCY_REPORTS, (agent) => agent.efficiency),
        perServer(CURVES, (agent) => agent.curves),
        perServer(HOST_REPORTS, (agent) => agent.hostReports),
        perServer(USER_LISTS, (agent) => agent.userList),
        perServer(POLICY_LISTS, (agent) => agent.policyList),
        perServer(ACCOUNT_CHANGES, (agent) => agent.accountChanges),
        perServer(PLAN_HOLDINGS, (agent) => agent.planHolding),
        perServer(STATE_READERS, (agent) => agent.stateReader),
        perServer(STATE_WRITERS, (agent) => agent.stateWriter),
      ],
    };
  }
}
