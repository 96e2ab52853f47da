import { once } from 'node:events';
import type { TlsOptions } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import type { EgressGuard } from '../egress/egress-guard.js';
import { countOf, fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import { openSocket } from '../media-browser/socket.js';
import type { PushConnection, PushEvents, PushSource } from '../push.js';
import { plexHeaders, type PlexIdentity } from './plex.http.js';

/** A report every 10 s moves a position by that much; a larger difference is a jump. */
const JUMP_MS = 12_000;

export interface PlexSocketOptions {
  readonly url: URL;
  readonly tls: TlsOptions;
  readonly egress: EgressGuard;
  readonly clock: Clock;
  readonly identity: PlexIdentity;
}

/** `/:/websockets/notifications`. No subscription is needed; what it tells has no user and no title, so changes are read by GET. */
export function plexPush(options: PlexSocketOptions): PushSource {
  return { reliable: true, open: (events, signal) => open(options, events, signal) };
}

async function open(options: PlexSocketOptions, events: PushEvents, signal: AbortSignal): Promise<PushConnection> {
  const filter = new NotificationFilter(options.clock);
  const socket = await openSocket(
    {
      url: options.url,
      path: '/:/websockets/notifications',
      query: {},
      headers: plexHeaders(options.identity),
      tls: options.tls,
      egress: options.egress,
      nowMs: options.clock.now(),
      onClosed: events.closed,
      onText: (text) => {
        if (filter.isChange(text)) events.changed();
        else if (isLibraryChange(text)) events.librariesChanged();
      },
    },
    signal,
  );
  return {
    // Plex has no keep-alive of its own: the socket's ping, which its server has to answer
    check: async () => {
      socket.ping();
      await once(socket, 'pong');
    },
    close: () => socket.terminate(),
  };
}

/** An item was read to its end, or is gone. */
const SETTLED = new Set([5, 9]);

/** Tells that what the libraries hold is another. */
export function isLibraryChange(text: string): boolean {
  const container = containerOf(text);
  if (textOf(container['type'], 100) !== 'timeline') return false;
  return listOf(container['TimelineEntry']).some((entry) => SETTLED.has(countOf(fieldsOf(entry)['state']) ?? -1));
}

/** Nothing for a frame that is no JSON. */
function containerOf(text: string): Fields {
  try {
    return fieldsOf(fieldsOf(JSON.parse(text))['NotificationContainer']);
  } catch {
    return {};
  }
}

interface Known {
  readonly state: string | null;
  readonly item: string | null;
  readonly transcode: string | null;
  readonly positionMs: number;
  readonly atMs: number;
}

/** Tells notifications that mean another list from the many that only move a position. */
export class NotificationFilter {
  readonly #known = new Map<string, Known>();

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  isChange(text: string): boolean {
    const container = containerOf(text);
    const type = textOf(container['type'], 100);
    if (type === 'transcodeSession.start' || type === 'transcodeSession.end') return true;
    if (type !== 'playing') return false;
    // each one is noted, also when an earlier one is a change already
    return listOf(container['PlaySessionStateNotification']).map((entry) => this.#note(fieldsOf(entry))).includes(true);
  }

  #note(entry: Fields): boolean {
    const key = textOf(entry['sessionKey'], 100);
    if (key === null) return false;
    const before = this.#known.get(key);
    const now: Known = {
      state: textOf(entry['state'], 50),
      item: textOf(entry['ratingKey'], 200),
      transcode: textOf(entry['transcodeSession'], 200),
      positionMs: countOf(entry['viewOffset']) ?? 0,
      atMs: this.clock.monotonicMs(),
    };
    if (now.state === 'stopped') this.#known.delete(key);
    else this.#known.set(key, now);
    if (!before || now.state === 'stopped') return true;
    const expectedMs = before.positionMs + (before.state === 'playing' ? now.atMs - before.atMs : 0);
    const jumped = Math.abs(now.positionMs - expectedMs) > JUMP_MS;
    return jumped || before.state !== now.state || before.item !== now.item || before.transcode !== now.transcode;
  }
}
