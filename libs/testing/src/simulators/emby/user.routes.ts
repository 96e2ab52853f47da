import { route, type Route } from '../base/router.js';
import { findUser } from './ids.js';
import { badNumber, envelope, missing, noContent, ok, text } from './replies.js';
import { identityOf, type EmbyContext } from './server.js';
import { sessionRow } from './sessions.js';
import { publicUserRow, userRow } from './users.js';

function signIn({ server, request }: EmbyContext) {
  const { core } = server;
  const identity = identityOf(request);
  if (identity.client === undefined) return missing('appName');
  if (identity.deviceId === undefined) return missing('reportedDeviceId');
  const body = request.fields();
  if (typeof body['Username'] !== 'string') return missing('name');
  const name = body['Username'].toLowerCase();
  const user = core.users.find((entry) => entry.name.toLowerCase() === name);
  if (user === undefined || user.isDisabled || user.password !== String(body['Pw'] ?? '')) return text(401, 'Invalid username or password. Please try again.');
  const device = { id: identity.deviceId, name: identity.device ?? identity.client, client: identity.client, version: identity.version ?? '', address: request.remoteAddress, platform: identity.client, controllable: false };
  const grant = core.grant(user, device, identity.client);
  const session = core.engine.open(user, device, 'external');
  return ok({ User: userRow(core, user), SessionInfo: sessionRow(server, session), AccessToken: grant.token, ServerId: core.serverId });
}

function query({ server, request }: EmbyContext) {
  const { core } = server;
  for (const name of ['startindex', 'limit']) if (Number.isNaN(Number(request.query.get(name) ?? 0))) return badNumber(request.query.get(name)!);
  const start = Number(request.query.get('startindex') ?? 0);
  const limit = request.query.get('limit');
  const rows = core.users.filter((user) => request.query.get('isdisabled') === undefined || String(user.isDisabled) === request.query.get('isdisabled')?.toLowerCase());
  return envelope(rows.slice(start, limit === undefined ? undefined : start + Number(limit)).map((user) => userRow(core, user)), rows.length);
}

export const userRoutes: readonly Route<EmbyContext>[] = [
  route('POST', '/Users/AuthenticateByName', 'any', signIn),
  route('GET', '/Users/Public', 'any', ({ server }) => ok(server.core.users.filter((user) => !user.isHidden && !user.isDisabled).map((user) => publicUserRow(server.core, user)))),
  route('GET', '/Users/Query', 'admin', query),
  route('GET', '/Users', 'admin', ({ server }) => ok(server.core.users.map((user) => userRow(server.core, user)))),
  route('GET', '/Users/{userId}', 'user', ({ server, params }) => {
    const user = findUser(server.core, params['userId']!);
    return user === undefined ? text(404, 'User not found') : ok(userRow(server.core, user));
  }),
  // An API key that signs out is revoked, unlike Jellyfin's.
  route('POST', '/Sessions/Logout', 'user', ({ server, grant }) => {
    if (grant === null) return noContent();
    server.core.revoke(grant.token);
    const session = [...server.core.engine.sessions.values()].find((entry) => entry.user === grant.user && entry.device.id === grant.device?.id);
    if (session !== undefined) server.core.engine.close(session);
    return noContent();
  }),
];
