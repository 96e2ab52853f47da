import { Backup, Device, LogEntry } from '@usher/contracts';
import { parseJson } from '../http/vendor-errors.js';
import type { VendorHttp } from '../http/vendor-http.js';
import { jellyfinBackups } from '../media-browser/backups.js';
import { rowsOf, type DetailCalls } from '../media-browser/detail-calls.js';
import { mapDevice } from '../media-browser/devices.js';
import { readSpace } from '../media-browser/disk.js';
import { fieldsOf, textOf } from '../media-browser/fields.js';
import { historyOf } from '../media-browser/history.js';
import type { MediaBrowserVendor } from '../media-browser/vendor.js';
import { mustHold, type Recording, type RecordingRule } from './recording.js';

const isOk = ({ row }: Recording): boolean => row.status >= 200 && row.status < 300;
const is = (recording: Recording, method: string, path: RegExp): boolean => isOk(recording) && recording.method === method && path.test(recording.path);

/** What is asked of one Emby or Jellyfin by hand. Where reading and mapping are one, the recording stands for the server. */
export function detailRules(vendor: MediaBrowserVendor): RecordingRule[] {
  return [
    { name: 'log', matches: (r) => is(r, 'GET', /^\/System\/ActivityLog\/Entries$/i), run: (r) => readLog(vendor, r) },
    { name: 'devices', matches: (r) => is(r, 'GET', /^\/Devices$/i), run: readDevices },
    { name: 'backups', matches: (r) => is(r, 'GET', /^\/Backup$/i), run: readBackups },
    { name: 'space', matches: (r) => is(r, 'GET', /^\/System\/Info\/Storage$/i), run: async (r) => mustHold((await readSpace(answering(r), '')).length > 0, 'the room on the disks') },
    { name: 'list made', matches: (r) => is(r, 'POST', /^\/(Playlists|Collections)$/i), run: (r) => mustHold(textOf(fieldsOf(parseJson(r.response))['Id'], 200) !== null, 'the id') },
  ];
}

/** A client whose server answers with the recording whatever it is asked. */
function answering({ response }: Recording): VendorHttp {
  return { json: async () => parseJson(response), send: async () => response } as unknown as VendorHttp;
}

async function readLog(vendor: MediaBrowserVendor, recording: Recording): Promise<void> {
  const calls: DetailCalls = { http: answering(recording), prefix: '', words: vendor.details };
  const rows = rowsOf(parseJson(recording.response), 'events');
  const entries = await historyOf(calls, async () => []).log(200, null);
  if (entries.length !== rows.length) throw new Error(`${rows.length} events became ${entries.length}`);
  for (const entry of entries) LogEntry.parse(entry);
}

function readDevices({ response }: Recording): void {
  for (const row of rowsOf(parseJson(response), 'devices')) Device.parse(mapDevice(row));
}

async function readBackups(recording: Recording): Promise<void> {
  const rows = rowsOf(parseJson(recording.response), 'backups');
  const backups = await jellyfinBackups({ http: answering(recording), prefix: '' }).list();
  if (backups.length !== rows.length) throw new Error(`${rows.length} backups became ${backups.length}`);
  for (const backup of backups) Backup.parse(backup);
}
