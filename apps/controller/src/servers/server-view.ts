import { ERROR_CODES, isErrorCode } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import type { ServerObject } from './server.graphql.js';
import type { ServerRow } from './servers.repository.js';

/** The row as `actor` may see it: what a server leaves open is not for viewers. */
export function serverView(row: ServerRow, actor: Actor): ServerObject {
  const { profile, credential } = row;
  return {
    id: row.id,
    alias: row.alias,
    slug: row.slug,
    externalKey: row.externalKey,
    url: row.url,
    kind: row.kind,
    connection: row.connection,
    role: row.role,
    readOnly: row.readOnly,
    demo: row.demo,
    state: row.state,
    stateCode: row.stateCode,
    stateReason: row.stateReason,
    stateNext: isErrorCode(row.stateCode) ? ERROR_CODES[row.stateCode].next : null,
    stateSince: row.stateSince,
    name: row.name,
    machineId: row.machineId,
    version: row.version,
    versionTested: profile?.versionTested ?? null,
    updateAvailable: profile?.updateAvailable ?? null,
    platform: profile?.platform ?? null,
    capabilities: profile?.capabilities ?? [],
    hardening: actor.has('operator') ? (profile?.hardening ?? []) : [],
    tags: row.tags,
    region: row.region,
    location: row.location,
    weight: row.weight,
    poll: row.poll,
    tls: { verify: row.tls.verify, hasCa: row.tls.caPem !== undefined },
    ignoredDevices: row.ignoredDevices,
    credential: credential && {
      fingerprint: credential.fingerprint.toString('hex').slice(0, 8).toUpperCase(),
      addedAt: credential.addedAt,
      rev: credential.rev,
    },
    lastSeenAt: row.lastSeenAt,
    createdAt: row.createdAt,
  };
}
