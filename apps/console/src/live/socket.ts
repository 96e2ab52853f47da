import { createClient, type Client, type EventClosedListener, type EventConnectedListener } from 'graphql-ws';
import { stringifyDocument, type TypedDocumentNode } from 'urql';
import { socketUrl } from '../api/base-path.js';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
const KEEP_ALIVE_MS = 12_000;

/** A WebSocket that opens with its first subscription, closes with its last one and reconnects for ever in between. */
export function createSocket(on: { connected?: EventConnectedListener; closed?: EventClosedListener } = {}): Client {
  return createClient({
    url: socketUrl,
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retries))),
    on,
  });
}

/** Subscribes until the returned function is called; what the server refuses or ends is asked for again after five seconds. */
export function listen<T extends object, V extends Record<string, unknown>>(socket: Client, document: TypedDocumentNode<T, V>, variables: V, take: (data: T) => void): () => void {
  let open = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end: () => void = () => undefined;
  const again = () => {
    if (open) timer = setTimeout(start, LONGEST_WAIT_MS);
  };
  const start = () => {
    end = socket.subscribe<T>({ query: stringifyDocument(document), variables }, { next: ({ data }) => open && data && take(data), error: again, complete: again });
  };
  start();
  return () => {
    open = false;
    clearTimeout(timer);
    end();
  };
}
