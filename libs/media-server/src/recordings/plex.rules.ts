import { MediaItem, VendorActivity, WatchState } from '@usher/contracts';
import { statusError } from '../http/vendor-errors.js';
import { fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import { readContainer } from '../plex/plex.http.js';
import { mapPlexInfo, mapPlexSections, mapPlexSessions, mapPlexTotal, mapPlexUsers } from '../plex/plex.mapper.js';
import { mapPlexState } from '../plex/plex.states.js';
import { NotificationFilter } from '../plex/plex.socket.js';
import { mapPlexActivities } from '../plex/plex.activities.js';
import { mapPlexItem } from '../plex/plex.items.js';
import { PLEX_DETAIL_RULES } from './plex.details.rules.js';
import { PLEX_UNREAD } from './plex.unread.js';
import { unreadRules } from './unread.js';
import { framesOf, mustHold, type Recording, type RecordingRule } from './recording.js';

const RECORDED_AT_MS = Date.UTC(2026, 0, 1);

const isOk = (recording: Recording): boolean => recording.row.status >= 200 && recording.row.status < 300;
const isGet = (recording: Recording, path: RegExp): boolean => isOk(recording) && recording.method === 'GET' && path.test(recording.path);
const rowsOf = (container: Fields, name: string): Fields[] => listOf(container[name]).map(fieldsOf);

/** Which mapper of the Plex adapter gets which recorded answer. First match wins. */
export const plexRules: readonly RecordingRule[] = [
  { name: 'error', matches: (r) => r.row.status >= 400, run: (r) => mustHold(statusError(r.response, RECORDED_AT_MS) !== null, 'the error') },
  { name: 'notifications', matches: (r) => r.row.kind === 'websocket', run: readNotifications },
  { name: 'identity', matches: (r) => isGet(r, /^\/(identity)?$/), run: (r) => mustHold(mapPlexInfo(readContainer(r.response)).id !== '', 'the identity') },
  { name: 'sessions', matches: (r) => isGet(r, /^\/status\/sessions$/), run: (r) => readSessions(readContainer(r.response)) },
  { name: 'transcoders', matches: (r) => isGet(r, /^\/transcode\/sessions$/), run: (r) => readTranscoders(readContainer(r.response)) },
  { name: 'libraries', matches: (r) => isGet(r, /^\/library\/sections$/), run: (r) => readSections(readContainer(r.response)) },
  { name: 'total', matches: (r) => r.row.kind === 'section-size' && r.row.request.startsWith('GET'), run: (r) => mustHold(mapPlexTotal(readContainer(r.response)) !== null, 'the total') },
  { name: 'states', matches: (r) => isGet(r, /^\/library\/(sections\/\d+\/all|metadata\/[\d,]+|onDeck|recentlyAdded)$/), run: (r) => readStates(readContainer(r.response)) },
  { name: 'users', matches: (r) => isGet(r, /^\/accounts$/), run: (r) => readUsers(readContainer(r.response)) },
  { name: 'preferences', matches: (r) => isGet(r, /^\/:\/prefs$/), run: (r) => mustHold(rowsOf(readContainer(r.response), 'Setting').length > 0, 'the preferences') },
  { name: 'activities', matches: (r) => isGet(r, /^\/activities$/), run: (r) => readActivities(readContainer(r.response)) },
  { name: 'items', matches: isItems, run: (r) => readItems(readContainer(r.response)) },
  ...PLEX_DETAIL_RULES,
  ...unreadRules(PLEX_UNREAD),
];

function isItems(recording: Recording): boolean {
  return isGet(recording, /^\/library\/(sections\/[^/]+\/(all|albums|allLeaves)|all\/top|metadata\/[^/]+(\/children)?)$|^\/hubs(\/home\/recentlyAdded)?$|^\/playlists\/[^/]+\/items$/);
}

function readActivities(container: Fields): void {
  const activities = mapPlexActivities(container);
  if (activities.length !== rowsOf(container, 'Activity').length) throw new Error('an activity got lost');
  for (const activity of activities) VendorActivity.parse(activity);
}

/** Rows alone or in hubs; what the index holds has to come out whole. */
function readItems(container: Fields): void {
  const rows = [...rowsOf(container, 'Metadata'), ...rowsOf(container, 'Hub').flatMap((hub) => rowsOf(hub, 'Metadata'))];
  for (const row of rows) {
    const item = mapPlexItem(row);
    if (item) MediaItem.parse(item);
    else if (['movie', 'show', 'episode', 'album', 'track'].includes(textOf(row['type'], 50) ?? '')) throw new Error('an item got lost');
  }
}

/** A playing notification of a session that was not known is a change; others are read and say nothing about sessions. */
function readNotifications(recording: Recording): void {
  const filter = new NotificationFilter({ monotonicMs: () => 0 });
  for (const frame of framesOf(recording.response.body)) {
    const type = textOf(fieldsOf(fieldsOf(JSON.parse(frame))['NotificationContainer'])['type'], 100);
    mustHold(type !== null, 'the type of the notification');
    if (filter.isChange(frame) !== (type === 'playing')) throw new Error(`a notification of type ${type} was misread`);
  }
}

function readSessions(container: Fields): void {
  const rows = rowsOf(container, 'Metadata');
  const sessions = mapPlexSessions(container);
  if (sessions.length !== rows.length) throw new Error(`${rows.length} rows became ${sessions.length} sessions`);
  mustHold(sessions.every((session) => session.stream !== null && session.item !== null), 'a stream');
}

/** What a session row holds of its transcoder: read inside a row with a picture and a sound. */
function readTranscoders(container: Fields): void {
  for (const transcoder of rowsOf(container, 'TranscodeSession')) {
    const row = { sessionKey: 'recorded', TranscodeSession: transcoder, Media: [{ Part: [{ Stream: [{ streamType: 1 }, ...('audioDecision' in transcoder ? [{ streamType: 2 }] : [])] }] }] };
    const [session] = mapPlexSessions({ Metadata: [row] });
    mustHold(session?.stream !== null && session?.stream?.delivery !== 'unknown', 'the delivery');
  }
}

function readSections(container: Fields): void {
  const rows = rowsOf(container, 'Directory');
  const sections = mapPlexSections(container);
  if (sections.length !== rows.length) throw new Error(`${rows.length} libraries became ${sections.length}`);
}

/** Leaves only; what contains others has no state of its own. */
function readStates(container: Fields): void {
  for (const row of rowsOf(container, 'Metadata')) {
    const state = mapPlexState(row);
    if (state) WatchState.parse(state);
    else if (['movie', 'episode', 'track'].includes(textOf(row['type'], 50) ?? '')) throw new Error('a leaf came out without a state');
  }
}

function readUsers(container: Fields): void {
  const people = rowsOf(container, 'Account').filter((row) => textOf(row['id'], 50) !== '0');
  if (mapPlexUsers(container).length !== people.length) throw new Error(`${people.length} accounts were misread`);
}
