import type { Grant, SimulatorCore } from '../base/core.js';
import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import { reply, type Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { htmlReply } from './replies.js';
import type { Call } from './plex-face.js';
import type { PlexStates } from './states.js';

type Change = (user: SimulatedUser, item: CatalogueItem, query: ReadonlyMap<string, string>) => Reply | void;

/** Marks and ratings: the document has PUT, clients have always called GET. */
export function stateRoutes(core: SimulatorCore, states: PlexStates, userOf: (grant: Grant | null) => SimulatedUser | undefined): Route<Call>[] {
  const changing =
    (change: Change) =>
    ({ request, grant }: Call): Reply => {
      const user = userOf(grant);
      const item = core.catalogue.get(Number(request.query.get('key')));
      if (user === undefined || request.query.get('identifier') !== 'com.plexapp.plugins.library') return htmlReply(400);
      if (item === undefined || !states.sees(user, item)) return htmlReply(404);
      return change(user, item, request.query) ?? reply(200);
    };
  const both = (path: string, change: Change): Route<Call>[] => ['PUT', 'GET'].map((method) => route(method, path, 'user', changing(change)));
  const rate: Change = (user, item, query) => {
    const rating = Number(query.get('rating'));
    const isLater = Number(query.get('ratedat') ?? 0) > core.clock.now() / 1000;
    if (!query.has('rating') || Number.isNaN(rating) || rating < -1 || rating > 10 || isLater) return htmlReply(400);
    return states.rate(user, item, rating);
  };
  // only the owner's own is heard; managed and shared accounts get 401
  const progress: Change = (user, item, query) => (user.isAdministrator ? states.stoppedAt(user, item, Number(query.get('time')), item.durationMs ?? 0) : htmlReply(401));
  return [
    ...both('/:/scrobble', (user, item) => states.scrobble(user, item)),
    ...both('/:/unscrobble', (user, item) => states.unscrobble(user, item)),
    ...both('/:/rate', rate),
    route('GET', '/:/progress', 'user', changing(progress)),
    route('POST', '/:/progress', 'user', changing(progress)),
  ];
}
