import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import { topOf } from '../base/media.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { latest, nextUp } from '../mediabrowser/item-filters.js';
import { libraryId, parseGuid } from './ids.js';
import { itemRow } from './items.js';
import { rowFor, speaksFor } from './library.routes.js';
import { ok, refused } from './replies.js';
import type { JellyfinContext } from './server.js';
import { sees } from './users.js';

/** Keys must name a user. `find` answers what stands in the row. */
function listing(find: (context: JellyfinContext, user: SimulatedUser, visible: readonly CatalogueItem[]) => CatalogueItem[], isBare = false): (context: JellyfinContext) => Reply {
  return (context) => {
    const caller = speaksFor(context);
    if ('status' in caller) return caller;
    const { user } = caller;
    if (user === null) return refused(400);
    const { core } = context.server;
    const fields = new Set((context.request.query.get('fields') ?? '').toLowerCase().split(',').filter(Boolean));
    const limit = context.request.query.get('limit');
    const found = find(context, user, core.catalogue.all().filter((item) => item.kind !== 'channel' && sees(user, item)));
    const rows = found.slice(0, limit === undefined ? undefined : Number(limit)).map((item) => rowFor(context, user, item, fields));
    return ok(isBare ? rows : { Items: rows, TotalRecordCount: found.length, StartIndex: 0 });
  };
}

const isBegun = ({ server }: JellyfinContext, user: SimulatedUser) => (item: CatalogueItem) => server.core.states.get(user, item).ticks > 0;

/** Series with a part that was begun stand there, too. */
function resume(context: JellyfinContext, user: SimulatedUser, visible: readonly CatalogueItem[]): CatalogueItem[] {
  const begun = visible.filter((item) => item.file !== null).filter(isBegun(context, user));
  return [...begun, ...new Set(begun.filter((item) => item.kind === 'episode').map(topOf))];
}

/** A total is told only to those who limit the rows. */
function artists({ server, request }: JellyfinContext): Reply {
  const parent = request.query.get('parentid');
  const limit = request.query.get('limit');
  const found = server.core.catalogue.ofKind('artist').filter((item) => parent === undefined || libraryId(item.library) === parseGuid(parent));
  const Items = found.slice(0, limit === undefined ? undefined : Number(limit)).map((item) => itemRow(server.core, item));
  return ok({ Items, TotalRecordCount: limit === undefined ? 0 : found.length, StartIndex: 0 });
}

export const discoveryRoutes: readonly Route<JellyfinContext>[] = [
  route('GET', '/Artists/AlbumArtists', 'user', artists),
  route('GET', '/Items/Latest', 'user', listing(({ request }, _user, visible) => latest(visible, request.query.get('groupitems')?.toLowerCase() !== 'false'), true)),
  route('GET', '/UserItems/Resume', 'user', listing(resume)),
  route('GET', '/Shows/NextUp', 'user', listing(({ server }, user, visible) => nextUp(visible, (item) => server.core.states.get(user, item).played))),
];
