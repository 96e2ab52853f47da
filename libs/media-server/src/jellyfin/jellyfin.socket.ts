import type WebSocket from 'ws';
import { frameData, frameType } from '../media-browser/frame.js';
import { openSocket, type SocketSetup } from '../media-browser/socket.js';
import type { PushConnection, PushEvents, PushSource } from '../push.js';
import { classifyJellyfin, jellyfinAuthHeaders } from './jellyfin.http.js';
import { mapJellyfinSessions } from './jellyfin.mapper.js';
import type { JellyfinClientFrame } from './jellyfin.types.js';

/** A shorter interval only makes the server repeat positions that it extrapolates itself. */
const INTERVAL_MS = 5_000;

/** `/socket` of a Jellyfin, subscribed to sessions once: a second subscription doubles every push (12.0). */
export function jellyfinPush(options: SocketSetup): PushSource {
  return { reliable: true, open: (events, signal) => open(options, events, signal) };
}

async function open(options: SocketSetup, events: PushEvents, signal: AbortSignal): Promise<PushConnection> {
  let onKeepAlive = (): void => undefined;
  const socket = await openSocket(
    {
      url: options.url,
      path: '/socket',
      query: { deviceId: options.identity.deviceId },
      headers: jellyfinAuthHeaders(options.identity),
      tls: options.tls,
      egress: options.egress,
      nowMs: options.clock.now(),
      classify: (response) => classifyJellyfin({ path: '/socket' }, response, options.clock.now()),
      onClosed: events.closed,
      onText: (text, from) => {
        const type = frameType(text);
        if (type === 'KeepAlive') onKeepAlive();
        else if (type === 'ForceKeepAlive') send(from, { MessageType: 'KeepAlive' });
        else deliver(type, text, options, events);
      },
    },
    signal,
  );
  send(socket, { MessageType: 'SessionsStart', Data: `0,${INTERVAL_MS}` });
  return {
    check: () =>
      new Promise((resolve) => {
        onKeepAlive = resolve;
        send(socket, { MessageType: 'KeepAlive' });
      }),
    close: () => socket.terminate(),
  };
}

/** What a frame from the server means for the watch; types that say nothing about sessions are dropped. */
function deliver(type: string | null, text: string, setup: SocketSetup, events: Pick<PushEvents, 'sessions' | 'librariesChanged' | 'restarting'>): void {
  if (type === 'Sessions') events.sessions(() => mapJellyfinSessions(frameData(text), { nowMs: setup.clock.now(), ownDeviceId: setup.identity.deviceId }));
  // a key's socket gets none; an administrator's does
  else if (type === 'LibraryChanged') events.librariesChanged();
  else if (type === 'ServerRestarting' || type === 'ServerShuttingDown') events.restarting();
}

function send(socket: WebSocket, frame: JellyfinClientFrame): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
}
