import { AppError, type Capability, type ControlOutcome, type SessionCommand, type SessionControls, type VendorSession } from '@usher/contracts';
import type { MediaServer } from '@usher/media-server';
import { withTimeout, type Clock } from '@usher/resilience';
import type { ServerProvider } from '../server/server.provider.js';
import { obeyed, outcomeOf, stopped, type Proof } from './control-outcome.js';
import type { SessionWatcher } from './session-watcher.js';
import type { SessionsPublisher } from './sessions-publisher.js';

/** Below the commands' own time, so that the reason travels back. */
const CALL_TIMEOUT_MS = 9_500;

/** What a command needs of the server and of its client. */
const NEEDS: Readonly<Record<SessionCommand['type'], readonly [Capability, keyof SessionControls]>> = {
  pause: ['sessions.control', 'pause'],
  resume: ['sessions.control', 'pause'],
  seek: ['sessions.control', 'seek'],
  play: ['playback.remotePlay', 'play'],
  'limit-bit-rate': ['sessions.limitBitRate', 'limitBitRate'],
};

export interface SessionControlOptions {
  readonly provider: Pick<ServerProvider, 'current' | 'noteWatched'>;
  readonly watcher: Pick<SessionWatcher, 'find' | 'onList'>;
  readonly publisher: Pick<SessionsPublisher, 'followPositions'>;
  readonly activities: { watched(forMs: number): void };
  readonly clock: Clock;
}

/** Acts on one session after asking whether server and client can do it, and tells what became of it. */
export class SessionControl {
  constructor(private readonly options: SessionControlOptions) {}

  /** @throws AppError CAPABILITY_MISSING, NOT_FOUND, and those of the adapter */
  async stop(vendorId: string, reason: string | null): Promise<ControlOutcome> {
    const { server, session } = this.find(vendorId, 'sessions.stop', 'stop');
    return await this.order(server, vendorId, () => server.sessions.stop(vendorId, reason), stopped(session));
  }

  /** @throws AppError CAPABILITY_MISSING, NOT_FOUND, and those of the adapter */
  async control(vendorId: string, command: SessionCommand): Promise<ControlOutcome> {
    const { server, session } = this.find(vendorId, ...NEEDS[command.type]);
    return await this.order(server, vendorId, () => server.sessions.control(vendorId, command), obeyed(command, session));
  }

  /** @throws AppError CAPABILITY_MISSING, NOT_FOUND, and those of the adapter */
  async message(vendorId: string, text: string): Promise<void> {
    const { server } = this.find(vendorId, 'sessions.message', 'message');
    await this.inTime(() => server.sessions.message(vendorId, text));
  }

  /** Somebody looks at the sessions of this server for the next `forMs`; at their positions too, when they say so. */
  watched(forMs: number, positions: boolean): void {
    this.options.provider.noteWatched(forMs);
    this.options.activities.watched(forMs);
    if (positions) this.options.publisher.followPositions(forMs);
  }

  private find(vendorId: string, capability: Capability, control: keyof SessionControls): { server: MediaServer; session: VendorSession | null } {
    const server = this.options.provider.current();
    server.capabilities.require(capability);
    const session = this.options.watcher.find(vendorId);
    if (session === undefined) throw new AppError('NOT_FOUND', 'This session is gone.', { sessionVendorId: vendorId });
    if (session && !session.controls[control]) {
      throw new AppError('CAPABILITY_MISSING', 'The client of this session does not take that.', { capability, reason: 'client' });
    }
    return { server, session };
  }

  private order(server: MediaServer, vendorId: string, call: () => Promise<void>, proof: Proof): Promise<ControlOutcome> {
    return outcomeOf(this.options, vendorId, { order: () => this.inTime(call), ask: () => server.sessions.list(), proof }, CALL_TIMEOUT_MS);
  }

  private inTime(call: () => Promise<void>): Promise<void> {
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    return withTimeout(call, CALL_TIMEOUT_MS, onTimeout, this.options.clock);
  }
}
