import { route, type Route } from '../base/router.js';
import { findUser, parseGuid } from './ids.js';
import { identityOf } from './authorization.js';
import { invalid, noContent, ok, problem, refused, worded } from './replies.js';
import { NO_USER } from '../mediabrowser/ticks.js';
import { sessionRow } from './sessions.js';
import type { JellyfinContext } from './server.js';
import { userRow } from './users.js';

function signIn({ server, request }: JellyfinContext) {
  const { core } = server;
  const identity = identityOf(server, request);
  const body = request.fields();
  const name = String(body['Username'] ?? body['username'] ?? '');
  if (identity?.deviceId === undefined || identity.client === undefined || identity.device === undefined || identity.version === undefined || name === '') return refused(400);
  const user = core.users.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
  if (user === undefined || user.password !== String(body['Pw'] ?? body['pw'] ?? '')) {
    server.activity.add({ name: `Failed login attempt from ${name}`, type: 'AuthenticationFailed', user: null, item: null, severity: 'Error', shortOverview: `IP address: ${request.remoteAddress}` });
    return refused(401);
  }
  if (user.isDisabled) return refused(403);
  // The same device again for the same user ends the earlier token.
  for (const grant of core.grants.values()) if (grant.user === user && grant.device?.id === identity.deviceId) core.revoke(grant.token);
  const device = { id: identity.deviceId, name: identity.device, client: identity.client, version: identity.version, address: request.remoteAddress, platform: identity.client, controllable: false };
  const grant = core.grant(user, device, identity.client);
  const session = core.engine.open(user, device, 'external');
  server.activity.add({ name: `${user.name} successfully authenticated`, type: 'AuthenticationSucceeded', user, item: null, severity: 'Information', shortOverview: `IP address: ${request.remoteAddress}` });
  return ok({ User: userRow(core, user, server.major), SessionInfo: sessionRow(server, session), AccessToken: grant.token, ServerId: core.serverId });
}

function list({ server, request }: JellyfinContext) {
  const { core } = server;
  const wanted = (name: string, value: boolean) => {
    const asked = request.query.get(name);
    return asked === undefined || (asked.toLowerCase() === 'true') === value;
  };
  const users = core.users.filter((user) => wanted('ishidden', user.isHidden) && wanted('isdisabled', user.isDisabled));
  return ok([...users].sort((a, b) => a.name.localeCompare(b.name)).map((user) => userRow(core, user, server.major)));
}

function one({ server, params }: JellyfinContext) {
  const id = params['userId']!;
  const plain = parseGuid(id);
  if (plain === null) return invalid('userId', id);
  if (plain === NO_USER) return refused(400);
  const user = findUser(server.core, id);
  return user === undefined ? worded(404, 'User not found') : ok(userRow(server.core, user, server.major));
}

export const userRoutes: readonly Route<JellyfinContext>[] = [
  route('POST', '/Users/AuthenticateByName', 'any', signIn),
  route('GET', '/Users/Public', 'any', ({ server }) => ok(server.core.users.filter((user) => !user.isHidden && !user.isDisabled).map((user) => userRow(server.core, user, server.major)))),
  route('GET', '/Users/Me', 'user', ({ server, grant }) => (grant?.user == null ? problem(400) : ok(userRow(server.core, grant.user, server.major)))),
  route('GET', '/Users', 'user', list),
  route('GET', '/Users/{userId}', 'user', one),
  route('POST', '/Sessions/Logout', 'user', ({ server, grant }) => {
    // An API key survives its own logout.
    if (grant?.user != null) {
      server.core.revoke(grant.token);
      const session = grant.device === null ? undefined : [...server.core.engine.sessions.values()].find((entry) => entry.user === grant.user && entry.device.id === grant.device?.id);
      if (session !== undefined) server.core.engine.close(session);
    }
    return noContent();
  }),
];
