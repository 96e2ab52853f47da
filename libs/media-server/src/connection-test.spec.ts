import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { ConnectionTestResult } from '@usher/contracts';
import { ManualClock, systemClock } from '@usher/resilience';
import { testConnection, type ConnectionTestRequest } from './connection-test.js';
import { EgressGuard } from './egress/egress-guard.js';
import { expired, notYetValid, selfSigned, tlsKey, wrongHost } from './testing/certificates.js';
import { byPath, homeGuard, loopback, type Answer } from './testing/loopback.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function run(url: string, more: Partial<ConnectionTestRequest> = {}): Promise<ConnectionTestResult> {
  const result = await testConnection({
    url,
    token: () => 'key-of-the-test',
    vendor: null,
    tls: { verify: true },
    egress: homeGuard,
    clock: systemClock,
    clientName: 'Usher',
    clientVersion: '0.1.0',
    deviceId: 'usher-test',
    plexTvUrl: 'http://127.0.0.1:1',
    ...more,
  });
  expect(ConnectionTestResult.parse(result)).toEqual(result);
  expect(JSON.stringify(result)).not.toContain('key-of-the-test');
  return result;
}

async function serve(answer: Answer): Promise<string> {
  const server = await loopback(answer);
  closing.push(() => server.close());
  return server.url;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

const ID = '67c124253b294d26898edb302794bbac';
const PUBLIC = { Id: ID, ServerName: 'Attic', Version: '12.0.0', ProductName: 'Jellyfin Server', StartupWizardCompleted: true };
const json: (status: number, body: unknown) => Answer = (status, body) => (_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const jellyfin = (more: Record<string, unknown> = {}, prefix = ''): Answer => {
  const table = {
    '/System/Info/Public': PUBLIC,
    '/System/Info': { ...PUBLIC, HasUpdateAvailable: false },
    '/Library/VirtualFolders': [],
    '/System/Configuration': { EnableLegacyAuthorization: false },
    '/System/Configuration/network': { EnableRemoteAccess: true, RequireHttps: true, KnownProxies: [] },
    '/Users': [],
    '/Users/Public': [],
    ...more,
  };
  return byPath(Object.fromEntries(Object.entries(table).map(([path, value]) => [`${prefix}${path}`, value])));
};

describe('testConnection with a server that works', () => {
  it('finds a Jellyfin out by itself', async () => {
    const result = await run(await serve(jellyfin()));
    expect(result).toMatchObject({ ok: true, profile: { kind: 'jellyfin', machineId: ID, name: 'Attic', version: '12.0.0', versionTested: true }, warnings: [] });
  });

  it('finds it under a base path, with or without a slash at the end', async () => {
    const url = await serve(jellyfin({}, '/jellyfin'));
    await expect(run(`${url}/jellyfin`)).resolves.toMatchObject({ ok: true });
    await expect(run(`${url}/jellyfin/`)).resolves.toMatchObject({ ok: true });
    await expect(run(url)).resolves.toMatchObject({ ok: false, reason: 'not-a-media-server' });
  });

  it('finds an Emby out, and warns of a version that was not tested', async () => {
    const info = { Id: ID, ServerName: 'Harbor', Version: '4.10.0.5' };
    const table = { '/System/Info/Public': info, '/emby/System/Info': info, '/emby/Library/VirtualFolders/Query': { Items: [] }, '/emby/Users/Query': { Items: [] }, '/emby/Users/Public': [] };
    const result = await run(await serve(byPath(table)));
    expect(result).toMatchObject({ ok: true, profile: { kind: 'emby', versionTested: false }, warnings: ['Emby 4.10.0.5 was not tested with Usher; most things will work.'] });
  });

  it('warns when the certificate is not checked', async () => {
    const server = createTlsServer({ key: tlsKey, cert: selfSigned }, (request, response) => jellyfin()(request, response, ''));
    const port = await listen(server);
    await expect(run(`https://127.0.0.1:${port}`, { tls: { verify: false } })).resolves.toMatchObject({ ok: true, warnings: ['The certificate of this server is not checked.'] });
    await expect(run(`https://127.0.0.1:${port}`, { tls: { verify: true, caPem: selfSigned } })).resolves.toMatchObject({ ok: true, warnings: [] });
    server.closeAllConnections();
  });
});

describe('testConnection names the exact reason', () => {
  it('name not found', async () => {
    await expect(run('http://nowhere.invalid:8096')).resolves.toMatchObject({ ok: false, code: 'SERVER_UNREACHABLE', reason: 'dns' });
  });

  it('refused', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await closing.pop()!();
    await expect(run(`http://127.0.0.1:${port}`)).resolves.toMatchObject({ ok: false, code: 'SERVER_UNREACHABLE', reason: 'refused' });
  });

  it('timed out, within the deadline of the command', async () => {
    const clock = new ManualClock();
    const held = await serve(() => undefined);
    const result = run(held, { clock });
    await clock.advance(18_000);
    await expect(result).resolves.toMatchObject({ ok: false, code: 'SERVER_UNREACHABLE', reason: 'timeout' });
  });

  it.each([
    ['self-signed', selfSigned, undefined],
    ['expired', expired, expired],
    ['not-yet-valid', notYetValid, notYetValid],
    ['wrong-host', wrongHost, wrongHost],
  ])('TLS: %s', async (tlsProblem, cert, caPem) => {
    const port = await listen(createTlsServer({ key: tlsKey, cert }, (_request, response) => response.end()));
    const tls = caPem === undefined ? { verify: true } : { verify: true, caPem };
    await expect(run(`https://127.0.0.1:${port}`, { tls })).resolves.toMatchObject({ ok: false, code: 'SERVER_UNREACHABLE', reason: 'tls', tlsProblem });
  });

  it('TLS: the port speaks plain http', async () => {
    const url = await serve(jellyfin());
    await expect(run(url.replace('http:', 'https:'))).resolves.toMatchObject({ ok: false, reason: 'tls', tlsProblem: 'not-tls' });
  });

  it('TLS: only versions that are too old', async () => {
    const port = await listen(createTlsServer({ key: tlsKey, cert: selfSigned, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, (_request, response) => response.end()));
    await expect(run(`https://127.0.0.1:${port}`)).resolves.toMatchObject({ ok: false, reason: 'tls', tlsProblem: 'protocol' });
  });

  it.each<[string, Answer]>([
    ['a web page', (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>router</html>')],
    ['nothing at these paths', (_request, response) => response.writeHead(404).end()],
    ['some other JSON', json(200, { hello: 'world' })],
    ['a sign-in of something else', (_request, response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end()],
    ['an empty body', (_request, response) => response.writeHead(200).end()],
  ])('not a media server: %s', async (_name, answer) => {
    await expect(run(await serve(answer))).resolves.toMatchObject({ ok: false, code: 'SERVER_UNREACHABLE', reason: 'not-a-media-server', kind: null });
  });

  it('a redirect is not followed; the address that it points at is named', async () => {
    let asked = 0;
    const target = await serve(() => asked++);
    const result = await run(await serve((_request, response) => response.writeHead(301, { location: `${target}/web?token=x` }).end()));
    expect(result).toMatchObject({ ok: false, reason: 'not-a-media-server', message: `This address points at ${target}; register that address instead.` });
    expect(asked).toBe(0);
  });

  it('another vendor than the one that was said', async () => {
    await expect(run(await serve(jellyfin()), { vendor: 'emby' })).resolves.toMatchObject({ ok: false, message: 'This is Jellyfin, not Emby.', kind: 'jellyfin' });
    await expect(run(await serve(json(200, { MediaContainer: { machineIdentifier: 'abc' } })), { vendor: 'jellyfin' })).resolves.toMatchObject({ ok: false, message: 'This is Plex, not Jellyfin.' });
  });

  it.each<[string, Answer]>([
    ['setup server', (_request, response) => response.writeHead(503, { 'content-type': 'text/html', 'retry-after': '005' }).end('<html></html>')],
    ['setup server, empty', (_request, response) => response.writeHead(503, { 'retry-after': '005' }).end()],
    ['camelCase identity', json(200, { id: ID, serverName: 'Attic', version: '12.0.0', productName: 'Jellyfin Server', startupWizardCompleted: false })],
    ['start-up tasks', (_request, response) => response.writeHead(503, { 'content-type': 'text/html' }).end('Jellyfin Server is loading. Please try again shortly.')],
  ])('starting: %s', async (_name, answer) => {
    await expect(run(await serve(answer))).resolves.toMatchObject({ ok: false, code: 'SERVER_UNREACHABLE', reason: 'starting', retryAfterMs: expect.any(Number) });
  });

  it('a server that waits for its first set-up', async () => {
    await expect(run(await serve(json(200, { ...PUBLIC, StartupWizardCompleted: false })))).resolves.toMatchObject({ ok: false, code: 'VENDOR_ANSWER_INVALID', reason: 'not-set-up' });
  });

  it('the key is not known', async () => {
    const url = await serve(jellyfin({ '/System/Info': ((_request, response) => response.writeHead(401).end()) satisfies Answer }));
    await expect(run(url)).resolves.toMatchObject({ ok: false, code: 'SERVER_REJECTED_KEY', reason: 'unknown-key', kind: 'jellyfin' });
  });

  it("the key has no administrator's rights", async () => {
    const url = await serve(jellyfin({ '/Library/VirtualFolders': ((_request, response) => response.writeHead(403).end()) satisfies Answer }));
    await expect(run(url)).resolves.toMatchObject({ ok: false, code: 'SERVER_REJECTED_KEY', reason: 'not-administrator', kind: 'jellyfin' });
  });

  it('the server asks for a pause', async () => {
    const url = await serve((_request, response) => response.writeHead(429, { 'retry-after': '30' }).end());
    await expect(run(url)).resolves.toMatchObject({ ok: false, code: 'SERVER_RATE_LIMITED', retryAfterMs: 30_000 });
  });

  it('the egress rules', async () => {
    await expect(run('http://169.254.169.254/latest')).resolves.toMatchObject({ ok: false, code: 'EGRESS_BLOCKED' });
    const rebinding = new EgressGuard({ profile: 'hosted' }, async () => [{ address: '127.0.0.1', family: 4 }]);
    await expect(run('https://media.example', { egress: rebinding })).resolves.toMatchObject({ ok: false, code: 'EGRESS_BLOCKED', reason: 'address' });
  });

  it('an address that is none is the caller’s mistake', async () => {
    await expect(run('media.lan:8096')).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'url' } });
    await expect(run('http://user:pw@media.lan')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});
