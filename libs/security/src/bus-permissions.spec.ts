import { describe, expect, it } from '@jest/globals';
import { SYS_PERMISSIONS, agentPermissions, hubPermissions } from './bus-permissions.js';

const serverId = '0190b3a0-0000-7000-8000-000000000001';

/** The lists are made from the contracts; this is their committed form, so that a wider right shows in review. */
describe('allow-lists', () => {
  it('of an agent name its own server only', () => {
    expect(agentPermissions(serverId)).toEqual({
      publish: ['fact', 'state', 'ack', 'ask'].map((kind) => `usher.v1.server.${serverId}.${kind}.>`),
      subscribe: [`usher.v1.server.${serverId}.cmd.>`, 'usher.v1.fleet.state.>', `_INBOX.${serverId}.>`],
    });
  });

  it('of the controller', () => {
    expect(hubPermissions('controller')).toEqual({
      publish: [
        '_R_.>',
        'usher.v1.server.*.cmd.server.>',
        'usher.v1.server.*.cmd.session.>',
        'usher.v1.server.*.cmd.library.>',
        'usher.v1.server.*.cmd.user.>',
        'usher.v1.fleet.state.>',
        'usher.v1.service.agent-host.cmd.agent.adopt',
        'usher.v1.service.agent-host.cmd.agent.retire',
        'usher.v1.service.agent-host.cmd.host.describe',
        'usher.v1.service.agent-host.cmd.server.test',
        'usher.v1.service.controller.state.changed',
      ],
      subscribe: [
        'usher.v1.server.*.fact.>',
        'usher.v1.server.*.state.>',
        'usher.v1.server.*.ask.>',
        'usher.v1.server.*.ack.controller.>',
        'usher.v1.service.controller.state.changed',
        '_INBOX.controller.>',
      ],
    });
  });

  it('of the agent host serve and answer, no more', () => {
    expect(hubPermissions('agent-host')).toEqual({
      publish: ['_INBOX.controller.>'],
      subscribe: [
        'usher.v1.service.agent-host.cmd.agent.adopt',
        'usher.v1.service.agent-host.cmd.agent.retire',
        'usher.v1.service.agent-host.cmd.host.describe',
        'usher.v1.service.agent-host.cmd.server.test',
        '_INBOX.agent-host.>',
      ],
    });
  });

  it('of the system login see no messages', () => {
    expect(SYS_PERMISSIONS.subscribe).toEqual(['$SYS.ACCOUNT.*.CONNECT', '$SYS.ACCOUNT.*.DISCONNECT', '_INBOX.presence.>']);
  });
});
