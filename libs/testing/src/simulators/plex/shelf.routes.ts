import type { Grant, SimulatorCore } from '../base/core.js';
import type { CatalogueItem, LibraryType, SimulatedUser } from '../base/media.js';
import { reply, type Reply, type SimulatedRequest } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import type { Call } from './plex-face.js';
import { container, htmlReply, page } from './replies.js';
import { itemsOfType, listRow, sectionRow } from './rows.js';
import type { PlexStates } from './states.js';

/** By number as in the document, or by the word that older clients say. */
const SECTION_TYPES: Readonly<Record<string, LibraryType>> = { '1': 'movies', movie: 'movies', '2': 'shows', show: 'shows', '8': 'music', artist: 'music' };

interface Shelves {
  readonly states: PlexStates;
  readonly userOf: (grant: Grant | null) => SimulatedUser | undefined;
  /** Subtitles that were fetched, by item. */
  readonly fetched: Map<number, object[]>;
}

/** Libraries as a whole, what is new, what somebody began, subtitles of others. */
export function shelfRoutes(core: SimulatorCore, { states, userOf, fetched }: Shelves): Route<Call>[] {
  const { catalogue } = core;
  const visible = (user: SimulatedUser | undefined, item: CatalogueItem): boolean => user === undefined || states.sees(user, item);
  const rowOf = (user: SimulatedUser | undefined) => (item: CatalogueItem) => ({ ...listRow(item, true), ...(user === undefined ? {} : states.row(user, item)) });
  const ofAll = (request: SimulatedRequest, user: SimulatedUser | undefined): CatalogueItem[] => {
    const items = catalogue.libraries.flatMap((library) => itemsOfType(library, request.query.get('type'))).filter((item) => visible(user, item));
    const viewedAt = (item: CatalogueItem): string => (user === undefined ? '' : (core.states.get(user, item).lastPlayed ?? ''));
    if (request.query.get('sort') === 'lastViewedAt:desc') return items.sort((one, other) => viewedAt(other).localeCompare(viewedAt(one)));
    return request.query.get('sort') === 'addedAt:desc' ? items.sort((one, other) => other.addedAtMs - one.addedAtMs || other.number - one.number) : items;
  };
  const createSection = ({ request }: Call): Reply => {
    const [name, type] = [request.query.get('name'), SECTION_TYPES[request.query.get('type') ?? '']];
    const folders = ['locations', 'locations[]', 'location'].flatMap((each) => request.values(each));
    if (!name || type === undefined || !request.query.get('agent') || !request.query.get('language') || folders.length === 0) return htmlReply(400);
    const made = catalogue.addLibrary({ name, type, folders });
    return container({}, { name: 'Directory', rows: [sectionRow(made)] });
  };
  const searchSubtitles = ({ request, params }: Call): Reply => {
    const item = catalogue.get(Number(params['id']));
    if (!item?.file) return htmlReply(404);
    const language = request.query.get('language') ?? 'en';
    const found = [1, 2].map((at) => ({ id: at, key: `/library/streams/found-${item.number}-${at}`, sourceKey: `opensubtitles://${item.number}/${at}`, providerTitle: 'OpenSubtitles', title: `${item.title}.${language}.${at}.srt`, codec: 'srt', languageCode: language === 'en' ? 'eng' : language, score: at === 1 ? '98.5' : 80, streamType: 3, hearingImpaired: at - 1, forced: false }));
    return container({}, { name: 'Stream', rows: found });
  };
  const fetchSubtitle = ({ request, params }: Call): Reply => {
    const item = catalogue.get(Number(params['id']));
    const key = request.query.get('key');
    if (!item?.file) return htmlReply(404);
    if (!key?.startsWith(`/library/streams/found-${item.number}-`)) return htmlReply(400);
    fetched.set(item.number, [...(fetched.get(item.number) ?? []), { streamType: 3, codec: request.query.get('codec'), languageCode: request.query.get('language'), key: `/library/streams/${90_000 + item.number}` }]);
    return reply(200);
  };
  return [
    route('POST', '/library/sections/all', 'admin', createSection),
    route('DELETE', '/library/sections/{key}', 'admin', ({ params }) => {
      const library = catalogue.libraries.find(({ number }) => String(number) === params['key']);
      if (!library) return htmlReply(404);
      catalogue.removeLibrary(library);
      return reply(200);
    }),
    route('GET', '/library/all', 'user', ({ request, grant }) => page(request, ofAll(request, userOf(grant)), rowOf(userOf(grant)))),
    route('GET', '/library/onDeck', 'user', ({ request, grant }) => {
      const user = userOf(grant);
      return page(request, user === undefined ? [] : deckOf(core, user).filter((item) => states.sees(user, item)), rowOf(user));
    }),
    route('GET', '/library/metadata/{id}/subtitles', 'admin', searchSubtitles),
    route('PUT', '/library/metadata/{id}/subtitles', 'admin', fetchSubtitle),
  ];
}

/** What was begun, and of each season the episode after the last one that was watched. */
function deckOf({ catalogue, states }: SimulatorCore, user: SimulatedUser): CatalogueItem[] {
  const begun = catalogue.leaves().filter((item) => states.get(user, item).ticks > 0);
  const next = catalogue.ofKind('season').flatMap((season) => {
    const episodes = catalogue.leavesBelow(season);
    const last = episodes.findLastIndex((episode) => states.get(user, episode).playCount > 0);
    const following = last === -1 ? undefined : episodes[last + 1];
    return following === undefined || begun.includes(following) ? [] : [following];
  });
  return [...begun, ...next];
}
