import { AppError, type Capability, type RefreshMode } from '@usher/contracts';
import type { MediaServer } from '@usher/media-server';
import { withTimeout, type Clock } from '@usher/resilience';
import type { ServerProvider } from '../server/server.provider.js';

/** Below the commands' own time, so that the reason travels back. */
const CALL_TIMEOUT_MS = 18_000;

export interface ServerActionsOptions {
  readonly provider: Pick<ServerProvider, 'current'>;
  /** The server took an order: what it makes of it is worth following. */
  readonly ordered: () => void;
  readonly clock: Clock;
}

/** Orders to the media server. All throw CAPABILITY_MISSING, NOT_FOUND, and the errors of the adapter. */
export class ServerActions {
  constructor(private readonly options: ServerActionsOptions) {}

  scanLibrary(libraryId: string | null): Promise<void> {
    return this.order('libraries.scan', (server) => server.actions.scan(libraryId));
  }

  refreshLibrary(libraryId: string, mode: RefreshMode): Promise<void> {
    return this.order('metadata.refresh', (server) => server.actions.refreshLibrary(libraryId, mode));
  }

  refreshItem(itemId: string, mode: RefreshMode): Promise<void> {
    return this.order('metadata.refresh', (server) => server.actions.refreshItem(itemId, mode));
  }

  restart(): Promise<void> {
    return this.order('server.restart', (server) => server.actions.restart());
  }

  private async order(capability: Capability, call: (server: MediaServer) => Promise<void>): Promise<void> {
    const server = this.options.provider.current();
    server.capabilities.require(capability);
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    await withTimeout(() => call(server), CALL_TIMEOUT_MS, onTimeout, this.options.clock);
    this.options.ordered();
  }
}
