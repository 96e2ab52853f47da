import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@usher/resilience';
import type { AppError } from '@usher/contracts';
import type { VendorCall } from '../create-media-server.js';
import { homeGuard, loopback, type Answer, type LoopbackServer } from '../testing/loopback.js';
import { VendorHttp, type VendorHttpOptions } from './vendor-http.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(answer: Answer, more: Partial<VendorHttpOptions> = {}): Promise<{ http: VendorHttp; server: LoopbackServer; calls: VendorCall[] }> {
  const server = await loopback(answer);
  const calls: VendorCall[] = [];
  const http = clientOf(`${server.url}/base`, { ...more, onCall: (call) => calls.push(call) });
  closing.push(() => server.close());
  return { http, server, calls };
}

function clientOf(url: string, more: Partial<VendorHttpOptions> = {}): VendorHttp {
  const http = new VendorHttp({
    url: new URL(url),
    tls: { verify: true },
    egress: homeGuard,
    clock: systemClock,
    authHeaders: () => ({ authorization: 'key' }),
    random: () => 0,
    ...more,
  });
  closing.push(() => http.close());
  return http;
}

const get = { method: 'GET', path: '/thing', endpoint: 'GET /thing' } as const;
const ok: Answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}');

describe('VendorHttp', () => {
  it('puts path and query behind the base path, sends the key and reports the call', async () => {
    const { http, server, calls } = await start(ok);
    await expect(http.json({ ...get, query: { q: 'a b', n: 1, none: undefined } })).resolves.toEqual({ a: 1 });
    expect(server.requests).toEqual(['GET /base/thing?q=a+b&n=1']);
    expect(server.headers[0]).toMatchObject({ authorization: 'key', accept: 'application/json' });
    expect(calls).toEqual([{ endpoint: 'GET /thing', kind: 'other', ms: expect.any(Number), ok: true, status: 200 }]);
  });

  it('sends no key to public endpoints', async () => {
    const { http, server } = await start(ok);
    await http.json({ ...get, authorize: false });
    expect(server.headers[0]).not.toHaveProperty('authorization');
  });

  it('never joins reads that are made in different names', async () => {
    const { http, server } = await start((request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ as: request.headers['authorization'] })));
    const as = (authorization: string) => http.json({ ...get, headers: { authorization } });
    expect(await Promise.all([http.json(get), as('nell'), as('otis'), as('nell')])).toEqual([{ as: 'key' }, { as: 'nell' }, { as: 'otis' }, { as: 'nell' }]);
    expect(server.requests).toHaveLength(3);
  });

  it('makes identical reads at the same time one request', async () => {
    const { http, server } = await start(ok);
    await Promise.all([http.json(get), http.json(get), http.json({ ...get, path: '/other' })]);
    expect(server.requests.sort()).toEqual(['GET /base/other', 'GET /base/thing']);
    expect(http.usage().calls.coalesced).toBe(1);
  });

  it.each([
    [401, {}, '', 'SERVER_REJECTED_KEY', { reason: 'unknown-key' }],
    [403, {}, '', 'SERVER_REJECTED_KEY', { reason: 'not-administrator' }],
    [404, {}, '', 'NOT_FOUND', {}],
    [400, {}, '{"errors":{}}', 'VENDOR_ANSWER_INVALID', { httpStatus: 400 }],
    [414, {}, '', 'VENDOR_ANSWER_INVALID', { httpStatus: 414 }],
    [429, { 'retry-after': '7' }, '', 'SERVER_RATE_LIMITED', { retryAfterMs: 7_000 }],
    [503, { 'retry-after': '9' }, '<html></html>', 'SERVER_UNREACHABLE', { reason: 'starting', retryAfterMs: 9_000 }],
    [302, { location: 'https://other.example/web' }, '', 'SERVER_UNREACHABLE', { reason: 'not-a-media-server', redirectsTo: 'https://other.example' }],
    [301, { location: '/web' }, '', 'SERVER_UNREACHABLE', { reason: 'not-a-media-server' }],
    [200, { 'content-type': 'text/html' }, '<html>portal</html>', 'VENDOR_ANSWER_INVALID', { reason: 'html' }],
    [200, {}, '', 'VENDOR_ANSWER_INVALID', { reason: 'empty' }],
    [200, {}, '{"half":', 'VENDOR_ANSWER_INVALID', { reason: 'not-json' }],
  ])('status %i with %o and body %p is %s', async (status, headers, body, code, details) => {
    const { http } = await start((_request, response) => response.writeHead(status, headers).end(body));
    await expect(http.json(get)).rejects.toMatchObject({ code, details: expect.objectContaining(details) });
  });

  it('never repeats text of the answer in the message', async () => {
    const { http } = await start((_request, response) => response.writeHead(403).end('secret words'));
    await expect(http.json(get)).rejects.toMatchObject({ message: expect.not.stringContaining('secret') });
  });

  it('repeats a failed read up to four times, a command never', async () => {
    const { http, server } = await start((_request, response) => response.writeHead(500).end());
    await expect(http.json(get)).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
    expect(server.requests).toHaveLength(4);
    expect(http.usage()).toMatchObject({ calls: { retries: 3, coalesced: 0 }, breaker: 'closed', pausedUntil: null });
    await expect(http.send({ ...get, method: 'POST' })).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
    expect(server.requests).toHaveLength(5);
  });

  it('keeps retries within their budget', async () => {
    const { http, server } = await start((_request, response) => response.writeHead(500).end());
    await expect(http.json(get)).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
    await expect(http.json({ ...get, path: '/second' })).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
    expect(server.requests.filter((request) => request.includes('second'))).toHaveLength(1);
  });

  it('opens the breaker after five failures in a row and then asks no more', async () => {
    const { http, server } = await start((_request, response) => response.writeHead(500).end());
    for (let i = 0; i < 7; i++) await http.send({ ...get, method: 'POST' }).catch(() => undefined);
    expect(server.requests).toHaveLength(5);
    await expect(http.send({ ...get, method: 'POST' })).rejects.toMatchObject({ details: expect.objectContaining({ breaker: 'open' }) });
    expect(http.usage()).toMatchObject({ calls: { shed: 3 }, breaker: 'open' });
  });

  it('a refused key or a starting server opens no breaker', async () => {
    let status = 401;
    const { http, server } = await start((_request, response) => response.writeHead(status).end());
    for (let i = 0; i < 6; i++) await http.json(get).catch(() => undefined);
    status = 503;
    for (let i = 0; i < 6; i++) await http.json(get).catch(() => undefined);
    expect(server.requests).toHaveLength(12);
  });

  it('asks nothing while the server wants a pause', async () => {
    const { http, server } = await start((_request, response) => response.writeHead(429, { 'retry-after': '60' }).end());
    await expect(http.json(get)).rejects.toMatchObject({ code: 'SERVER_RATE_LIMITED' });
    const second = await http.json({ ...get, path: '/other' }).catch((error: AppError) => error);
    expect(second).toMatchObject({ code: 'SERVER_RATE_LIMITED' });
    expect((second as AppError).details['retryAfterMs']).toBeLessThanOrEqual(60_000);
    expect(http.usage()).toMatchObject({ calls: { rateLimited: 1 }, pausedUntil: expect.stringMatching(/Z$/) });
    expect(server.requests).toHaveLength(1);
  });

  it('refuses the 41st call at once when eight hang and 32 wait', async () => {
    const held: (() => void)[] = [];
    const { http } = await start((_request, response) => held.push(() => response.writeHead(200).end('{}')));
    const calls = Array.from({ length: 40 }, (_, i) => http.json({ ...get, path: `/${i}` }));
    await expect(http.json({ ...get, path: '/more' })).rejects.toMatchObject({ code: 'SERVER_BUSY' });
    expect(http.usage().calls.shed).toBe(1);
    const release = setInterval(() => held.splice(0).forEach((answer) => answer()), 5);
    await Promise.all(calls).finally(() => clearInterval(release));
    expect(calls).toHaveLength(40);
  });

  it('refuses an answer above 8 MiB', async () => {
    const { http } = await start((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(9 * 1024 * 1024)}"`));
    await expect(http.json({ ...get, retry: false })).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID', details: { reason: 'too-large' } });
  });

  it('says refused, dns and reset', async () => {
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(0, '127.0.0.1', resolve));
    const { port } = dead.address() as AddressInfo;
    await new Promise((resolve) => dead.close(resolve));
    await expect(clientOf(`http://127.0.0.1:${port}`).json({ ...get, retry: false })).rejects.toMatchObject({ details: { reason: 'refused' } });
    await expect(clientOf('http://nowhere.invalid').json({ ...get, retry: false })).rejects.toMatchObject({ details: { reason: 'dns' } });
    const { http } = await start((request) => request.socket.destroy());
    await expect(http.json({ ...get, retry: false })).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'refused' } });
  });

  it('says not-a-media-server for something that speaks no HTTP', async () => {
    const raw = createServer((socket) => socket.end('SSH-2.0-whatever\r\n').resume());
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => raw.close(() => resolve())));
    const { port } = raw.address() as AddressInfo;
    await expect(clientOf(`http://127.0.0.1:${port}`).json({ ...get, retry: false })).rejects.toMatchObject({ details: { reason: 'not-a-media-server' } });
  });

  it('ends with the caller', async () => {
    const { http } = await start(() => undefined);
    const caller = new AbortController();
    const call = http.json({ ...get, signal: caller.signal });
    caller.abort();
    await expect(call).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it('asks nothing after it was closed', async () => {
    const { http, server } = await start(ok);
    await http.close();
    await expect(http.json(get)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(server.requests).toHaveLength(0);
  });
});
