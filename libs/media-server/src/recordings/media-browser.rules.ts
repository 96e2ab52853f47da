import { AppError, MediaItem, MediaSource, ServerTask, UserPolicy, VendorActivity, WatchState, type VendorSession } from '@usher/contracts';
import { parseJson, statusError } from '../http/vendor-errors.js';
import { readMediaBrowserIdentity } from '../identify.js';
import { fieldsOf, listOf, textOf, textsOf, type Fields } from '../media-browser/fields.js';
import { mapItem } from '../media-browser/items.mapper.js';
import { mapItemSource } from '../media-browser/playback.js';
import { frameData, frameType } from '../media-browser/frame.js';
import { mapLibraries, totalOf, withTotals } from '../media-browser/library.mapper.js';
import { sessionRows } from '../media-browser/session.mapper.js';
import { mapPolicy, overlayPolicy } from '../media-browser/policy.mapper.js';
import { mapTasks, taskActivities } from '../media-browser/tasks.js';
import { mapUserData, stateOf } from '../media-browser/user-data.mapper.js';
import { mapUsers } from '../media-browser/user.mapper.js';
import type { MediaBrowserVendor } from '../media-browser/vendor.js';
import { detailRules } from './details.rules.js';
import { MEDIA_BROWSER_UNREAD } from './media-browser.unread.js';
import { unreadRules } from './unread.js';
import { framesOf, mustHold, type Recording, type RecordingRule } from './recording.js';

const RECORDED_AT_MS = Date.UTC(2026, 0, 1);

const json = (recording: Recording): unknown => parseJson(recording.response);
const isOk = (recording: Recording): boolean => recording.row.status >= 200 && recording.row.status < 300;
const isGet = (recording: Recording, path: RegExp): boolean => isOk(recording) && recording.method === 'GET' && path.test(recording.path);
const isFrames = (recording: Recording): boolean =>
  /\.(jsonl|ndjson)$/.test(recording.row.file) || (recording.row.kind === 'websocket' && recording.row.file.endsWith('.json'));

/** The rules of Emby and Jellyfin: which mapper of the adapter gets which recorded answer. First match wins. */
export function mediaBrowserRules(vendor: MediaBrowserVendor): RecordingRule[] {
  return [
    { name: 'socket refused', matches: (r) => r.row.status >= 400 && r.path.endsWith('socket'), run: (r) => void readError(vendor, r) },
    { name: 'socket opened', matches: (r) => r.row.status === 101 && !isFrames(r), run: (r) => mustHold(r.path.endsWith('socket'), 'the path') },
    { name: 'socket frames', matches: (r) => isFrames(r) && r.row.status < 300, run: (r) => readFrames(vendor, r) },
    { name: 'error', matches: (r) => !isOk(r), run: (r) => void readError(vendor, r) },
    { name: 'identity', matches: (r) => isGet(r, /^\/System\/Info(\/Public)?\/?$/i), run: (r) => readInfo(vendor, r) },
    { name: 'sessions', matches: (r) => isGet(r, /^\/Sessions$/i) || r.row.request.startsWith('TranscodingInfo'), run: (r) => readSessions(vendor, json(r)) },
    { name: 'libraries', matches: (r) => isGet(r, /^\/Library\/VirtualFolders(\/Query)?$/i), run: (r) => readLibraries(vendor, json(r)) },
    { name: 'totals', matches: (r) => isGet(r, /^\/Items\/Counts$/i), run: (r) => readTotals(json(r)) },
    { name: 'total', matches: (r) => isGet(r, /^\/Items$/i) && /[?&]limit=[01](&|$)/i.test(r.row.request), run: (r) => mustHold(totalOf(json(r)) !== null, 'the total') },
    { name: 'no identity', matches: (r) => isOk(r) && /^\/(System\/Ping|health)$/i.test(r.path) && r.response.body.trim() !== '', run: (r) => mustBeNoIdentity(r) },
    { name: 'users', matches: isUsers, run: (r) => readUsers(vendor, json(r)) },
    { name: 'state', matches: isState, run: (r) => readState(json(r)) },
    { name: 'states', matches: (r) => isGet(r, /^((\/Users\/[^/]+)?\/Items(\/Resume|\/[0-9a-f]{1,32})?|\/UserItems\/Resume)$/i) && r.response.body.includes('"UserData"'), run: (r) => readStates(json(r)) },
    { name: 'settings', matches: (r) => isGet(r, /^\/System\/Configuration(\/network)?$/i), run: (r) => readSettings(vendor, r) },
    { name: 'items', matches: isItems, run: (r) => readItems(json(r)) },
    { name: 'tasks', matches: (r) => isGet(r, /^\/ScheduledTasks(\/[^/]+)?$/i), run: (r) => readTasks(json(r)) },
    { name: 'sources', matches: (r) => isOk(r) && (/^\/Items\/[^/]+\/PlaybackInfo$/i.test(r.path) || r.row.kind === 'mediasource') && !/request body/i.test(r.row.request), run: (r) => readSources(json(r)) },
    ...detailRules(vendor),
    ...unreadRules(MEDIA_BROWSER_UNREAD),
    { name: 'command', matches: (r) => isOk(r) && r.method !== 'GET' && r.response.body.trim() === '', run: () => undefined },
  ];
}

