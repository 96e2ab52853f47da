import type { CliServerFieldsFragment } from '@usher/api-client';
import type { Column } from '../output/columns.js';

const mbps = (kbps: number) => (kbps < 1000 ? `${kbps} kbit/s` : `${(kbps / 1000).toFixed(1)} Mbps`);

/** State and its flags in one word or two: `online`, `offline SERVER_UNREACHABLE`, `online read-only`. */
function stateText(server: CliServerFieldsFragment): string {
  const flags = [server.stateCode, server.stale ? 'stale' : null, server.readOnly ? 'read-only' : null, server.maintenance ? 'maintenance' : null];
  return [server.state.toLowerCase(), ...flags].filter(Boolean).join(' ');
}

export const SERVER_COLUMNS: readonly Column<CliServerFieldsFragment>[] = [
  { title: 'alias', value: (server) => server.alias },
  { title: 'kind', value: (server) => server.kind?.toLowerCase() },
  { title: 'state', value: stateText },
  { title: 'version', value: (server) => server.version },
  { title: 'streams', align: 'right', value: (server) => server.streamCount },
  { title: 'transcodes', align: 'right', value: (server) => server.transcodeCount },
  { title: 'bandwidth', align: 'right', value: (server) => mbps(server.bandwidthKbps) },
  { title: 'url', value: (server) => server.url },
  { title: 'id', value: (server) => server.id.slice(-8) },
  { title: 'role', wide: true, value: (server) => server.role.toLowerCase() },
  { title: 'connection', wide: true, value: (server) => server.connection.toLowerCase() },
  { title: 'tags', wide: true, value: (server) => server.tags.join(';') },
  { title: 'externalKey', wide: true, value: (server) => server.externalKey },
  { title: 'lastSeen', wide: true, value: (server) => server.lastSeenAt },
];
