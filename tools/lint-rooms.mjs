// Which room of an app may use which other one, and only through its door.
import { posix } from 'node:path';
import { isTest, lineAt, lint } from './lint/sources.mjs';

/** Rooms of the controller by group, in the order of the tree: a room uses its own group and the groups above it. */
const CONTROLLER_GROUPS = [
  ['graphql', 'auth', 'settings', 'audit', 'idempotency'],
  ['servers', 'agents', 'users', 'libraries'],
  ['sessions', 'server-details'],
  ['fleet', 'actions', 'migrations', 'sync', 'routes', 'conversions'],
  ['activities', 'mismatches'],
  ['history', 'analytics', 'media-quality', 'map'],
  ['health', 'alerts', 'notifications', 'integrations'],
];
const FROM_ANYWHERE = { controller: ['audit', 'settings'], agent: ['server', 'spool', 'journal', 'tickets', 'storage'] };
const AGENT_EDGES = { gateway: ['playback'], 'bit-rate': ['sessions'], details: ['efficiency', 'host-metrics'] };
/** The agent's composition root builds every room. */
const AGENT_ROOT = 'host';
/** Rooms of the router: everything stands on placement, which stands on the fleet view. */
const ROUTER_ORDER = ['fleet-view', 'placement', 'routes', 'failover'];
/** Rooms of the migration service: each uses those in front of it. */
const MIGRATION_ORDER = ['fleet', 'plans', 'approvals', 'tickets', 'reports', 'steps', 'runs'];
/** What a room keeps to itself: its edges and its SQL. Others ask its service. */
const PRIVATE = /\.(repository|resolver|controller|listener|processor)\.js$/;

function groupOf(room) {
  return CONTROLLER_GROUPS.findIndex((rooms) => rooms.includes(room));
}

function mayUse(app, from, to) {
  const order = { router: ROUTER_ORDER, migration: MIGRATION_ORDER }[app];
  if (order) return order.includes(to) && order.indexOf(to) < order.indexOf(from) ? null : `${from} may not use ${to}`;
  if (FROM_ANYWHERE[app].includes(to)) return null;
  if (app === 'agent') return from === AGENT_ROOT || AGENT_EDGES[from]?.includes(to) ? null : `${from} may not use ${to}`;
  if (groupOf(to) < 0) return `${to} has no place in the order of rooms (tools/lint-rooms.mjs)`;
  return groupOf(to) <= groupOf(from) ? null : `${from} stands above ${to}: it hears of it by event only`;
}

export function check(path, text) {
  const found = /^apps\/(controller|agent|router|migration)\/src\/([^/]+)\/.+/.exec(path);
  if (!found || isTest(path)) return [];
  const [, app, room] = found;
  const problems = [];
  for (const { 1: specifier, index } of text.matchAll(/^(?:import|export)\s[^'"]*?from\s+['"](\.[^'"]+)['"]/gm)) {
    const target = posix.join(posix.dirname(path), specifier);
    const other = /^apps\/[^/]+\/src\/([^/]+)\/(.+)$/.exec(target);
    if (!other || other[1] === room) continue;
    const line = lineAt(text, index);
    const reason = mayUse(app, room, other[1]);
    if (reason) problems.push({ line, message: reason });
    else if (PRIVATE.test(other[2]) && room !== AGENT_ROOT && !path.endsWith('.module.ts')) {
      problems.push({ line, message: `${other[1]} is entered through its service, not through ${other[2]}` });
    }
  }
  return problems;
}

if (process.argv[1] === import.meta.filename) lint('rooms', check);
