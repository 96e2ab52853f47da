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
        'usher.v1.server.*.cmd.user.list',
        'usher.v1.server.*.cmd.item.>',
        'usher.v1.server.*.cmd.activity.>',
        'usher.v1.server.*.cmd.user.enable',
        'usher.v1.server.*.cmd.collection.>',
        'usher.v1.server.*.cmd.playlist.>',
        'usher.v1.server.*.cmd.subtitle.>',
        'usher.v1.server.*.cmd.backup.>',
        'usher.v1.server.*.cmd.device.>',
        'usher.v1.server.*.cmd.log.>',
        'usher.v1.server.*.cmd.task.>',
        'usher.v1.server.*.cmd.history.>',
        'usher.v1.server.*.cmd.user.discovery',
        'usher.v1.server.*.cmd.user.password',
        'usher.v1.server.*.cmd.notice.>',
        'usher.v1.server.*.cmd.watch-state.glance',
        'usher.v1.server.*.cmd.ticket.>',
        'usher.v1.service.controller.state.changed',
        'usher.v1.fleet.state.>',
        'usher.v1.service.agent-host.cmd.agent.>',
        'usher.v1.service.agent-host.cmd.host.>',
        'usher.v1.service.agent-host.cmd.server.>',
        'usher.v1.service.migration.cmd.approval.>',
        'usher.v1.service.migration.cmd.plan.>',
        'usher.v1.service.migration.cmd.run.>',
        'usher.v1.service.router.cmd.placement.>',
        'usher.v1.service.router.cmd.route.>',
        '_INBOX.router.>',
        '_INBOX.migration.>',
      ],
      subscribe: [
        'usher.v1.server.*.fact.>',
        'usher.v1.server.*.ask.>',
        'usher.v1.server.*.state.>',
        'usher.v1.server.*.ack.controller.>',
        'usher.v1.service.controller.cmd.fleet.describe',
        'usher.v1.service.controller.cmd.lease.acquire',
        'usher.v1.service.controller.cmd.reservation.list',
        'usher.v1.service.controller.cmd.route.find',
        'usher.v1.service.controller.cmd.route.list',
        'usher.v1.service.controller.cmd.route.note',
        'usher.v1.service.controller.cmd.route.store',
        'usher.v1.service.controller.state.changed',
        'usher.v1.service.router.state.loads',
        'usher.v1.service.router.state.reservations',
        'usher.v1.service.migration.state.plan',
        'usher.v1.service.migration.state.run',
        '_INBOX.controller.>',
      ],
    });
  });

  it('of the router hear loads and order playbacks only', () => {
    expect(hubPermissions('router')).toEqual({
      publish: [
        '_R_.>',
        'usher.v1.server.*.cmd.playback.>',
        'usher.v1.service.router.state.loads',
        'usher.v1.service.router.state.reservations',
        'usher.v1.service.controller.cmd.fleet.>',
        'usher.v1.service.controller.cmd.lease.>',
        'usher.v1.service.controller.cmd.reservation.>',
        'usher.v1.service.controller.cmd.route.>',
        '_INBOX.controller.>',
      ],
      subscribe: [
        'usher.v1.server.*.state.>',
        'usher.v1.server.*.ack.router.>',
        'usher.v1.service.router.cmd.placement.replay',
        'usher.v1.service.router.cmd.placement.simulate',
        'usher.v1.service.router.cmd.route.create',
        'usher.v1.service.controller.state.changed',
        'usher.v1.service.router.state.loads',
        'usher.v1.service.router.state.reservations',
        'usher.v1.service.migration.state.plan',
        'usher.v1.service.migration.state.run',
        '_INBOX.router.>',
        'usher.v1.fleet.state.>',
      ],
    });
  });

  it('of the migration read and write accounts and states, and ask the controller for the fleet only', () => {
    expect(hubPermissions('migration')).toEqual({
      publish: [
        '_R_.>',
        'usher.v1.server.*.cmd.library.list',
        'usher.v1.server.*.cmd.user.list',
        'usher.v1.server.*.cmd.library.check-paths',
        'usher.v1.server.*.cmd.item.list',
        'usher.v1.server.*.cmd.library.scan',
        'usher.v1.server.*.cmd.policy.>',
        'usher.v1.server.*.cmd.user.ensure',
        'usher.v1.server.*.cmd.created.>',
        'usher.v1.server.*.cmd.watch-state.apply',
        'usher.v1.server.*.cmd.watch-state.list',
        'usher.v1.server.*.cmd.watch-state.read',
        'usher.v1.server.*.cmd.plan.>',
        'usher.v1.server.*.cmd.ticket.>',
        'usher.v1.service.migration.state.plan',
        'usher.v1.service.migration.state.run',
        'usher.v1.service.controller.cmd.fleet.describe',
        '_INBOX.controller.>',
      ],
      subscribe: [
        'usher.v1.server.*.state.>',
        'usher.v1.server.*.ack.migration.>',
        'usher.v1.service.migration.cmd.approval.revoke',
        'usher.v1.service.migration.cmd.approval.store',
        'usher.v1.service.migration.cmd.plan.check',
        'usher.v1.service.migration.cmd.plan.create',
        'usher.v1.service.migration.cmd.plan.decide',
        'usher.v1.service.migration.cmd.plan.decisions',
        'usher.v1.service.migration.cmd.plan.discard',
        'usher.v1.service.migration.cmd.plan.freeze',
        'usher.v1.service.migration.cmd.plan.list',
        'usher.v1.service.migration.cmd.plan.read',
        'usher.v1.service.migration.cmd.plan.rows',
        'usher.v1.service.migration.cmd.plan.update',
        'usher.v1.service.migration.cmd.run.accept',
        'usher.v1.service.migration.cmd.run.control',
        'usher.v1.service.migration.cmd.run.read',
        'usher.v1.service.migration.cmd.run.report',
        'usher.v1.service.migration.cmd.run.rollback',
        'usher.v1.service.migration.cmd.run.start',
        'usher.v1.service.controller.state.changed',
        'usher.v1.service.router.state.loads',
        'usher.v1.service.router.state.reservations',
        'usher.v1.service.migration.state.plan',
        'usher.v1.service.migration.state.run',
        '_INBOX.migration.>',
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
