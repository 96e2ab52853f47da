import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@usher/testing';
import WebSocket from 'ws';
import { ControllerHarness } from './controller-harness.js';

let harness: ControllerHarness;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-console-'));
  await mkdir(path.join(folder, 'assets'));
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><html><head><base href="/"><title>Usher</title></head><body></body></html>');
  await writeFile(path.join(folder, 'assets', 'index-B7x_9kQ2.js'), 'export {};');
  await writeFile(path.join(folder, 'logo.svg'), '<svg/>');
  harness = await ControllerHarness.start({ env: { USHER_PUBLIC_URL: 'https://media.example/fleet/usher/', USHER_CONSOLE_DIR: folder, USHER_DEMO: 'true' } });
});
afterAll(async () => {
  await harness?.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (pathname: string, headers: Record<string, string> = {}) => fetch(harness.listener.url + pathname, { redirect: 'manual', headers });

describe('under a base path', () => {
  it.each(['/fleet/usher/', '/fleet/usher/servers/attic', '/fleet/usher/sign-in?next=x'])('%s is the page of the console', async (pathname) => {
    const response = await get(pathname);
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain('<head><base href="/fleet/usher/"><title>');
    expect(html.match(/<base/g)).toHaveLength(1);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('strict-transport-security')).toContain('max-age');
  });

  it('keeps hashed files for ever and asks again for others', async () => {
    const hashed = await get('/fleet/usher/assets/index-B7x_9kQ2.js');
    expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(hashed.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const logo = await get('/fleet/usher/logo.svg');
    expect(logo.headers.get('cache-control')).toBe('no-cache');
    expect((await get('/fleet/usher/logo.svg', { 'if-none-match': logo.headers.get('etag')! })).status).toBe(304);
  });

  it.each(['/', '/graphql', '/fleet', '/fleet/usherette', '/fleet/usher/assets/none.js', '/fleet/usher/..%2f..%2fetc%2fpasswd.txt', '/fleet/usher/%E0%A4%A'])('%s is nothing', async (pathname) => {
    const response = await get(pathname);
    expect([400, 404]).toContain(response.status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: expect.stringMatching(/NOT_FOUND|VALIDATION_FAILED/) } }] });
  });

  it('sends the bare path to its slash', async () => {
    const response = await get('/fleet/usher?x=1');
    expect([response.status, response.headers.get('location')]).toEqual([308, '/fleet/usher/?x=1']);
  });

  it('answers GraphQL and its upgrade there', async () => {
    const response = await fetch(`${harness.listener.url}/fleet/usher/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ setupState { demo insecure } }' }),
    });
    expect(await response.json()).toEqual({ data: { setupState: { demo: true, insecure: false } } });
    const { token } = await harness.addOperator('viewer');
    const open = (pathname: string) =>
      new Promise<string>((resolve) => {
        const ws = new WebSocket(harness.listener.url.replace('http', 'ws') + pathname, 'graphql-transport-ws', { headers: { origin: 'https://media.example', cookie: `__Host-usher_sid=${token}` } });
        ws.on('open', () => ws.send('{"type":"connection_init"}'));
        ws.on('message', (data) => (resolve(String(data)), ws.close()));
        ws.on('error', (error) => resolve(error.message));
      });
    expect(await open('/fleet/usher/graphql')).toBe('{"type":"connection_ack"}');
    expect(await open('/graphql')).toContain('404');
  });
});

describe('places for operations at the same time', () => {
  it('come back from those who go away before their answer', async () => {
    const { token } = await harness.addOperator('operator');
    const body = JSON.stringify({ query: '{ servers { id } viewer { name } }' });
    const { hostname, port } = new URL(harness.listener.url);
    const head = ['POST /fleet/usher/graphql HTTP/1.1', `host: ${hostname}`, 'content-type: application/json', `authorization: Bearer ${token}`, `content-length: ${body.length}`];
    for (let turn = 0; turn < 16; turn++) {
      const socket = connect(Number(port), hostname);
      await new Promise((resolve) => socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, resolve));
      socket.destroy();
    }
    const ask = () => fetch(`${harness.listener.url}/fleet/usher/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body });
    await eventually(async () => expect((await Promise.all([ask(), ask(), ask(), ask()])).map(({ status }) => status)).toEqual([200, 200, 200, 200]));
  });
});

describe('health', () => {
  it.each(['/health', '/health/live', '/fleet/usher/health/live'])('%s says that the process lives', async (pathname) => {
    expect(await (await get(pathname)).json()).toEqual({ status: 'OK' });
  });

  it.each(['/health/ready', '/fleet/usher/health/ready', '/fleet/usher/api/health'])('%s names what it stands on', async (pathname) => {
    const response = await get(pathname);
    expect([response.status, await response.json()]).toEqual([200, { status: 'OK', dependencies: { database: 'OK', broker: 'OK' } }]);
  });

  it('is not ready without the broker, and lives on', async () => {
    await harness.nats.kill();
    await eventually(async () => (await get('/health/ready')).status === 503);
    expect(await (await get('/health/ready')).json()).toEqual({ status: 'DOWN', dependencies: { database: 'OK', broker: 'DOWN' } });
    expect((await get('/health/live')).status).toBe(200);
    const { token } = await harness.addOperator('operator');
    const response = await fetch(`${harness.listener.url}/fleet/usher/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: 'mutation { testServerConnection(input: { url: "http://a.example", token: "t" }) { ok } }' }),
    });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: expect.stringMatching(/^AGENT_(OFFLINE|TIMEOUT)$/) } }] });
  });
});

describe('stopping', () => {
  it('ends in order with live connections open, and starts again on the same data', async () => {
    const own = await ControllerHarness.start();
    try {
      await own.addRoles();
      const client = await own.socket().acknowledged();
      client.subscribe('1', 'subscription { serversChanged { id } }');
      await own.controller.stop();
      expect((await client.closed).code).toBe(1001);
      await own.listener.close();
      await own.restart();
      expect((await own.gql('{ viewer { name } }')).errors).toBeUndefined();
      const other = await own.socket().acknowledged();
      await own.listener.close();
      await other.closed;
    } finally {
      await own.close();
    }
  });

  it('refuses the key ring of another fleet before anything is written', async () => {
    const [one, other] = [await ControllerHarness.start(), await ControllerHarness.start()];
    try {
      await one.controller.stop();
      await expect(one.restart({ USHER_KEYRING_FILE: other.keyRingFile })).rejects.toMatchObject({ code: 'KEYRING_MISMATCH' });
    } finally {
      await one.close();
      await other.close();
    }
  });
});
