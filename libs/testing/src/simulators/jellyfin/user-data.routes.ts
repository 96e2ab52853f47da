import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import type { StoredState } from '../base/watch-store.js';
import { isoDate } from '../mediabrowser/ticks.js';
import { findItem, findUser, parseGuid } from './ids.js';
import { invalid, ok, problem, refused } from './replies.js';
import type { JellyfinContext } from './server.js';
import { folderDataRow, parseDate, userDataRow } from './user-data.js';
import { sees } from './users.js';

interface Target {
  readonly user: SimulatedUser;
  readonly item: CatalogueItem;
}

/** Whose state of what, or the answer when there is none. Unlike a list, these routes check which libraries a user sees. */
function target({ server, request, params, grant }: JellyfinContext): Target | Reply {
  const asked = request.query.get('userid');
  if (parseGuid(params['itemId']!) === null) return invalid('itemId', params['itemId']!);
  if (asked === undefined && grant?.user == null) return refused(400);
  const user = asked === undefined ? grant!.user! : findUser(server.core, asked);
  if (user === undefined) return problem(404);
  if (grant?.user != null && grant.user !== user && !grant.user.isAdministrator) return refused(403);
  const item = findItem(server.core, params['itemId']!);
  return item === undefined || !sees(user, item) ? problem(404) : { user, item };
}

const isReply = (found: Target | Reply): found is Reply => 'status' in found;

function answer({ server }: JellyfinContext, { user, item }: Target): Reply {
  return ok(item.file === null ? folderDataRow(server.core, user, item) : userDataRow(item, server.userData.single(user, item), 'single'));
}

/** Every file of a title has its own row; marks go to all of them. */
const filesOf = ({ server }: JellyfinContext, { item }: Target): CatalogueItem[] => {
  const main = item.versionOf ?? item;
  return [main, ...server.core.catalogue.versionsOf(main)];
};

function mark(context: JellyfinContext, played: boolean): Reply {
  const { server, request, grant } = context;
  const found = target(context);
  if (isReply(found)) return found;
  const asked = request.query.get('dateplayed');
  const date = asked === undefined ? null : parseDate(asked, server.zoneMinutes, 'played-items');
  if (asked !== undefined && date === null) return invalid('datePlayed', asked);
  // from now on the key's own row is that user's
  if (grant?.user == null) server.keyUsers.set(grant!.token, found.user);
  const cleared: Partial<StoredState> = { played: false, playCount: 0, ticks: 0, lastPlayed: null };
  const now = isoDate(server.core.clock.now());
  // with a date the count rises each time, without one a date that is there stays
  const marked = (state: StoredState, lastPlayed: string | null): Partial<StoredState> =>
    lastPlayed === null ? { played: true, playCount: Math.max(1, state.playCount), ticks: 0, lastPlayed: state.lastPlayed ?? now } : { played: true, playCount: state.playCount + 1, ticks: 0, lastPlayed };
  if (found.item.file === null) {
    server.userData.writeBelow(found.user, found.item, (state) => (played ? marked(state, date?.stored ?? null) : cleared));
    return answer(context, found);
  }
  for (const file of filesOf(context, found)) {
    const change = played ? marked(server.userData.single(found.user, file), date?.shown ?? null) : cleared;
    server.userData.write(found.user, file, change, played && date ? { lastPlayed: date.stored } : {});
  }
  return answer(context, found);
}

const change = (context: JellyfinContext, value: Partial<StoredState>): Reply => {
  const found = target(context);
  if (isReply(found)) return found;
  context.server.userData.write(found.user, found.item, value);
  return answer(context, found);
};

const READERS = { Played: Boolean, PlayCount: Number, PlaybackPositionTicks: Number, IsFavorite: Boolean, Rating: Number, Likes: Boolean } as const;
const TYPES = { Played: 'Boolean', PlayCount: 'Int32', PlaybackPositionTicks: 'Int64', IsFavorite: 'Boolean', Rating: 'Double', Likes: 'Boolean' } as const;

/** Names in any case, numbers in strings, nulls that mean nothing. */
function readBody(body: Record<string, unknown>): Map<string, unknown> | Reply {
  const values = new Map<string, unknown>();
  for (const [given, value] of Object.entries(body)) {
    const name = given.charAt(0).toUpperCase() + given.slice(1);
    if (value === null) continue;
    if (name === 'LastPlayedDate') values.set(name, value);
    if (!Object.hasOwn(READERS, name)) continue;
    const reader = READERS[name as keyof typeof READERS];
    const isRight = reader === Boolean ? typeof value === 'boolean' : value !== '' && Number.isFinite(Number(value)) && typeof value !== 'boolean';
    if (!isRight) return problem(400, { $: [`The JSON value could not be converted to System.${TYPES[name as keyof typeof TYPES]}. Path: $ | LineNumber: 0 | BytePositionInLine: 5.`], userDataDto: ['The userDataDto field is required.'] });
    values.set(name, reader(value));
  }
  return values;
}

function write(context: JellyfinContext): Reply {
  const { server, request } = context;
  if (request.body === '') return problem(415);
  const found = target(context);
  if (isReply(found)) return found;
  const body = readBody(request.fields());
  if (!(body instanceof Map)) return body;
  const rating = body.get('Rating') ?? (body.has('Likes') ? (body.get('Likes') === true ? 10 : 1) : undefined);
  if (rating !== undefined && (Number(rating) < 0 || Number(rating) > 10)) return refused(400);
  const asked = body.get('LastPlayedDate');
  const date = asked === undefined ? null : parseDate(String(asked), server.zoneMinutes, 'user-data');
  if (asked !== undefined && date === null) return problem(400, { '$.LastPlayedDate': ['The JSON value could not be converted to System.Nullable`1[System.DateTime].'], userDataDto: ['The userDataDto field is required.'] });
  const has = <Name extends keyof StoredState>(name: string, field: Name): Partial<StoredState> => (body.has(name) ? { [field]: body.get(name) } : {});
  const value: Partial<StoredState> = {
    ...has('Played', 'played'),
    ...has('PlayCount', 'playCount'),
    ...has('PlaybackPositionTicks', 'ticks'),
    ...has('IsFavorite', 'favorite'),
    ...(rating === undefined ? {} : { rating: Number(rating) }),
    ...(date === null ? {} : { lastPlayed: date.shown }),
  };
  server.userData.write(found.user, found.item, value, date === null ? {} : { lastPlayed: date.stored });
  return answer(context, found);
}

export const userDataRoutes: readonly Route<JellyfinContext>[] = [
  route('GET', '/UserItems/{itemId}/UserData', 'user', (context) => {
    const found = target(context);
    return isReply(found) ? found : answer(context, found);
  }),
  route('POST', '/UserItems/{itemId}/UserData', 'user', (context) => (context.server.hasUserDataRoute ? write(context) : problem(404))),
  route('POST', '/UserPlayedItems/{itemId}', 'user', (context) => mark(context, true)),
  route('DELETE', '/UserPlayedItems/{itemId}', 'user', (context) => mark(context, false)),
  route('POST', '/UserFavoriteItems/{itemId}', 'user', (context) => change(context, { favorite: true })),
  route('DELETE', '/UserFavoriteItems/{itemId}', 'user', (context) => change(context, { favorite: false })),
  route('POST', '/UserItems/{itemId}/Rating', 'user', (context) => change(context, { rating: context.request.query.get('likes')?.toLowerCase() === 'true' ? 10 : 1 })),
  route('DELETE', '/UserItems/{itemId}/Rating', 'user', (context) => change(context, { rating: null })),
];
