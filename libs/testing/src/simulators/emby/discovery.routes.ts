import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { latest, nextUp } from '../mediabrowser/item-filters.js';
import { findUser, itemId } from './ids.js';
import { itemRow } from './items.js';
import { rowFor } from './library.routes.js';
import { envelope, ok, text } from './replies.js';
import type { EmbyContext } from './server.js';
import { sees } from './users.js';

function listing(find: (context: EmbyContext, user: SimulatedUser, visible: readonly CatalogueItem[]) => CatalogueItem[], isBare = false): (context: EmbyContext) => Reply {
  return (context) => {
    const { core } = context.server;
    const user = findUser(core, context.params['userId'] ?? context.request.query.get('userid') ?? '');
    if (user === undefined) return text(404, 'User not found');
    const fields = new Set((context.request.query.get('fields') ?? '').toLowerCase().split(',').filter(Boolean));
    const limit = context.request.query.get('limit');
    const found = find(context, user, core.catalogue.all().filter((item) => item.kind !== 'channel' && sees(core, user, item)));
    const rows = found.slice(0, limit === undefined ? undefined : Number(limit)).map((item) => rowFor(context, user, item, fields));
    return isBare ? ok(rows) : envelope(rows, found.length);
  };
}

const next = ({ server }: EmbyContext, user: SimulatedUser, visible: readonly CatalogueItem[]) => nextUp(visible, (item) => server.userData.get(user, item).played);

function artists({ server, request }: EmbyContext): Reply {
  const parent = request.query.get('parentid');
  const limit = request.query.get('limit');
  const found = server.core.catalogue.ofKind('artist').filter((item) => parent === undefined || itemId(item.library) === parent);
  return envelope(found.slice(0, limit === undefined ? undefined : Number(limit)).map((item) => itemRow(server.core, item)), found.length);
}

export const discoveryRoutes: readonly Route<EmbyContext>[] = [
  route('GET', '/Artists/AlbumArtists', 'user', artists),
  route('GET', '/Users/{userId}/Items/Latest', 'user', listing(({ request }, _user, visible) => latest(visible, request.query.get('groupitems')?.toLowerCase() !== 'false'), true)),
  // what comes next stands there, too, at position 0
  route('GET', '/Users/{userId}/Items/Resume', 'user', listing((context, user, visible) => [...visible.filter((item) => item.file !== null && context.server.userData.get(user, item).ticks > 0), ...next(context, user, visible)])),
  route('GET', '/Shows/NextUp', 'user', listing(next)),
];
