import { frameData, frameType } from '../media-browser/frame.js';
import { openSocket, type SocketSetup } from '../media-browser/socket.js';
import type { PushConnection, PushEvents, PushSource } from '../push.js';
import { embyAuthHeaders } from './emby.http.js';
import { mapEmbySessions } from './emby.mapper.js';
import { EMBY_CHANGES, type EmbyClientFrame } from './emby.types.js';

const SUBSCRIBE: EmbyClientFrame = { MessageType: 'SessionsStart', Data: '0,5000' };

/**
 * `/embywebsocket` of an Emby. It opens with any token and may stay silent after a subscription (4.9.5), so it is a
 * bonus: the poll goes on, and the list by GET after each open is what proves the key.
 */
export function embyPush(setup: SocketSetup): PushSource {
  return { reliable: false, open: (events, signal) => open(setup, events, signal) };
}

async function open(setup: SocketSetup, events: PushEvents, signal: AbortSignal): Promise<PushConnection> {
  const socket = await openSocket(
    {
      url: setup.url,
      path: '/embywebsocket',
      // the socket takes the key in the query only
      query: { api_key: setup.identity.token(), deviceId: setup.identity.deviceId },
      headers: embyAuthHeaders(setup.identity),
      tls: setup.tls,
      egress: setup.egress,
      nowMs: setup.clock.now(),
      onClosed: events.closed,
      onText: (text) => deliver(text, setup, events),
    },
    signal,
  );
  socket.send(JSON.stringify(SUBSCRIBE));
  return {
    // no keep-alive message exists; a ping is answered with a pong
    check: () =>
      new Promise((resolve) => {
        socket.once('pong', () => resolve());
        socket.ping();
      }),
    close: () => socket.terminate(),
  };
}

/** What a frame means for the watch; types that say nothing about sessions are dropped. */
function deliver(text: string, setup: SocketSetup, events: Pick<PushEvents, 'sessions' | 'changed' | 'librariesChanged' | 'restarting'>): void {
  const type = frameType(text);
  if (type === 'Sessions') events.sessions(() => mapEmbySessions(frameData(text), { nowMs: setup.clock.now(), ownDeviceId: setup.identity.deviceId }));
  else if (type !== null && EMBY_CHANGES.has(type)) events.changed();
  else if (type === 'LibraryChanged') events.librariesChanged();
  else if (type === 'ServerRestarting' || type === 'ServerShuttingDown') events.restarting();
}
