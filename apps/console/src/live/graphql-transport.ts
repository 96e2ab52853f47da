import { ConsoleDrainsChangedDocument, ConsoleFleetDocument, ConsoleServersChangedDocument, ConsoleSessionsChangedDocument } from '@usher/api-client';
import type { Client } from 'urql';
import type { LiveTransport } from './live-connection.js';
import { createSocket, listen } from './socket.js';

/** The two ways to the fleet: subscriptions over one WebSocket, and the whole fleet by HTTP. */
export function createTransport(api: Client): LiveTransport {
  return {
    open(handlers) {
      const socket = createSocket({ connected: handlers.connected, closed: handlers.closed });
      const ends = [
        listen(socket, ConsoleSessionsChangedDocument, {}, (data) => handlers.sessions(data.sessionsChanged)),
        listen(socket, ConsoleServersChangedDocument, {}, (data) => handlers.server(data.serversChanged)),
        listen(socket, ConsoleDrainsChangedDocument, {}, (data) => handlers.drains(data.serverLoadsChanged)),
      ];
      return () => {
        for (const end of ends) end();
        void socket.dispose();
      };
    },
    async poll() {
      const { data, error } = await api.query(ConsoleFleetDocument, {}, { requestPolicy: 'network-only' }).toPromise();
      if (!data) throw error ?? new Error('The fleet could not be read.');
      return data;
    },
  };
}
