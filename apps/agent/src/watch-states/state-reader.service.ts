import { AppError, NEWEST_STATES, type WatchState, type glanceWatchStates, type listWatchStates, type readWatchStates } from '@usher/contracts';
import type { MediaServer } from '@usher/media-server';
import { withTimeout, type Clock } from '@usher/resilience';
import type { z } from 'zod';
import type { ServerProvider } from '../server/server.provider.js';
import { splitBySize } from '../storage/split-by-size.js';

const CALL_TIMEOUT_MS = 55_000;
const PAGE = 500;
/** A result part is at most 128 KiB, with its frame. */
const MAX_PART_BYTES = 120 * 1024;
/** What was read is believed for so long: a viewer may press a button at any time. */
export const FRESH_MS = 2_000;

interface LastRead {
  readonly server: MediaServer;
  readonly userId: string;
  /** Null = it was asked for and is not there. */
  readonly states: ReadonlyMap<string, WatchState | null>;
  /** Monotonic: when the question went out. */
  readonly atMs: number;
}

/** What was read of some titles of one account. */
export interface OwnRead {
  readonly states: ReadonlyMap<string, WatchState | null>;
  readonly atMs: number;
  /** How many times the server was asked for it. */
  readonly requests: number;
}

/** Reads what people watched, from where the vendor keeps it. */
export class StateReader {
  private last: LastRead | null = null;

  constructor(
    private readonly provider: Pick<ServerProvider, 'current'>,
    /** How many people watch now. */
    private readonly streams: () => number,
    private readonly clock: Clock,
    /** Called after the server told something at a glance. */
    private readonly onGlanced: () => void,
  ) {}

  /** In parts; together one page. @throws AppError `READ_INCOMPLETE`, `USER_TOKEN_MISSING`, and those of the adapter */
  async list({ userVendorId, page }: z.infer<typeof listWatchStates.request>): Promise<z.infer<typeof listWatchStates.reply>[]> {
    const server = this.provider.current();
    const { states, next } = await this.inTime(() => server.watchStates.list(userVendorId, page, PAGE));
    return splitBySize(states, MAX_PART_BYTES).map((part) => ({ states: part, next, streams: this.streams() }));
  }

  /** In parts. @throws AppError `USER_TOKEN_MISSING`, and those of the adapter */
  async read({ userVendorId, itemVendorIds }: z.infer<typeof readWatchStates.request>): Promise<z.infer<typeof readWatchStates.reply>[]> {
    const { states } = await this.anew(this.provider.current(), userVendorId, itemVendorIds);
    const found = [...states.values()].filter((state) => state !== null);
    return splitBySize(found, MAX_PART_BYTES).map((part) => ({ states: part, streams: this.streams() }));
  }

  /** For one request to the server. @throws AppError `USER_TOKEN_MISSING`, and those of the adapter */
  async glance({ userVendorId, of }: z.infer<typeof glanceWatchStates.request>): Promise<z.infer<typeof glanceWatchStates.reply>> {
    const { capabilities, watchStates } = this.provider.current();
    capabilities.require('watchStates.read');
    const states = await this.inTime(() => ('newest' in of ? watchStates.newest(userVendorId, of.newest, NEWEST_STATES) : watchStates.glance(userVendorId, of.itemVendorIds)));
    this.onGlanced();
    return { states };
  }

  /** The rows as they are: those of the last read when it is fresh and held them all. */
  async fresh(server: MediaServer, userId: string, itemIds: readonly string[]): Promise<OwnRead> {
    const { last } = this;
    const isUsable = last?.server === server && last.userId === userId && this.clock.monotonicMs() - last.atMs <= FRESH_MS && itemIds.every((id) => last.states.has(id));
    return isUsable ? { states: last.states, atMs: last.atMs, requests: 0 } : this.anew(server, userId, itemIds);
  }

  async anew(server: MediaServer, userId: string, itemIds: readonly string[]): Promise<OwnRead> {
    const atMs = this.clock.monotonicMs();
    const asked = [...new Set(itemIds)];
    const found = await this.inTime(() => server.watchStates.read(userId, asked));
    const byId = new Map(found.map((state) => [state.itemVendorId, state]));
    const states = new Map(asked.map((id) => [id, byId.get(id) ?? null]));
    this.last = { server, userId, states, atMs };
    return { states, atMs, requests: 1 };
  }

  /** Something was written: what was read before says nothing any more. */
  forget(): void {
    this.last = null;
  }

  private inTime<T>(call: () => Promise<T>): Promise<T> {
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    return withTimeout(call, CALL_TIMEOUT_MS, onTimeout, this.clock);
  }
}
