import { afterEach, describe, expect, it } from '@jest/globals';
import type { SessionCommand } from '@usher/contracts';
import { ManualClock, systemClock, type Clock } from '@usher/resilience';
import { createMediaServer } from '../create-media-server.js';
import type { MediaServer } from '../media-server.js';
import { byPath, homeGuard, loopback, type Answer, type LoopbackServer } from '../testing/loopback.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const ID = 'ae3349983dbe45d9aa1d317a7753483e';
const INFO = { Id: ID, ServerName: 'Harbor', Version: '12.0.0', ProductName: 'Jellyfin Server', HasUpdateAvailable: true };
const session = (more: object = {}, playState: object = {}) => ({
  Id: 's/1',
  ServerId: ID,
  DeviceId: 'd1',
  Client: 'Television',
  UserId: 'u1',
  SupportsRemoteControl: true,
  SupportedCommands: ['DisplayMessage'],
  NowPlayingItem: { Id: 'i1', Name: 'Metropolis', Type: 'Movie', RunTimeTicks: 91_800_000_000 },
  PlayState: { CanSeek: true, IsPaused: false, PlayMethod: 'DirectPlay', ...playState },
  ...more,
});
const status = (code: number, body = ''): Answer => (_request, response) => response.writeHead(code).end(body);

/** A server that answers the reads of a table and 204 to every command. */
async function start(kind: 'jellyfin' | 'emby', reads: Record<string, unknown>, more: { path?: string; clock?: Clock; command?: Answer } = {}) {
  const bodies: string[] = [];
  const table = byPath(reads);
  const web = await loopback((request, response, body) => {
    if (request.method === 'GET') return table(request, response, body);
    bodies.push(body);
    return (more.command ?? status(204))(request, response, body);
  });
  const server = createMediaServer({
    kind,
    origin: `${web.url}${more.path ?? ''}`,
    token: () => 'k',
    tls: { verify: true },
    clock: more.clock ?? systemClock,
    clientName: 'Usher',
    clientVersion: '0.1.0',
    deviceId: 'agent-1',
    plexTvUrl: web.url,
    egress: homeGuard,
  });
  closing.push(() => server.close(), () => web.close());
  return { server, web, bodies, commands: () => web.requests.filter((request) => request.startsWith('POST')) };
}

describe.each(['jellyfin', 'emby'] as const)('orders to %s', (kind) => {
  it.each([404, 400])('status %i for an id means that it is not there', async (code) => {
    const { server } = await start(kind, {}, { command: status(code) });
    await expect(server.actions.refreshItem('nope', 'missing')).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'This item is not on the media server.' });
  });
});

describe('Jellyfin', () => {
  const reads = {
    '/System/Info': INFO,
    '/Library/VirtualFolders': [],
    '/System/Configuration': {},
    '/System/Configuration/network': {},
    '/Users': [],
    '/Users/Public': [],
    '/Sessions': [session()],
  };

  it('is probed in full once a day and by one request in between', async () => {
    const clock = new ManualClock();
    const { server, web } = await start('jellyfin', reads, { clock });
    await expect(server.probe()).resolves.toMatchObject({ machineId: ID, updateAvailable: true, versionTested: true });
    expect([...web.requests].sort()).toEqual(['GET /Library/VirtualFolders', 'GET /System/Configuration', 'GET /System/Configuration/network', 'GET /System/Info', 'GET /Users', 'GET /Users/Public']);
    await server.probe();
    expect(web.requests).toHaveLength(7);
    await clock.advance(24 * 3_600_000);
    await server.probe();
    expect(web.requests).toHaveLength(13);
  });

  it('is probed in full again when another version answers', async () => {
    let version = '10.11.11';
    const info: Answer = (_request, response) => response.writeHead(200).end(JSON.stringify({ ...INFO, Version: version }));
    const { server, web } = await start('jellyfin', { ...reads, '/System/Info': info });
    await server.probe();
    version = '12.0.0';
    const profile = await server.probe();
    expect(web.requests).toHaveLength(12);
    expect(profile.hardening.map((entry) => entry.code)).toContain('restart-open-to-lan');
  });

  it('keeps its profile when a part of the hardening list cannot be read, and fails without an administrator', async () => {
    const partly = await start('jellyfin', { ...reads, '/System/Configuration': status(403), '/Users/Public': status(200, 'x') });
    await expect(partly.server.probe()).resolves.toMatchObject({ kind: 'jellyfin' });
    const viewer = await start('jellyfin', { ...reads, '/Library/VirtualFolders': status(403) });
    await expect(viewer.server.probe()).rejects.toMatchObject({ code: 'SERVER_REJECTED_KEY', details: { reason: 'not-administrator' } });
  });

  it('tells the viewer the reason before it stops, ids encoded', async () => {
    const { server, commands, bodies } = await start('jellyfin', reads);
    await server.sessions.stop('s/1', 'Maintenance');
    expect(commands()).toEqual(['POST /Sessions/s%2F1/Message', 'POST /Sessions/s%2F1/Playing/Stop']);
    expect(JSON.parse(bodies[0]!)).toEqual({ Header: 'Usher', Text: 'Maintenance', TimeoutMs: 8_000 });
  });

  it.each<[SessionCommand, string]>([
    [{ type: 'pause' }, 'POST /Sessions/s%2F1/Playing/Pause'],
    [{ type: 'resume' }, 'POST /Sessions/s%2F1/Playing/Unpause'],
    [{ type: 'seek', positionMs: 90_000 }, 'POST /Sessions/s%2F1/Playing/Seek?seekPositionTicks=900000000'],
  ])('is sent %o', async (command, request) => {
    const { server, commands } = await start('jellyfin', reads);
    await server.sessions.control('s/1', command);
    expect(commands()).toEqual([request]);
  });

  it('counts words that it can only show as unknown', async () => {
    const { server } = await start('jellyfin', { ...reads, '/Sessions': [session({ NowPlayingItem: { Id: 'i1', Name: 'Metropolis', Type: 'Hologram' } })] });
    await server.sessions.list();
    await server.sessions.list();
    expect(server.usage().unknownValues).toEqual([{ field: 'NowPlayingItem.Type: Hologram', count: 1 }]);
  });

  it('is sent nothing that a client without a socket would drop in silence', async () => {
    const { server, commands } = await start('jellyfin', { ...reads, '/Sessions': [session({ SupportsRemoteControl: false })] });
    for (const call of [server.sessions.stop('s/1'), server.sessions.message('s/1', 'x'), server.sessions.control('s/1', { type: 'pause' })]) {
      await expect(call).rejects.toMatchObject({ code: 'CAPABILITY_MISSING', details: { reason: 'client' } });
    }
    expect(commands()).toEqual([]);
  });

  it('a session that went away in the meantime is NOT_FOUND', async () => {
    const { server } = await start('jellyfin', reads, { command: status(404, '"Session not found"') });
    await expect(server.sessions.stop('s/1')).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'This session is gone.' });
  });

  it('never repeats a command by itself', async () => {
    const { server, commands } = await start('jellyfin', reads, { command: status(500) });
    await expect(server.sessions.control('s/1', { type: 'pause' })).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
    expect(commands()).toHaveLength(1);
  });

  it('users in an unknown form are an invalid answer, never none', async () => {
    const { server } = await start('jellyfin', { ...reads, '/Users': [{ foo: 1 }] });
    await expect(server.users.list()).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
  });

  it('sends its key and a stable device in every call', async () => {
    const { server, web } = await start('jellyfin', reads);
    await server.sessions.list();
    expect(web.headers[0]?.authorization).toBe('MediaBrowser Client="Usher", Device="Usher", DeviceId="agent-1", Version="0.1.0", Token="k"');
  });
});

