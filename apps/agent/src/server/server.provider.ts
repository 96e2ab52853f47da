import { AppError } from '@usher/contracts';
import type { EgressGuard, MediaServer, MediaServerOptions } from '@usher/media-server';
import type { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import type { AgentSettings, Credential } from './agent-settings.js';
import type { ServerStatus } from './server-status.js';

export interface ServerProviderOptions {
  readonly serverId: string;
  readonly settings: Pick<AgentSettings, 'config' | 'credential'>;
  readonly status: ServerStatus;
  readonly create: (options: MediaServerOptions) => MediaServer;
  readonly egress: EgressGuard;
  readonly plexTvUrl: string;
  readonly clientVersion: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Builds the right adapter from the credential, and a new one only when the credential has changed. */
export class ServerProvider {
  private server: MediaServer | null = null;
  private problem: AppError | null = null;
  private watchedUntilMs = 0;

  constructor(private readonly options: ServerProviderOptions) {}

  /** @throws AppError why there is no adapter: the credential's address may not be reached, or there is none */
  current(): MediaServer {
    if (this.server) return this.server;
    throw this.problem ?? new AppError('SERVER_UNREACHABLE', 'The agent of this server holds no credential.');
  }

  get currentOrNull(): MediaServer | null {
    return this.server;
  }

  /** Somebody looks at the sessions: the adapter reads them more often until then. */
  noteWatched(forMs: number): void {
    this.watchedUntilMs = this.options.clock.monotonicMs() + forMs;
  }

  /** Closes what there was and builds from the credential as it is now. */
  async rebuild(): Promise<void> {
    await this.close();
    const { settings, status, logger } = this.options;
    status.reset();
    const { credential } = settings;
    this.problem = null;
    if (!credential) return;
    try {
      this.server = this.options.create(this.optionsOf(credential));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.problem = error;
      status.noteVendor({ ...status.vendor, status: 'unreachable', code: error.code });
      logger.warn('server.refused', 'No adapter can be made for this address.', { error });
    }
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = null;
    await server?.close();
  }

  private optionsOf(credential: Credential): MediaServerOptions {
    const { serverId, settings, status, egress, plexTvUrl, clientVersion, clock } = this.options;
    return {
      kind: credential.kind,
      origin: credential.origin,
      token: () => credential.token.reveal(),
      tls: credential.tls,
      clock,
      clientName: 'Usher',
      clientVersion,
      deviceId: serverId,
      plexTvUrl: settings.config.plexTvUrl ?? plexTvUrl,
      egress,
      onCall: (call) => status.noteCall(call),
      onStatus: (vendor) => status.noteVendor(vendor),
      isWatched: () => clock.monotonicMs() < this.watchedUntilMs,
      sessionsPollS: () => settings.config.poll.sessionsS,
    };
  }
}
