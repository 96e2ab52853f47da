// B28: form, text/plain, GET, cross-origin WebSocket: refused.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { runBar } from '../support/bar.js';
import { inWorld } from '../support/world.js';

async function upgradeStatus(url: string, origin: string | undefined): Promise<number> {
  const socket = new WebSocket(url, 'graphql-transport-ws', origin === undefined ? {} : { origin });
  socket.on('error', () => socket.terminate());
  const refused = once(socket, 'unexpected-response').then(([, response]) => (response as { statusCode: number }).statusCode);
  const opened = once(socket, 'open').then(() => 101);
  const status = await Promise.race([refused, opened]);
  socket.terminate();
  return status;
}

await runBar('B28', (bar) =>
  inWorld(async ({ stack, operator }) => {
    const url = `${stack.url}/graphql`;
    const mutation = 'mutation { signOut }';
    const authorization = `Bearer ${operator.token}`;
    const tries: Record<string, Promise<Response>> = {
      form: fetch(url, { method: 'POST', headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ query: mutation }).toString() }),
      multipart: fetch(url, { method: 'POST', headers: { authorization }, body: (() => { const form = new FormData(); form.set('query', mutation); return form; })() }),
      'text-plain': fetch(url, { method: 'POST', headers: { authorization, 'content-type': 'text/plain' }, body: JSON.stringify({ query: mutation }) }),
      'no-content-type': fetch(url, { method: 'POST', headers: { authorization, 'content-type': '' }, body: JSON.stringify({ query: mutation }) }),
      'get-query': fetch(`${url}?query=${encodeURIComponent('{ viewer { name } }')}`, { headers: { authorization } }),
      'get-mutation': fetch(`${url}?query=${encodeURIComponent(mutation)}`, { headers: { authorization } }),
    };
    for (const [name, response] of Object.entries(tries)) {
      const { status } = await response;
      bar.check(`${name}.status`, status, '4xx', status >= 400 && status < 500);
    }
    const { viewer } = await operator.ask<{ viewer: object | null }>('{ viewer { name } }');
    bar.equal('still-signed-in', viewer !== null, true);
    const socket = url.replace(/^http/, 'ws');
    for (const origin of ['http://evil.example', 'null', `http://127.0.0.1.evil.example:${stack.port}`, `http://127.0.0.1:${stack.port + 1}`]) {
      const status = await upgradeStatus(socket, origin);
      bar.check(`websocket.from ${origin}`, status, '403', status === 403 || status === 400 || status === 401);
    }
    bar.equal('websocket.own-origin', await upgradeStatus(socket, `http://127.0.0.1:${stack.port}`), 101);
  }),
);
