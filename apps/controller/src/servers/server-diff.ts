import type { TlsOptions } from '@usher/contracts';
import type { ServerSettings } from './server-settings.js';

export interface FieldChange {
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}

interface Comparable extends ServerSettings {
  readonly url: string;
  readonly kind: string | null;
}

/** The fields that differ, as text for people. A changed key has neither an old nor a new text. */
export function diffServer(before: Comparable, after: Comparable, hasNewToken: boolean): FieldChange[] {
  const [from, to] = [texts(before), texts(after)];
  const changes = Object.keys(from)
    .filter((field) => from[field] !== to[field])
    .map((field) => ({ field, from: from[field]!, to: to[field]! }));
  return hasNewToken ? [...changes, { field: 'token', from: null, to: null }] : changes;
}

/** Fields whose change means: another address, another way to reach it, or another key. */
const CONNECTION_FIELDS = ['url', 'token', 'kind', 'tls'];

export function reconnects(changes: readonly FieldChange[]): boolean {
  return changes.some((change) => CONNECTION_FIELDS.includes(change.field));
}

function texts(server: Comparable): Record<string, string | null> {
  const { location, poll } = server;
  return {
    externalKey: server.externalKey,
    alias: server.alias,
    url: server.url,
    kind: server.kind,
    readOnly: String(server.readOnly),
    role: server.role,
    tags: server.tags.join(', '),
    region: server.region,
    location: location && `${location.label} (${location.lat}, ${location.lon})`,
    weight: String(server.weight),
    tls: tlsText(server.tls),
    poll: `sessions ${poll.sessionsS} s, libraries ${poll.librariesS} s, server ${poll.serverS} s`,
    ignoredDevices: server.ignoredDevices.map((device) => JSON.stringify(device, Object.keys(device).sort())).join(', '),
  };
}

function tlsText(tls: TlsOptions): string {
  const ca = tls.caPem === undefined ? '' : `, own authority of ${tls.caPem.length} characters ending ${tls.caPem.replace(/\s|-----[A-Z ]+-----/g, '').slice(-8)}`;
  return (tls.verify ? 'verified' : 'not verified') + ca;
}
