import { AppError, type Capability, type SessionCommand, type SessionControls } from '@usher/contracts';
import type { MediaServer } from '@usher/media-server';
import { withTimeout, type Clock } from '@usher/resilience';
import type { ServerProvider } from '../server/server.provider.js';
import type { SessionWatcher } from './session-watcher.js';

/** Below the commands' own time, so that the reason travels back. */
const CALL_TIMEOUT_MS = 9_500;

/** Acts on one session after asking whether server and client can do it. */
export class SessionControl {
  constructor(
    private readonly provider: Pick<ServerProvider, 'current' | 'noteWatched'>,
    private readonly watcher: Pick<SessionWatcher, 'find'>,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError CAPABILITY_MISSING, NOT_FOUND, and those of the adapter */
  async stop(vendorId: string, reason: string | null): Promise<void> {
    const server = this.serverFor(vendorId, 'sessions.stop', 'stop');
    await this.inTime(() => server.sessions.stop(vendorId, reason));
  }

  /** @throws AppError CAPABILITY_MISSING, NOT_FOUND, and those of the adapter */
  async control(vendorId: string, command: SessionCommand): Promise<void> {
    const server = this.serverFor(vendorId, 'sessions.control', command.type === 'seek' ? 'seek' : 'pause');
    await this.inTime(() => server.sessions.control(vendorId, command));
  }

  /** @throws AppError CAPABILITY_MISSING, NOT_FOUND, and those of the adapter */
  async message(vendorId: string, text: string): Promise<void> {
    const server = this.serverFor(vendorId, 'sessions.message', 'message');
    await this.inTime(() => server.sessions.message(vendorId, text));
  }

  /** Somebody looks at the sessions of this server for the next `forMs`. */
  watched(forMs: number): void {
    this.provider.noteWatched(forMs);
  }

  private serverFor(vendorId: string, capability: Capability, control: keyof SessionControls): MediaServer {
    const server = this.provider.current();
    server.capabilities.require(capability);
    const session = this.watcher.find(vendorId);
    if (session === undefined) throw new AppError('NOT_FOUND', 'This session is gone.', { sessionVendorId: vendorId });
    if (session && !session.controls[control]) {
      throw new AppError('CAPABILITY_MISSING', 'The client of this session does not take that.', { capability, reason: 'client' });
    }
    return server;
  }

  private inTime(call: () => Promise<void>): Promise<void> {
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    return withTimeout(call, CALL_TIMEOUT_MS, onTimeout, this.clock);
  }
}