describe('Emby', () => {
  const emby = (more: Record<string, unknown> = {}): Record<string, unknown> => ({ '/emby/Sessions': [session()], ...more });
  const roku = (paused: boolean) => emby({ '/emby/Sessions': [session({ Client: 'Roku SG' }, { IsPaused: paused })] });
  const bench = (reads = emby(), path = ''): Promise<{ server: MediaServer; web: LoopbackServer; bodies: string[]; commands: () => string[] }> => start('emby', reads, { path });

  it('takes a message by query, text and header both', async () => {
    const { server, commands } = await bench();
    await server.sessions.message('s/1', 'Ready & "hot"');
    expect(commands()).toEqual(['POST /emby/Sessions/s%2F1/Message?Text=Ready+%26+%22hot%22&Header=Usher&TimeoutMs=8000']);
  });

  it('takes a seek in the body', async () => {
    const { server, commands, bodies } = await bench();
    await server.sessions.control('s/1', { type: 'seek', positionMs: 90_000 });
    expect(commands()).toEqual(['POST /emby/Sessions/s%2F1/Playing/Seek']);
    expect(JSON.parse(bodies[0]!)).toEqual({ Command: 'Seek', SeekPositionTicks: 900_000_000 });
  });

  it.each([
    [false, 'pause', 1],
    [false, 'resume', 0],
    [true, 'pause', 0],
    [true, 'resume', 1],
  ] as const)('on a Roku (paused: %p) is told to %s by a toggle, sent %i times', async (paused, type, times) => {
    const { server, commands } = await bench(roku(paused));
    await server.sessions.control('s/1', { type });
    expect(commands()).toEqual(Array.from({ length: times }, () => 'POST /emby/Sessions/s%2F1/Playing/PlayPause'));
  });

  it('lists its users by the documented query, else by the old array', async () => {
    const rows = [{ Id: 'u1', Name: 'Nell', Policy: {} }];
    const current = await bench(emby({ '/emby/Users/Query': { Items: rows, TotalRecordCount: 1 } }));
    await expect(current.server.users.list()).resolves.toMatchObject([{ name: 'Nell' }]);
    const old = await bench(emby({ '/emby/Users': rows }));
    await expect(old.server.users.list()).resolves.toMatchObject([{ name: 'Nell' }]);
    expect(old.web.requests).toEqual(['GET /emby/Users/Query', 'GET /emby/Users']);
  });

  it('registered with its own prefix gets it once', async () => {
    const { server, web } = await bench(emby(), '/Emby');
    await expect(server.sessions.list()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(web.requests).toEqual(['GET /Emby/Sessions']);
  });

  it('sends its key in the header', async () => {
    const { server, web } = await bench();
    await server.sessions.list();
    expect(web.headers[0]).toMatchObject({ 'x-emby-token': 'k', 'x-emby-device-id': 'agent-1' });
    expect(web.requests[0]).not.toContain('api_key');
  });

  it.each([
    [503, {}, { code: 'SERVER_UNREACHABLE', details: { reason: 'starting' } }],
    [401, { 'x-application-error-code': 'ParentalControl' }, { code: 'SERVER_REJECTED_KEY', details: { reason: 'not-administrator' } }],
    [401, {}, { code: 'SERVER_REJECTED_KEY', details: { reason: 'unknown-key' } }],
    [500, {}, { code: 'VENDOR_ANSWER_INVALID' }],
  ])('status %i with %o', async (code, headers, expected) => {
    const answer: Answer = (_request, response) => response.writeHead(code, headers).end('text of the server');
    const { server } = await bench({ '/emby/Sessions': answer });
    await expect(server.sessions.list()).rejects.toMatchObject(expected);
  });
});
