import type { Grant } from '../base/core.js';
import type { SimulatedRequest } from '../base/message.js';
import { parseIdentity, type ClientIdentity } from '../mediabrowser/client-identity.js';
import type { JellyfinServer } from './server.js';

/** What the client says about itself, in the first header that counts. */
export function identityOf(server: JellyfinServer, request: SimulatedRequest): ClientIdentity | null {
  const preferred = parseIdentity(request.header('authorization'));
  if (preferred !== null && (preferred.scheme.toLowerCase() === 'mediabrowser' || server.legacyAuthorization)) return preferred;
  return server.legacyAuthorization ? parseIdentity(request.header('x-emby-authorization')) : null;
}

/** Authorization, then X-Emby-Authorization, then the token headers, then the query. Old forms count only while they are switched on. */
export function tokenOf(server: JellyfinServer, request: SimulatedRequest): string | undefined {
  const legacy = server.legacyAuthorization;
  return (
    identityOf(server, request)?.token ??
    (legacy ? (request.header('x-emby-token') ?? request.header('x-mediabrowser-token')) : undefined) ??
    request.query.get('apikey') ??
    (legacy ? request.query.get('api_key') : undefined)
  );
}

/** `null`: nobody. A disabled user's tokens are dead. */
export function grantOf(server: JellyfinServer, request: SimulatedRequest): Grant | null {
  const token = tokenOf(server, request);
  const grant = token === undefined ? undefined : server.core.grants.get(token);
  return grant === undefined || grant.user?.isDisabled === true ? null : grant;
}

/** API keys and administrators. */
export const isAdministrator = (grant: Grant): boolean => grant.user === null || grant.user.isAdministrator;
