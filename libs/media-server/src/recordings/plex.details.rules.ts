import { Collection, Device, HistoryEntry, Playlist, ServerTask } from '@usher/contracts';
import { fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import { mapPlexCollections } from '../plex/plex.collections.js';
import { mapPlexDevices } from '../plex/plex.devices.js';
import { mapPlexHistory } from '../plex/plex.history.js';
import { mapPlexResources } from '../plex/plex.host.js';
import { readContainer } from '../plex/plex.http.js';
import { mapPlexUpdate } from '../plex/plex.owner.js';
import { mapPlexPlaylists } from '../plex/plex.playlists.js';
import { mapPlexTasks } from '../plex/plex.tasks.js';
import { mustHold, type Recording, type RecordingRule } from './recording.js';

const is = ({ row, method, path }: Recording, wanted: string, pattern: RegExp): boolean => row.status >= 200 && row.status < 300 && method === wanted && pattern.test(path);
const rowsOf = ({ response }: Recording, name: string): Fields[] => listOf(readContainer(response)[name]).map(fieldsOf);

/** What is asked of one Plex by hand. First match wins. */
export const PLEX_DETAIL_RULES: readonly RecordingRule[] = [
  { name: 'history', matches: (r) => is(r, 'GET', /^\/status\/sessions\/history\/all$/), run: (r) => whole(rowsOf(r, 'Metadata'), mapPlexHistory(rowsOf(r, 'Metadata'), new Map()), HistoryEntry) },
  { name: 'collections', matches: (r) => is(r, 'GET', /^\/library\/sections\/[^/]+\/collections$/), run: (r) => whole(rowsOf(r, 'Metadata'), mapPlexCollections(rowsOf(r, 'Metadata'), '1'), Collection) },
  { name: 'playlists', matches: (r) => is(r, 'GET', /^\/playlists(…|\/[^/]+)?$/) || is(r, 'PUT', /^\/playlists\/[^/]+\/items$/), run: readPlaylists },
  { name: 'tasks', matches: (r) => is(r, 'GET', /^\/butler$/), run: ({ response }) => mapPlexTasks(response).forEach((task) => ServerTask.parse(task)) },
  { name: 'devices', matches: (r) => is(r, 'GET', /^\/devices$/), run: (r) => whole(rowsOf(r, 'Device').filter((row) => textOf(row['id'], 50) !== '0'), mapPlexDevices(readContainer(r.response)), Device) },
  { name: 'load', matches: (r) => is(r, 'GET', /^\/statistics\/resources$/), run: (r) => mustHold(rowsOf(r, 'StatisticsResources').length === 0 || mapPlexResources(readContainer(r.response)).cpuPercent !== null, 'the load') },
  { name: 'update', matches: (r) => is(r, 'GET', /^\/updater\/status$/), run: (r) => mustHold(mapPlexUpdate(readContainer(r.response), '1.0') !== undefined, 'the update') },
];

/** Nothing got lost, and all of it is what the contract says. */
function whole(rows: readonly Fields[], mapped: readonly unknown[], contract: { parse(value: unknown): unknown }): void {
  if (mapped.length !== rows.length) throw new Error(`${rows.length} rows became ${mapped.length}`);
  for (const each of mapped) contract.parse(each);
}

/** Some recordings of the list hold the entries of one. */
function readPlaylists(recording: Recording): void {
  const rows = rowsOf(recording, 'Metadata').filter((row) => row['type'] === undefined || row['type'] === 'playlist');
  whole(rows, mapPlexPlaylists(rows, '1'), Playlist);
}
