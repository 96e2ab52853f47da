import type { EndpointUse, LiveMode, VendorStatus } from '@usher/contracts';
import type { LiveStatus, VendorCall } from '@usher/media-server';
import type { Clock } from '@usher/resilience';
import { CallLog } from './call-log.js';

/** How the media server is and how it is followed, for the heartbeat. */
export class ServerStatus {
  private readonly calls: CallLog;
  private current: VendorStatus;
  private following: LiveStatus = { mode: 'none', lastPollAt: null, lastPushAt: null };
  /** ISO, UTC: when this address and key came into use. */
  since: string;
  private readonly callListeners = new Set<(call: VendorCall) => void>();
  private readonly listeners = new Set<(status: VendorStatus, before: VendorStatus) => void>();

  constructor(private readonly clock: Clock) {
    this.calls = new CallLog(clock);
    this.current = this.unknown();
    this.since = this.current.since;
  }

  get vendor(): VendorStatus {
    return this.current;
  }

  get live(): LiveMode {
    return { ...this.following, sessionCallsLastHour: this.calls.lastHour('session'), otherCallsLastHour: this.calls.lastHour('other') };
  }

  /** Calls of the last hour, by endpoint. */
  get endpoints(): EndpointUse[] {
    return this.calls.uses();
  }

  onChange(listener: (status: VendorStatus, before: VendorStatus) => void): void {
    this.listeners.add(listener);
  }

  onCall(listener: (call: VendorCall) => void): void {
    this.callListeners.add(listener);
  }

  noteCall(call: VendorCall): void {
    this.calls.note(call);
    for (const listener of this.callListeners) listener(call);
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
    this.since = this.current.since;
  }

  private unknown(): VendorStatus {
    return { status: 'unknown', reason: null, code: null, since: new Date(this.clock.now()).toISOString(), latencyMs: null };
  }
}
