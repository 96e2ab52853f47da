import { AppError, Uuid7 } from '@usher/contracts';

const MAX_IDS = 1_000;

/** @throws VALIDATION_FAILED when it is not an id of ours */
export function requireServerId(serverId: string, field = 'serverId'): string {
  if (Uuid7.safeParse(serverId).success) return serverId;
  throw new AppError('VALIDATION_FAILED', 'This is not the id of a server.', { field });
}

/** A filter by server: undefined = all. @throws VALIDATION_FAILED for a foreign form of id, or for too many */
export function optionalServerIds(serverIds: readonly string[] | null | undefined): string[] | undefined {
  if (!serverIds) return undefined;
  if (serverIds.length > MAX_IDS) throw new AppError('VALIDATION_FAILED', `At most ${MAX_IDS} servers can be named.`, { field: 'serverIds' });
  return [...new Set(serverIds.map((serverId) => requireServerId(serverId, 'serverIds')))];
}
