import type { FleetServer } from '../../live/live-types.js';
import type { ServerCost } from './figures.js';

const ADDRESS = /\b(?:https?:\/\/|wss?:\/\/)[^\s"')]+|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\[[0-9a-f:]+\](?::\d+)?/gi;

/** Replaces names and addresses in a sentence of the fleet; numbers of servers stay told apart. */
function scrubber(servers: readonly FleetServer[]): (text: string) => string {
  const names = servers.flatMap(({ alias, slug, name, url }, index) => [alias, slug, name, new URL(url).hostname].flatMap((word) => (word ? [[word, `server ${index + 1}`] as const] : [])));
  const longestFirst = names.toSorted(([a], [b]) => b.length - a.length);
  return (text) => longestFirst.reduce((kept, [word, number]) => kept.replaceAll(word, number), text.replace(ADDRESS, '(address)'));
}

/**
 * One file for a bug report: counters, timings, versions, settings and capabilities. Servers are numbers; there are no
 * people, titles, addresses, keys or tokens in it.
 */
export function diagnosticsFile(version: string, nowMs: number, servers: readonly FleetServer[], costs: readonly ServerCost[]): string {
  const scrub = scrubber(servers);
  const byId = new Map(costs.map((cost) => [cost.serverId, cost]));
  const rows = servers.map((server, index) => {
    const cost = byId.get(server.id);
    const report = cost?.report;
    return {
      server: index + 1,
      kind: server.kind,
      version: server.version,
      versionTested: server.versionTested,
      platform: server.platform,
      connection: server.connection,
      state: server.state,
      stateCode: server.stateCode,
      readOnly: server.readOnly,
      poll: server.poll,
      tlsVerified: server.tls.verify,
      readBy: server.live.source,
      latencyMs: server.live.latencyMs,
      capabilities: server.capabilities,
      error: cost?.error ? scrub(cost.error) : null,
      code: cost?.code ?? null,
      advice: cost?.advice.map(scrub) ?? [],
      efficiency: report ? { ...report, push: { ...report.push, lastFailure: report.push.lastFailure === null ? null : scrub(report.push.lastFailure) } } : null,
    };
  });
  const withoutTypes = (key: string, value: unknown) => (key === '__typename' ? undefined : value);
  return `${JSON.stringify({ apiVersion: 'usher/v1', kind: 'Diagnostics', usher: version, at: new Date(nowMs).toISOString(), servers: rows }, withoutTypes, 2)}\n`;
}
