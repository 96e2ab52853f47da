import {
  ConsoleFleetDocument,
  ConsoleServersChangedDocument,
  ConsoleSessionsChangedDocument,
  type ConsoleServersChangedSubscription,
  type ConsoleSessionsChangedSubscription,
} from '@usher/api-client';
import { createClient as createSocket } from 'graphql-ws';
import { stringifyDocument, type Client, type TypedDocumentNode } from 'urql';
import { socketUrl } from '../api/base-path.js';
import type { LiveTransport } from './live-connection.js';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
const KEEP_ALIVE_MS = 12_000;

/** The two ways to the fleet: subscriptions over one WebSocket, and the whole fleet by HTTP. */
export function createTransport(api: Client): LiveTransport {
  return {
    open(handlers) {
      const socket = createSocket({
        url: socketUrl,
        keepAlive: KEEP_ALIVE_MS,
        retryAttempts: Number.POSITIVE_INFINITY,
        shouldRetry: () => true,
        retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retries))),
        on: { connected: handlers.connected, closed: handlers.closed },
      });
      let open = true;
      const listen = <T extends object>(document: TypedDocumentNode<T, Record<string, never>>, take: (data: T) => void): void => {
        socket.subscribe<T>(
          { query: stringifyDocument(document) },
          {
            next: ({ data }) => data && take(data),
            // The server refused or ended the subscription; the socket itself reconnects without this.
            error: () => open && setTimeout(() => open && listen(document, take), LONGEST_WAIT_MS),
            complete: () => open && setTimeout(() => open && listen(document, take), LONGEST_WAIT_MS),
          },
        );
      };
      listen<ConsoleSessionsChangedSubscription>(ConsoleSessionsChangedDocument, (data) => handlers.sessions(data.sessionsChanged));
      listen<ConsoleServersChangedSubscription>(ConsoleServersChangedDocument, (data) => handlers.server(data.serversChanged));
      return () => {
        open = false;
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
