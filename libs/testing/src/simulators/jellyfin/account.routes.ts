import type { SimulatedUser } from '../base/media.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { findUser } from './ids.js';
import { noContent, ok, problem, refused, worded } from './replies.js';
import type { JellyfinContext } from './server.js';
import { NEW_USER_POLICY, OMITTED_POLICY, policyOf, userRow } from './users.js';

const field = (body: Record<string, unknown>, name: string): unknown => body[name] ?? body[name.charAt(0).toLowerCase() + name.slice(1)];

function create({ server, request }: JellyfinContext): Reply {
  if (request.body === '') return problem(415);
  const body = request.fields();
  const name = field(body, 'Name');
  if (name === undefined || name === null || name === '') return problem(400, { Name: ['The Name field is required.'] });
  const text = String(name);
  const { core } = server;
  if (text !== text.trim() || /[/:]/.test(text) || core.users.some((user) => user.name.toLowerCase() === text.toLowerCase())) return refused(400);
  const user = core.addUser({ name: text, password: String(field(body, 'Password') ?? ''), isHidden: true, policy: NEW_USER_POLICY });
  return ok(userRow(core, user, server.major));
}

const SOLE_ADMINISTRATOR = 'There must be at least one user in the system with administrative access.';

/** A replacement, no patch: what is left out falls back to a default. Unknown folders are stored without a word. */
function setPolicy({ server, request, params }: JellyfinContext): Reply {
  const { core } = server;
  if (request.body === '') return problem(415);
  const user = findUser(core, params['userId']!);
  if (user === undefined) return problem(404);
  const body = request.fields();
  for (const name of ['AuthenticationProviderId', 'PasswordResetProviderId']) if (typeof body[name] !== 'string') return problem(400, { [name]: [`The ${name} field is required.`] });
  for (const name of ['MaxActiveSessions', 'RemoteClientBitrateLimit']) {
    if (body[name] !== undefined && typeof body[name] !== 'number') return problem(400, { newPolicy: ['The newPolicy field is required.'], [`$.${name}`]: [`The JSON value could not be converted to System.Int32. Path: $.${name} | LineNumber: 0 | BytePositionInLine: 1043.`] });
  }
  const known = policyOf(user);
  const next = { ...OMITTED_POLICY, ...Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(known, name))) };
  const isLast = user.isAdministrator && core.users.filter((each) => each.isAdministrator).length === 1;
  if (isLast && next['IsAdministrator'] !== true) return worded(403, SOLE_ADMINISTRATOR);
  if (next['IsAdministrator'] === true && next['IsDisabled'] === true) return worded(403, 'Administrators cannot be disabled.');
  user.policy = next;
  user.isAdministrator = next['IsAdministrator'] === true;
  user.isHidden = next['IsHidden'] === true;
  user.isDisabled = next['IsDisabled'] === true;
  return noContent();
}

/** Refused for the last administrator, whose tokens are dead all the same. */
function remove({ server, params }: JellyfinContext): Reply {
  const { core } = server;
  const user = findUser(core, params['userId']!);
  if (user === undefined) return problem(404);
  if (user.isAdministrator && core.users.filter((each) => each.isAdministrator).length === 1) {
    core.revokeAllOf(user);
    return refused(400);
  }
  core.removeUser(user);
  return noContent();
}

/** `{}` and a reset leave an empty password. */
function setPassword({ server, request, grant }: JellyfinContext): Reply {
  const asked = request.query.get('userid');
  const user: SimulatedUser | undefined = asked === undefined ? (grant?.user ?? undefined) : findUser(server.core, asked);
  if (user === undefined) return asked === undefined ? refused(400) : problem(404);
  user.password = String(field(request.fields(), 'NewPw') ?? '');
  server.core.revokeAllOf(user);
  return noContent();
}

export const accountRoutes: readonly Route<JellyfinContext>[] = [
  route('POST', '/Users/New', 'admin', create),
  route('POST', '/Users/Password', 'admin', setPassword),
  route('POST', '/Users/{userId}/Policy', 'admin', setPolicy),
  route('DELETE', '/Users/{userId}', 'admin', remove),
];
