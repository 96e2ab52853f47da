import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, SimulatedDevice, SimulatedUser } from '../base/media.js';
import { topOf } from '../base/media.js';
import { route, type Route } from '../base/router.js';
import { container, page } from './replies.js';
import { accountId, itemType } from './rows.js';
import type { Call } from './plex-face.js';

/** From here on a playback is one of the history. */
const WATCHED_SHARE = 0.9;

interface Played {
  readonly number: number;
  readonly user: SimulatedUser;
  readonly device: SimulatedDevice;
  readonly item: CatalogueItem;
  /** To the second. */
  readonly atS: number;
}

/** What the server remembers: devices that were seen, playbacks that came to their end. */
export class PlexDiary {
  private readonly devices: { readonly device: SimulatedDevice; readonly sinceS: number }[] = [];
  private readonly played: Played[] = [];
  private readonly stopListening: () => void;

  constructor(private readonly core: SimulatorCore) {
    this.stopListening = core.engine.onChange((change, session, playback) => {
      const atS = Math.floor(core.clock.now() / 1_000);
      if (change === 'opened' && !this.devices.some(({ device }) => device.id === session.device.id)) this.devices.push({ device: session.device, sinceS: atS });
      const isWatched = change === 'stopped' && playback !== null && playback.positionMs >= (playback.item.durationMs ?? Number.MAX_SAFE_INTEGER) * WATCHED_SHARE;
      if (isWatched) this.played.unshift({ number: this.played.length + 1, user: session.user, device: session.device, item: playback.item, atS });
    });
  }

  dispose(): void {
    this.stopListening();
  }

  routes(): Route<Call>[] {
    return [
      route('GET', '/devices', 'admin', () => {
        const rows = this.devices.map(({ device, sinceS }, at) => ({ id: at + 1, name: device.name, platform: device.platform, clientIdentifier: device.id, createdAt: sinceS }));
        return container({ identifier: 'com.plexapp.system.devices' }, { name: 'Device', rows });
      }),
      route('GET', '/status/sessions/history/all', 'admin', ({ request }) => {
        const since = Number(request.query.get('viewedat>') ?? 0);
        return page(request, this.played.filter(({ atS }) => atS >= since), (row) => this.row(row));
      }),
    ];
  }

  /** The time comes as a number or as text. */
  private row({ number, user, device, item, atS }: Played): object {
    const top = topOf(item);
    return {
      historyKey: `/status/sessions/history/${number}`,
      key: `/library/metadata/${item.number}`,
      ratingKey: String(item.number),
      librarySectionID: String(item.library.number),
      title: item.title,
      type: itemType(item),
      ...(item.parent === null ? {} : { grandparentTitle: top.title, index: item.index, parentIndex: item.parent.index }),
      viewedAt: number % 2 === 0 ? String(atS) : atS,
      accountID: Number(accountId({ user })),
      deviceID: this.devices.findIndex((each) => each.device.id === device.id) + 1,
    };
  }
}
