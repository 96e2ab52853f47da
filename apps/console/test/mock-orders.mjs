// Scans, tasks, orders to a server and capacities of the mock.

const MINUTE = 60_000;
const iso = (ms) => new Date(ms).toISOString();

function makeActivities(fleet, nowMs) {
  const work = (server, index, type, title, subtitle, progressPercent, libraryId = null) => ({ id: `${server.id}:work-${index}`, serverId: server.id, type, title, subtitle, libraryId, progressPercent, startedAt: iso(nowMs - (index + 1) * 7 * MINUTE) });
  const [first, second] = fleet.servers;
  return [
    ...(first ? [work(first, 0, 'SCAN', 'Scan Movies', '12,410 of 14,204 titles', 43, 'lib-0'), work(first, 1, 'TASK', 'Thumbnails', null, 72)] : []),
    ...(second ? [work(second, 2, 'TASK', 'Refresh metadata', 'Succession', 0), work(second, 3, 'TASK', 'Backup', null, null)] : []),
  ];
}

/** Resolvers of activities, orders and capacity. `tools` are the mock's own. */
export function makeOrders({ fleet }, options, { find, refuse, pushed, tell }) {
  const nowMs = Date.now();
  let activities = options.idle || options.empty ? [] : makeActivities(fleet, nowMs);
  let seq = 1;
  const subscribers = new Set();
  const capacities = new Map(fleet.servers.map(({ id }, index) => [id, { serverId: id, cores: index === 1 ? 12 : null, uplinkKbps: index === 1 ? 500_000 : null, transcodeLimit: null, hardware: index === 1, machine: null, viewerUrl: null, weight: 1 }]));
  const list = (serverId) => ({ serverId, seq, at: iso(Date.now()), stale: false, activities: activities.filter((row) => row.serverId === serverId) });
  const took = (action, { serverId }) => ({ serverId, action, at: iso(Date.now()) });
  const begin = (serverId, type, title) => {
    activities = [...activities, { id: `${serverId}:${title}`, serverId, type, title, subtitle: null, libraryId: null, progressPercent: 0, startedAt: iso(Date.now()) }];
    seq += 1;
    tell(subscribers, list(serverId));
  };
  return {
    activities: () => {
      if (options.refusing) throw refuse('INTERNAL', 'Something went wrong inside Usher.', 'Report it with the correlation id.');
      return fleet.servers.map(({ id }) => list(id));
    },
    activitiesChanged: pushed(subscribers, 'activitiesChanged', () => []),
    scanLibrary: ({ input }) => {
      begin(input.serverId, 'SCAN', input.libraryId ? 'Scan library' : 'Scan all libraries');
      return took('SCAN_LIBRARY', input);
    },
    refreshLibrary: ({ input }) => {
      begin(input.serverId, 'TASK', 'Refresh metadata');
      return took('REFRESH_LIBRARY', input);
    },
    restartServer: ({ input }) => {
      if (input.confirmAlias !== find({ id: input.serverId }).alias) throw refuse('VALIDATION_FAILED', 'The typed alias is not the alias of this server.', 'Correct the named field and send it again.', { field: 'confirmAlias' });
      return took('RESTART_SERVER', input);
    },
    acceptHardening: ({ input: { serverId, code, reason, until } }) => {
      const server = find({ id: serverId });
      if (reason.includes('refuse')) throw refuse('VALIDATION_FAILED', 'This entry says something else by now. Look at it and repeat.', 'Correct the named field and send it again.', { field: 'evidence', reason: 'changed' });
      server.hardening = server.hardening.map((entry) => (entry.code === code ? { ...entry, accepted: true, acceptance: { reason, acceptedBy: 'Sam Moreau', acceptedAt: iso(Date.now()), until, evidence: entry.evidence, lapsed: null } } : entry));
      return server;
    },
    revokeHardening: ({ input: { serverId, code } }) => {
      const server = find({ id: serverId });
      server.hardening = server.hardening.map((entry) => (entry.code === code ? { ...entry, accepted: false, acceptance: null } : entry));
      return server;
    },
    serverCapacity: ({ serverId }) => capacities.get(serverId),
    updateServerCapacity: ({ input }) => Object.assign(capacities.get(input.serverId), input),
  };
}