function isUsers(recording: Recording): boolean {
  if (isGet(recording, /^\/Users(\/Query|\/Public|\/Me|\/[0-9a-f]{32})?$/i)) return true;
  return isOk(recording) && recording.method === 'POST' && /^\/Users\/New$/i.test(recording.path) && recording.response.body.trim() !== '';
}

/** Answers of the routes that read or change one row of user data. */
function isState(recording: Recording): boolean {
  const isRoute = /^(\/UserItems\/[^/]+\/(UserData|Rating)|\/UserPlayedItems\/[^/]+|\/UserFavoriteItems\/[^/]+|\/Users\/[^/]+\/(PlayedItems|FavoriteItems)\/[^/]+)$/i.test(recording.path);
  return isOk(recording) && isRoute && recording.response.body.trimStart().startsWith('{"') && recording.response.body.includes('"Played"');
}

function readState(answer: unknown): void {
  const data = mapUserData(answer);
  mustHold(data !== null, 'the state');
  WatchState.parse(stateOf('recorded', data!, null));
}

/** Every row with a state, or one item alone. */
function readStates(answer: unknown): void {
  readItems(answer);
  for (const row of itemRows(answer)) if ('UserData' in row) readState(row['UserData']);
}

function itemRows(answer: unknown): Fields[] {
  const rows = Array.isArray(answer) ? answer : 'Items' in fieldsOf(answer) ? listOf(fieldsOf(answer)['Items']) : [answer];
  return rows.map(fieldsOf);
}

function isItems(recording: Recording): boolean {
  return isGet(recording, /^((\/Users\/[^/]+)?\/Items(\/Latest|\/Resume|\/[{}\w]+)?|\/UserItems\/Resume|\/Shows\/([^/]+\/(Episodes|Seasons)|NextUp)|\/Playlists\/[^/]+\/Items)$/i) && !/\/Items\/Filters$/i.test(recording.path);
}

/** What the index holds has to come out whole; other types (seasons, artists, folders …) are left out by it. */
function readItems(answer: unknown): void {
  for (const row of itemRows(answer)) {
    const item = mapItem(row);
    if (item) MediaItem.parse(item);
    else if (['Movie', 'Series', 'Episode', 'MusicAlbum', 'Audio'].includes(textOf(row['Type'], 50) ?? '')) throw new Error('an item got lost');
  }
}

function readTasks(answer: unknown): void {
  const rows = Array.isArray(answer) ? answer : [answer];
  const tasks = mapTasks(rows);
  if (tasks.length !== rows.length) throw new Error(`${rows.length} tasks became ${tasks.length}`);
  for (const { task } of tasks) ServerTask.parse(task);
  for (const activity of taskActivities(tasks)) VendorActivity.parse(activity);
}

/** A file's streams, alone or as the answer of a negotiation. */
function readSources(answer: unknown): void {
  const sources = 'MediaSources' in fieldsOf(answer) ? listOf(fieldsOf(answer)['MediaSources']) : [answer];
  mustHold(sources.length > 0, 'the source');
  for (const source of sources) MediaSource.parse(mapItemSource({ Id: 'recorded', MediaSources: [source] }));
}

/** Every answer that is no success has to become an AppError. */
function readError(vendor: MediaBrowserVendor, recording: Recording): AppError {
  const error = vendor.classify({ path: recording.path }, recording.response, RECORDED_AT_MS) ?? statusError(recording.response, RECORDED_AT_MS);
  if (!error) throw new Error(`status ${recording.row.status} was taken for a success`);
  return error;
}

function readInfo(vendor: MediaBrowserVendor, recording: Recording): void {
  const starting = vendor.classify({ path: recording.path }, recording.response, RECORDED_AT_MS);
  if (!starting) mustHold(vendor.mapInfo(json(recording)).id !== '', 'the identity');
}

