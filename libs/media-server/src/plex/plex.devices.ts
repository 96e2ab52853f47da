import type { Device } from '@usher/contracts';
import { fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import type { MediaServer } from '../media-server.js';
import { NOT_THERE } from '../not-there.js';
import type { PlexCalls } from './plex.calls.js';

/** Devices that have played something here. They sign in at plex.tv, and only there are they signed out. */
export function plexDevices({ read }: PlexCalls): MediaServer['devices'] {
  return {
    list: async () => mapPlexDevices(await read({ path: '/devices', endpoint: 'GET /devices' })),
    revoke: NOT_THERE.devices.revoke,
  };
}

/** `GET /devices`. The time in it is that of the first sight, not of the last. */
export function mapPlexDevices(container: Fields): Device[] {
  return listOf(container['Device']).flatMap((each) => {
    const row = fieldsOf(each);
    const vendorId = textOf(row['id'], 300);
    if (vendorId === null || vendorId === '0') return [];
    const platform = textOf(row['platform'], 200);
    return [{ vendorId, deviceId: textOf(row['clientIdentifier'], 300), name: textOf(row['name'], 500) ?? platform ?? `Device ${vendorId}`, client: null, clientVersion: null, platform, lastUserName: null, lastSeenAt: null }];
  });
}
