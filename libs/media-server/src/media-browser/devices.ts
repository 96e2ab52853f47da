import { AppError, type Device } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { get, notThere, orNotThere, rowsOf, send, type DetailCalls } from './detail-calls.js';
import { textOf, timeOf, type Fields } from './fields.js';

/** Devices that people signed in with; keys have none. */
export function devicesOf(calls: Pick<DetailCalls, 'http' | 'prefix'>, ownDeviceId: string): MediaServer['devices'] {
  const list = async (): Promise<Device[]> => rowsOf(await get(calls, { path: '/Devices', query: {} }, 'GET /Devices'), 'devices').flatMap((row) => mapDevice(row) ?? []);
  return {
    list,
    revoke: async (id) => {
      // an id that nobody knows is 400 with one vendor and 204 with the other
      const device = (await list()).find(({ vendorId }) => vendorId === id);
      if (!device) throw notThere('device', { deviceVendorId: id });
      if (device.deviceId === ownDeviceId) throw new AppError('VALIDATION_FAILED', 'This is the sign-in of Usher itself.', { field: 'deviceVendorId' });
      await send(calls, { method: 'DELETE', path: '/Devices', query: { Id: id }, endpoint: 'DELETE /Devices' }).catch(orNotThere('device'));
    },
  };
}

/** Jellyfin's id is what the client calls itself; Emby counts, and tells the client's word beside. */
export function mapDevice(row: Fields): Device | null {
  const vendorId = textOf(row['Id'], 300);
  if (vendorId === null) return null;
  const isEmby = 'ReportedDeviceId' in row || 'InternalId' in row || 'IpAddress' in row;
  return {
    vendorId,
    deviceId: isEmby ? textOf(row['ReportedDeviceId'], 300) : vendorId,
    name: textOf(row['CustomName'], 500) ?? textOf(row['Name'], 500) ?? vendorId,
    client: textOf(row['AppName'], 500),
    clientVersion: textOf(row['AppVersion'], 100),
    platform: null,
    lastUserName: textOf(row['LastUserName'], 500),
    lastSeenAt: timeOf(row['DateLastActivity']),
  };
}
