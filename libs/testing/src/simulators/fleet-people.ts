import type { DeliveryPlan } from './base/delivery.js';
import type { CatalogueItem, SimulatedDevice } from './base/media.js';
import type { Random } from './base/random.js';
import { pick } from './base/random.js';

/** The people of the demo fleet; the first is everybody's administrator. */
export const PEOPLE = ['Marlow', 'Nell', 'Otis', 'Rowan', 'Pip', 'Quill', 'Ines', 'Tamsin', 'Barnaby', 'Odile', 'Fenn', 'Greta', 'Hollis', 'Juno', 'Kit', 'Lark'] as const;

interface DeviceKind {
  readonly name: string;
  readonly client: Readonly<Record<'jellyfin' | 'emby' | 'plex', string>>;
  readonly version: string;
  readonly platform: string;
  readonly remote: boolean;
  readonly controllable: boolean;
  /** What the device usually needs; several are tried in turn. */
  readonly needs: readonly DeliveryPlan[];
}

const BROWSER: DeviceKind = {
  name: 'Firefox',
  client: { jellyfin: 'Jellyfin Web', emby: 'Emby Web', plex: 'Plex Web' },
  version: '12.0.0',
  platform: 'Linux',
  remote: false,
  controllable: true,
  needs: ['direct-stream', { kind: 'transcode', reasons: ['video-codec', 'audio-codec'], height: 1080, bitRate: 8_000_000, hardware: 'qsv', speed: 4.2, throttled: true }],
};

const DEVICES: readonly DeviceKind[] = [
  BROWSER,
  { name: 'Living Room TV', client: { jellyfin: 'Jellyfin Android TV', emby: 'Emby for Android', plex: 'Plex for Android (TV)' }, version: '0.18.0', platform: 'Android', remote: false, controllable: true, needs: ['direct-play', 'direct-play', { kind: 'transcode', video: 'copy', reasons: ['audio-codec'], speed: 6 }] },
  { name: 'Bedroom TV', client: { jellyfin: 'Jellyfin for WebOS', emby: 'Emby for LG', plex: 'Plex for LG' }, version: '1.2.1', platform: 'webOS', remote: false, controllable: false, needs: ['direct-play', { kind: 'transcode', burnSubtitle: true, reasons: ['subtitle'], height: 1080, bitRate: 10_000_000, speed: 0.9 }] },
  { name: 'Roku Ultra', client: { jellyfin: 'Jellyfin Roku', emby: 'Roku SG', plex: 'Plex for Roku' }, version: '4.1.31', platform: 'Roku', remote: false, controllable: true, needs: ['direct-play', 'direct-stream'] },
  { name: 'Pixel 8', client: { jellyfin: 'Jellyfin Android', emby: 'Emby for Android', plex: 'Plex for Android (Mobile)' }, version: '2.7.0', platform: 'Android', remote: true, controllable: true, needs: [{ kind: 'transcode', reasons: ['bit-rate'], height: 720, bitRate: 3_000_000, hardware: 'vaapi', speed: 5.5, throttled: true }, 'direct-play'] },
  { name: 'iPad', client: { jellyfin: 'Swiftfin iOS', emby: 'Emby for iOS', plex: 'Plex for iOS' }, version: '1.3', platform: 'iOS', remote: true, controllable: false, needs: ['direct-play', { kind: 'transcode', reasons: ['video-resolution', 'bit-rate'], height: 480, bitRate: 1_500_000, speed: 2.4 }] },
  { name: 'Study PC', client: { jellyfin: 'Jellyfin Media Player', emby: 'Emby Theater', plex: 'Plex for Windows' }, version: '1.12.0', platform: 'Windows', remote: false, controllable: true, needs: ['direct-play'] },
];

export interface Seat {
  readonly user: string;
  readonly device: SimulatedDevice;
  readonly needs: readonly DeliveryPlan[];
}

/** Who sits at which device of that server; always the same for the same server. */
export function seatsOf(kind: 'jellyfin' | 'emby' | 'plex', alias: string, count: number, offset: number): Seat[] {
  return Array.from({ length: count }, (_, position) => {
    const user = PEOPLE[1 + ((position + offset) % (PEOPLE.length - 1))]!;
    const made = DEVICES[(position + offset) % DEVICES.length]!;
    const number = position + 1;
    const address = made.remote ? `203.0.113.${10 + offset * 8 + number}` : `192.168.1.${20 + number}`;
    return {
      user,
      device: { id: `${alias}-${number}`.toLowerCase(), name: made.name, client: made.client[kind], version: made.version, address, platform: made.platform, controllable: made.controllable },
      needs: made.needs,
    };
  });
}

/** What a device needs for an item: what has no picture is never converted by these people. */
export function needFor(seat: Seat, item: CatalogueItem, random: Random): DeliveryPlan {
  return item.file?.video ? pick(random, seat.needs) : 'direct-play';
}
