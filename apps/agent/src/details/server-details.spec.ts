import { describe, expect, it } from '@jest/globals';
import { CAPABILITIES, type LogEntry, type ServerTask } from '@usher/contracts';
import { InMemoryMediaServer } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { AgentKeys, sealTo } from '@usher/security';
import { tempFolder } from '../../test/support.js';
import { ServerDetails } from './server-details.service.js';

const PART_BYTES = 128 * 1024;
const task: ServerTask = { vendorId: 't1', name: 'Scan', category: null, state: 'idle', progressPercent: null, lastEndedAt: null, lastDurationMs: null, lastResult: null, canStart: true, canCancel: false };
const entry = (vendorId: string): LogEntry => ({ vendorId, at: '2026-01-01T00:00:00.000Z', severity: 'info', kind: 'x', text: 'n'.repeat(2_000), userName: null });

async function setUp(capabilities: ConstructorParameters<typeof InMemoryMediaServer>[1] = CAPABILITIES) {
  const clock = new ManualClock();
  const server = new InMemoryMediaServer('jellyfin', capabilities);
  const keys = await AgentKeys.loadOrCreate(await tempFolder());
  let ordered = 0;
  const details = new ServerDetails({ provider: { current: () => server }, keys, ordered: () => ordered++, clock });
  return { clock, server, keys, details, ordered: () => ordered };
}

describe('ServerDetails', () => {
  it('hands reads and orders to the adapter, and lets orders be followed', async () => {
    const { server, details, ordered } = await setUp();
    const asked: unknown[] = [];
    Object.assign(server, {
      tasks: { list: async () => [task], start: async (id: string) => void asked.push(id) },
      history: { playbacks: async () => [], log: async (limit: number, before: string | null) => (asked.push([limit, before]), [entry('e1')]) },
      backup: { list: async () => [], trigger: async () => void asked.push('backup') },
    });
    server.actions.cancel = async (id) => void asked.push(id);
    expect(await details.tasks()).toEqual([[task]]);
    expect(await details.log(5, null)).toEqual([[entry('e1')]]);
    expect(await details.backups()).toEqual([[]]);
    expect(ordered()).toBe(0);
    await details.startTask('t1');
    await details.cancelActivity('a1');
    await details.triggerBackup();
    expect(asked).toEqual([[5, null], 't1', 'a1', 'backup']);
    expect(ordered()).toBe(3);
  });

  it('parts a long list so that every part fits a message', async () => {
    const { server, details } = await setUp();
    Object.assign(server, { history: { playbacks: async () => [], log: async () => Array.from({ length: 300 }, (_, at) => entry(`e${at}`)) } });
    const parts = await details.log(300, null);
    expect(parts.flat()).toHaveLength(300);
    expect(parts.length).toBeGreaterThan(1);
    for (const entries of parts) expect(Buffer.byteLength(JSON.stringify({ entries }))).toBeLessThanOrEqual(PART_BYTES);
  });

  it('refuses all that the server does not declare, before it is asked', async () => {
    const { keys, details, ordered } = await setUp([]);
    const spec = { name: 'n', itemIds: ['i'] };
    const calls = {
      'tasks.list': () => details.tasks(),
      'tasks.start': () => details.startTask('x'),
      'activities.cancel': () => details.cancelActivity('x'),
      'devices.list': () => details.devices(),
      'devices.revoke': () => details.revokeDevice('x'),
      'log.read': () => details.log(1, null),
      'history.read': () => details.playbacks(1, null),
      'items.recentlyAdded': () => details.recentlyAdded(1),
      'items.byProviderId': () => details.find({ imdb: 'tt1' }),
      'users.discovery': () => details.discovery('x'),
      'metadata.health': () => details.health('x'),
      'playlists.read': () => details.playlists('x'),
      'playlists.write': () => details.ensurePlaylist('x', spec),
      'collections.read': () => details.collections(),
      'collections.write': () => details.ensureCollection('x', spec),
      'subtitles.search': () => details.findSubtitles('x', 'en'),
      'backup.list': () => details.backups(),
      'backup.trigger': () => details.triggerBackup(),
      'libraries.create': () => details.createLibrary({ name: 'n', type: 'movies', folders: ['/m'] }),
      'users.policy': () => details.setUserEnabled('x', false),
      'users.password': async () => details.setUserPassword('x', await sealTo(keys.boxPub, { password: 'p' })),
    };
    for (const [capability, call] of Object.entries(calls)) await expect(call()).rejects.toMatchObject({ code: 'CAPABILITY_MISSING', details: { capability } });
    await expect(details.removePlaylist('x', 'p')).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    await expect(details.removeCollection('p')).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    await expect(details.removeLibrary('p')).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    await expect(details.fetchSubtitle('p', 's')).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    expect(ordered()).toBe(0);
  });

  it("says that the server hangs before the command's own time is over", async () => {
    const { clock, server, details } = await setUp();
    Object.assign(server, { tasks: { list: () => new Promise(() => undefined), start: () => new Promise(() => undefined) } });
    const late = expect(details.tasks()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'timeout' } });
    await clock.advance(18_500);
    await late;
  });

  it('opens a sealed password for the adapter only', async () => {
    const { server, keys, details } = await setUp();
    const set: unknown[] = [];
    server.users.setPassword = async (...given) => void set.push(given);
    await details.setUserPassword('u1', await sealTo(keys.boxPub, { password: 'correct horse' }));
    expect(set).toEqual([['u1', 'correct horse']]);
  });

  it.each([{ password: '' }, { password: 7 }, { word: 'x' }, 'x'])('refuses %j in place of a password, without repeating it', async (content) => {
    const { keys, details } = await setUp();
    const refused = await details.setUserPassword('u1', await sealTo(keys.boxPub, content as object)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'MESSAGE_INVALID', details: { reason: 'password' } });
  });

  it('refuses what was sealed to somebody else', async () => {
    const { details } = await setUp();
    const stranger = await AgentKeys.loadOrCreate(await tempFolder());
    await expect(details.setUserPassword('u1', await sealTo(stranger.boxPub, { password: 'p' }))).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  });
});
