import { AppError, type preparePlayback } from '@usher/contracts';
import { withTimeout, type Clock } from '@usher/resilience';
import type { z } from 'zod';
import type { AgentSettings } from '../server/agent-settings.js';
import type { ServerProvider } from '../server/server.provider.js';

/** Whoever waits has a viewer waiting. */
const CALL_TIMEOUT_MS = 1_800;

interface PreparationOptions {
  readonly provider: Pick<ServerProvider, 'current'>;
  readonly settings: Pick<AgentSettings, 'credential'>;
  readonly clock: Clock;
}

/** Confirms to the router that an account can play an item here now, and where. Nothing is changed at the server. */
export class PlaybackPreparation {
  constructor(private readonly options: PreparationOptions) {}

  /** @throws AppError NOT_FOUND, ADDRESS_REFUSED, SERVER_UNREACHABLE, and those of the adapter */
  async prepare({ itemId, userId, positionMs }: z.infer<typeof preparePlayback.request>): Promise<z.infer<typeof preparePlayback.reply>> {
    const server = this.options.provider.current();
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    const confirm = () => Promise.all([server.playback.check(itemId, userId), server.playback.address(itemId, positionMs)]);
    const [source, address] = await withTimeout(confirm, CALL_TIMEOUT_MS, onTimeout, this.options.clock);
    this.refuseSecrets(address);
    return { source, address };
  }

  /** Whatever an adapter builds: the key of the server never leaves in an address. */
  private refuseSecrets(address: string): void {
    const token = this.options.settings.credential?.token.reveal();
    if (token && decodeURIComponent(address).includes(token)) throw new AppError('ADDRESS_REFUSED', 'The play address holds a key.');
  }
}
