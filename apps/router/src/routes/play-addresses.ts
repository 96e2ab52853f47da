import { Inject, Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, preparePlayback } from '@usher/contracts';
import { FleetView } from '../fleet-view/fleet-view.js';
import { ROUTER_TERMS, type RouterTerms } from '../infrastructure.js';

/** Where a viewer is sent: the vendor's page, below the address under which viewers reach that server. */
@Injectable()
export class PlayAddresses {
  constructor(
    private readonly fleet: FleetView,
    private readonly bus: HubBus,
    @Inject(ROUTER_TERMS) private readonly terms: Pick<RouterTerms, 'publicUrl'>,
  ) {}

  /** Asks the agent of the server. @throws as `HubBus.command`, and ADDRESS_REFUSED */
  async ask(serverId: string, request: { itemId: string; userId: string; positionMs: number }): Promise<string> {
    const { address } = await this.bus.command(preparePlayback, { serverId }, request);
    return this.locationOf(serverId, address);
  }

  /** Nobody is trusted for a moment whose confirmation failed. */
  distrust(serverId: string): void {
    this.fleet.suspect(serverId);
  }

  /** @throws ADDRESS_REFUSED for what leaves the server's own address, leads back to a link of ours, or drops the encryption of the link */
  private locationOf(serverId: string, address: string): string {
    const base = this.fleet.directory.server(serverId)?.viewerUrl;
    if (base === undefined) throw new AppError('AGENT_OFFLINE', 'This server is not registered any more.', { serverId });
    const root = new URL(base.endsWith('/') ? base : `${base}/`);
    const location = new URL(address, root);
    const isBelow = location.origin === root.origin && location.pathname.startsWith(root.pathname) && location.username === '' && location.password === '';
    const own = new URL(this.terms.publicUrl);
    const isLoop = location.host === own.host && location.pathname.startsWith(`${own.pathname.replace(/\/+$/, '')}/r/`);
    if (!isBelow || isLoop || !/^https?:$/.test(location.protocol)) throw new AppError('ADDRESS_REFUSED', 'The play address leads elsewhere than to its server.', { serverId, reason: isLoop ? 'loop' : 'origin' });
    if (own.protocol === 'https:' && location.protocol === 'http:') {
      throw new AppError('ADDRESS_REFUSED', 'An encrypted link may not lead to an address without encryption; give the server an https address for viewers.', { serverId, reason: 'plain-http' });
    }
    return location.href;
  }
}
