import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { findUser } from './ids.js';
import { missing, noContent, ok, text } from './replies.js';
import type { EmbyContext } from './server.js';
import { policyOf, userRow } from './users.js';

/** Without a password until one is set by a second call. */
function create({ server, request }: EmbyContext): Reply {
  const { core } = server;
  const { Name: name } = request.fields();
  if (typeof name !== 'string' || name.trim() === '') return missing('name');
  if (core.users.some((user) => user.name.toLowerCase() === name.toLowerCase())) return text(400, `A user with the name '${name}' already exists.`);
  return ok(userRow(core, core.addUser({ name, password: '', isHidden: true })));
}

function setPassword({ server, request, params }: EmbyContext): Reply {
  const user = findUser(server.core, params['userId']!);
  if (user === undefined) return text(404, 'User not found');
  const { NewPw: password, ResetPassword: isReset } = request.fields();
  user.password = isReset === true ? '' : String(password ?? '');
  return noContent();
}

/** The whole document; what is left out is nothing. */
function setPolicy({ server, request, params }: EmbyContext): Reply {
  const { core } = server;
  const user = findUser(core, params['userId']!);
  if (user === undefined) return text(404, 'User not found');
  const body = request.fields();
  const isAdministrator = body['IsAdministrator'] === true;
  if (user.isAdministrator && !isAdministrator && core.users.filter((each) => each.isAdministrator).length === 1) return text(400, 'There must be at least one user in the system with administrative access.');
  const nothing = Object.fromEntries(Object.entries(policyOf(user)).map(([name, value]) => [name, typeof value === 'boolean' ? false : Array.isArray(value) ? [] : typeof value === 'number' ? 0 : value]));
  user.policy = { ...nothing, ...body };
  user.isAdministrator = isAdministrator;
  user.isHidden = body['IsHidden'] === true;
  user.isDisabled = body['IsDisabled'] === true;
  return noContent();
}

function remove({ server, params }: EmbyContext): Reply {
  const user = findUser(server.core, params['userId']!);
  if (user === undefined) return text(404, 'User not found');
  server.core.removeUser(user);
  return noContent();
}

export const accountRoutes: readonly Route<EmbyContext>[] = [
  route('POST', '/Users/New', 'admin', create),
  route('POST', '/Users/{userId}/Password', 'admin', setPassword),
  route('POST', '/Users/{userId}/Policy', 'admin', setPolicy),
  route('DELETE', '/Users/{userId}', 'admin', remove),
  route('POST', '/Users/{userId}/Delete', 'admin', remove),
];
