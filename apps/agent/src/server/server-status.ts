import type { LiveMode, VendorStatus } from '@usher/contracts';
import type { LiveStatus, VendorCall } from '@usher/media-server';
import type { Clock } from '@usher/resilience';
import { CallCounter } from './call-counter.js';

/** How the media server is and how it is followed, for the heartbeat. */
export class ServerStatus {
  private readonly sessionCalls: CallCounter;
  private readonly otherCalls: CallCounter;
  private current: VendorStatus;
  private following: LiveStatus = { mode: 'none', lastPollAt: null, lastPushAt: null };
  private readonly listeners = new Set<(status: VendorStatus, before: VendorStatus) => void>();

  constructor(private readonly clock: Clock) {
    this.sessionCalls = new CallCounter(clock);
    this.otherCalls = new CallCounter(clock);
    this.current = this.unknown();
  }

  get vendor(): VendorStatus {
    return this.current;
  }

  get live(): LiveMode {
    return { ...this.following, sessionCallsLastHour: this.sessionCalls.lastHour(), otherCallsLastHour: this.otherCalls.lastHour() };
  }

  onChange(listener: (status: VendorStatus, before: VendorStatus) => void): void {
    this.listeners.add(listener);
  }

  noteCall(call: VendorCall): void {
    (call.kind === 'session' ? this.sessionCalls : this.otherCalls).note();
  }

  noteLive(live: LiveStatus): void {
    this.following = live;
  }

  noteVendor(status: VendorStatus): void {
    const before = this.current;
    this.current = status;
    const same = before.status === status.status && before.reason === status.reason && before.code === status.code;
    if (!same) for (const listener of this.listeners) listener(status, before);
  }

  /** Another address or key: nothing is known of what answers there. */
  reset(): void {
    this.following = { mode: 'none', lastPollAt: null, lastPushAt: null };
    this.noteVendor(this.unknown());
  }

  private unknown(): VendorStatus {
    return { status: 'unknown', reason: null, code: null, since: new Date(this.clock.now()).toISOString(), latencyMs: null };
  }
}