/** `Ping` and `health` answer before the server is up: nothing in them may pass for an identity. */
function mustBeNoIdentity(recording: Recording): void {
  try {
    readMediaBrowserIdentity(recording.response.body);
  } catch (error) {
    if (error instanceof AppError && error.code === 'VENDOR_ANSWER_INVALID') return;
    throw error;
  }
  throw new Error('was taken for an identity');
}

function readSessions(vendor: MediaBrowserVendor, answer: unknown): void {
  const rows = listOf(sessionRows(answer) ?? [wholeRow(fieldsOf(answer))]);
  const sessions = vendor.mapSessions(rows, { nowMs: null, ownDeviceId: null });
  const clients = rows.map(fieldsOf).filter((row) => row['DeviceId'] === undefined || row['DeviceId'] !== row['ServerId']);
  if (sessions.length !== clients.length) throw new Error(`${clients.length} client rows became ${sessions.length} sessions`);
  const playing = clients.filter((row) => Object.keys(fieldsOf(row['NowPlayingItem'])).length > 0).length;
  if (sessions.filter(isWholeStream).length !== playing) throw new Error('a playing row came out without its stream');
}

function isWholeStream(session: VendorSession): boolean {
  return session.stream !== null && session.item !== null;
}

/** Some recordings hold a part of a row only; the rest is filled in. */
function wholeRow(part: Fields): Fields {
  if ('PlayState' in part || 'DeviceId' in part) return part;
  const item = 'MediaStreams' in part || 'RunTimeTicks' in part ? part : { Id: 'recorded', Name: 'Recorded', Type: 'Movie' };
  const transcoding = 'TranscodeReasons' in part ? { TranscodingInfo: part } : {};
  return { Id: 'recorded', DeviceId: 'recorded-device', PlayState: {}, NowPlayingItem: item, ...transcoding };
}

function readLibraries(vendor: MediaBrowserVendor, answer: unknown): void {
  const rows = listOf(Array.isArray(answer) ? answer : fieldsOf(answer)['Items']);
  const libraries = mapLibraries(answer, vendor.libraryIdOf);
  if (libraries?.length !== rows.length) throw new Error(`${rows.length} libraries became ${libraries?.length ?? 'none'}`);
}

function readTotals(answer: unknown): void {
  const films = mapLibraries([{ Name: 'Films', ItemId: 'films', CollectionType: 'movies' }], (row) => String(row['ItemId']))![0]!;
  mustHold(withTotals(films, fieldsOf(answer)).itemCount !== null, 'the number of films');
}

function readUsers(vendor: MediaBrowserVendor, answer: unknown): void {
  const rows = Array.isArray(answer) ? answer : listOf(fieldsOf(answer)['Items'] ?? [answer]);
  const users = mapUsers(rows);
  if (users?.length !== rows.length) throw new Error(`${rows.length} users became ${users?.length ?? 'none'}`);
  for (const row of rows.map(fieldsOf)) if ('Policy' in row) readPolicy(vendor, fieldsOf(row['Policy']));
}

/** As a change that takes nothing away leaves it: the whole document, unmoved. */
function readPolicy(vendor: MediaBrowserVendor, document: Fields): void {
  const folders = textsOf(document['EnabledFolders'], 200).map((id) => ({ vendorId: id, folderId: id }));
  const policy = UserPolicy.parse(mapPolicy(document, folders, vendor.accounts));
  const again = overlayPolicy(document, policy, folders, vendor.accounts);
  if (JSON.stringify(mapPolicy(again, folders, vendor.accounts)) !== JSON.stringify(policy)) throw new Error('a policy came back as another one');
}

function readSettings(vendor: MediaBrowserVendor, recording: Recording): void {
  const settings = json(recording);
  const hardening = vendor.mapHardening({ url: new URL('http://127.0.0.1/'), version: recording.row.version ?? '12.0.0', configuration: settings, network: settings, users: [], publicUsers: [] });
  mustHold(hardening.length > 0, 'the hardening list');
}

/** Every frame has a type, and every pushed session list is read like the answer of `GET /Sessions`. */
function readFrames(vendor: MediaBrowserVendor, recording: Recording): void {
  const body = recording.response.body;
  const frames = recording.row.file.endsWith('.json') ? [body] : framesOf(body);
  for (const frame of frames) {
    const type = frameType(frame);
    if (type === null) throw new Error('a frame without a type');
    if (type === 'Sessions') readSessions(vendor, frameData(frame));
  }
}
