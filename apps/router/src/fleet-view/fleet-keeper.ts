import { Inject, Injectable } from '@nestjs/common';
import { FleetDirectory, HubConnection } from '@usher/bus';
import { FleetEvents } from './fleet-events.js';
import { FleetView } from './fleet-view.js';
import { ROUTER_TERMS, type RouterTerms } from '../infrastructure.js';

const REFRESH_MS = 30_000;
const RETRY_MS = 2_000;

/** Keeps the directory in step with the controller's rows: at start, after every change, after every loss of the broker, and every 30 s. */
@Injectable()
export class FleetKeeper {
  private readonly stopping = new AbortController();
  private work: Promise<void> | null = null;
  private isTold = false;
  private known = new Set<string>();

  constructor(
    private readonly directory: FleetDirectory,
    private readonly view: FleetView,
    private readonly events: FleetEvents,
    private readonly hub: HubConnection,
    @Inject(ROUTER_TERMS) private readonly terms: Pick<RouterTerms, 'clock' | 'logger'>,
  ) {}

  start(): void {
    this.directory.onChange(() => this.forgetTheGone());
    this.events.listen((event) => {
      if (event.type === 'changed' && (event.change.kind === 'server' || event.change.kind === 'agent')) void this.refresh();
    });
    this.hub.onStatus((connected) => {
      if (connected) void this.refresh();
    });
    this.work ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private forgetTheGone(): void {
    const now = new Set(this.directory.servers().map(({ serverId }) => serverId));
    for (const serverId of this.known) if (!now.has(serverId)) this.view.forget(serverId);
    this.known = now;
  }

  private async refresh(): Promise<boolean> {
    try {
      await this.directory.refresh();
      this.isTold = false;
      return true;
    } catch (error) {
      if (!this.isTold && !this.stopping.signal.aborted) this.terms.logger.warn('fleet.not_read', 'The controller does not tell the fleet; it is asked again.', { error });
      this.isTold = true;
      return false;
    }
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const isRead = await this.refresh();
      await this.terms.clock.sleep(isRead ? REFRESH_MS : RETRY_MS, signal).catch((reason: unknown) => {
        if (!signal.aborted) throw reason;
      });
    }
  }
}
