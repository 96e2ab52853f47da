import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import type { StoredState } from '../base/watch-store.js';
import { isoDate } from '../mediabrowser/ticks.js';
import { findItem, findUser } from './ids.js';
import { noContent, ok, text } from './replies.js';
import type { EmbyContext } from './server.js';
import { userDataRow } from './user-data.js';
import { sees } from './users.js';

type Change = (context: EmbyContext, user: SimulatedUser, item: CatalogueItem) => void;

/** A change of one title, or of all that lies below a folder. */
function changing(change: Change, answered: boolean): (context: EmbyContext) => Reply {
  return (context) => {
    const { server, params, grant } = context;
    const user = findUser(server.core, params['userId']!);
    if (user === undefined) return text(404, 'User not found');
    if (grant?.user != null && grant.user !== user && !grant.user.isAdministrator) return text(403, `User ${grant.user.name} does not have access to ManageServer feature.`);
    const item = findItem(server.core, params['itemId']!);
    if (item === undefined || !sees(server.core, user, item)) return text(404, `Item ${params['itemId']} was not found.`);
    for (const each of item.file === null ? server.core.catalogue.leavesBelow(item) : [item]) change(context, user, each);
    return answered ? ok(userDataRow(item, server.userData.get(user, item))) : noContent();
  };
}

const put =
  (value: Partial<StoredState>): Change =>
  ({ server }, user, item) =>
    void server.userData.set(user, item, value);

const played: Change = ({ server, request }, user, item) => {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(request.query.get('dateplayed') ?? '');
  const now = server.userData.get(user, item);
  const date = match ? `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.0000000Z` : isoDate(server.core.clock.now());
  server.userData.set(user, item, { played: true, playCount: Math.max(1, now.playCount), ticks: 0, lastPlayed: match ? date : (now.lastPlayed ?? date) });
};

const unplayed = put({ played: false, playCount: 0, ticks: 0, lastPlayed: null });
const replace: Change = ({ server, request }, user, item) => server.userData.replace(user, item, request.fields());

/** Most DELETE routes have a POST twin. */
function twins(pattern: string, handle: (context: EmbyContext) => Reply): Route<EmbyContext>[] {
  return [route('DELETE', pattern, 'user', handle), route('POST', `${pattern}/Delete`, 'user', handle)];
}

export const userDataRoutes: readonly Route<EmbyContext>[] = [
  route('POST', '/Users/{userId}/Items/{itemId}/UserData', 'user', changing(replace, false)),
  route('POST', '/Users/{userId}/PlayedItems/{itemId}', 'user', changing(played, true)),
  ...twins('/Users/{userId}/PlayedItems/{itemId}', changing(unplayed, true)),
  route('POST', '/Users/{userId}/FavoriteItems/{itemId}', 'user', changing(put({ favorite: true }), true)),
  ...twins('/Users/{userId}/FavoriteItems/{itemId}', changing(put({ favorite: false }), true)),
  ...twins('/Users/{userId}/Items/{itemId}/Rating', changing(put({ rating: null }), true)),
];
