import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@usher/testing';
import { AppError, uuidv7, type VendorSession } from '@usher/contracts';
import { InMemoryMediaServer, STARTING_CAPABILITIES } from '@usher/media-server';
import { ManualClock, systemClock } from '@usher/resilience';
import { recordingLogger, tempFolder, vendorSession } from '../../test/support.js';
import { NoticeLog } from './notice-log.js';
import { NoticeSender } from './notice-sender.service.js';

const able = { stop: true, pause: true, seek: true, message: true, limitBitRate: false, play: false };
const session = (vendorId: string, more: Parameters<typeof vendorSession>[0] = {}): VendorSession => vendorSession({ vendorId, controls: able, ...more });

async function setUp(sessions: VendorSession[], options: { folder?: string; kind?: 'emby' | 'plex' } = {}) {
  const folder = options.folder ?? (await tempFolder());
  const { logger, lines } = recordingLogger();
  const server = new InMemoryMediaServer(options.kind ?? 'emby', STARTING_CAPABILITIES[options.kind ?? 'emby']);
  server.setSessions(sessions);
  const log = await NoticeLog.open(path.join(folder, 'notices'), systemClock, logger);
  const sender = new NoticeSender({ provider: { current: () => server }, log, visible: (all) => all.filter(({ deviceId }) => deviceId !== 'ignored'), now: Date.now, clock: systemClock, logger });
  const texts = () => server.sent.flatMap((command) => (command.type === 'message' ? [command.id] : []));
  return { folder, server, log, sender, texts, lines };
}

const request = (more: Partial<{ noticeId: string; expiresAt: string; sessionVendorIds: string[] | null }> = {}) => ({
  noticeId: uuidv7(), text: 'The server restarts at ten.', expiresAt: new Date(Date.now() + 60_000).toISOString(), sessionVendorIds: null, ...more,
});

describe('NoticeSender', () => {
  it('sends to every session that can show it, and counts the others with their client', async () => {
    const { sender, texts } = await setUp([session('a'), session('b'), session('c', { controls: { ...able, message: false }, client: 'LG webOS' }), session('d', { deviceId: 'ignored' })]);
    await expect(sender.show(request())).resolves.toEqual({
      sent: 2, unsupported: 1, failed: 0, again: false,
      reasons: [{ code: 'CAPABILITY_MISSING', message: 'LG webOS keeps no open connection.', count: 1 }],
    });
    expect(texts().toSorted()).toEqual(['a', 'b']);
  });

  it('sends to the named sessions only, and counts one that is gone', async () => {
    const { sender, texts } = await setUp([session('a'), session('b')]);
    const outcome = await sender.show(request({ sessionVendorIds: ['b', 'gone'] }));
    expect(outcome).toMatchObject({ sent: 1, failed: 1, reasons: [{ code: 'NOT_FOUND', count: 1 }] });
    expect(texts()).toEqual(['b']);
  });

  it('never sends a notice to a session twice, whatever is repeated, also at once', async () => {
    const { sender, texts, server } = await setUp([session('a')]);
    const one = request();
    const outcomes = await Promise.all([sender.show(one), sender.show(one)]);
    server.setSessions([session('a'), session('late')]);
    await expect(sender.show(one)).resolves.toMatchObject({ sent: 2 });
    await sender.show(request());
    expect(outcomes.map(({ sent }) => sent)).toEqual([1, 1]);
    expect(texts().filter((id) => id === 'a')).toHaveLength(2);
  });

  it('asks for another command while the media server is away, and goes on then', async () => {
    const { sender, server, texts } = await setUp([session('a')]);
    const one = request();
    server.setFault(new AppError('SERVER_UNREACHABLE', 'It is away.', { reason: 'refused' }));
    await expect(sender.show(one)).resolves.toEqual({ sent: 0, unsupported: 0, failed: 0, again: true, reasons: [{ code: 'SERVER_UNREACHABLE', message: 'It is away.', count: 0 }] });
    server.setFault(null);
    await expect(sender.show(one)).resolves.toMatchObject({ sent: 1, again: false });
    expect(texts()).toEqual(['a']);
  });

  it('tries a session again only when the text certainly never left', async () => {
    const { sender, server, texts } = await setUp([session('a'), session('b')]);
    const one = request();
    const message = server.sessions.message.bind(server.sessions);
    server.sessions.message = (id) => Promise.reject(id === 'a' ? new AppError('SERVER_UNREACHABLE', 'starting', { reason: 'starting' }) : new AppError('SERVER_UNREACHABLE', 'No answer.', { reason: 'timeout' }));
    await expect(sender.show(one)).resolves.toMatchObject({ sent: 0, failed: 1, again: true });
    server.sessions.message = message;
    await expect(sender.show(one)).resolves.toMatchObject({ sent: 1, failed: 1, again: false, reasons: [{ code: 'SERVER_UNREACHABLE', message: 'No answer.', count: 1 }] });
    expect(texts()).toEqual(['a']);
  });

  it('a refused connection is one that never left; a closed one is not', async () => {
    const { sender, server } = await setUp([session('a')]);
    const refused = (code: string) => new AppError('SERVER_UNREACHABLE', 'refused', { reason: 'refused' }, { cause: Object.assign(new Error(code), { code }) });
    server.sessions.message = () => Promise.reject(refused('ECONNREFUSED'));
    await expect(sender.show(request())).resolves.toMatchObject({ failed: 0, again: true });
    server.sessions.message = () => Promise.reject(refused('ECONNRESET'));
    await expect(sender.show(request())).resolves.toMatchObject({ failed: 1, again: false });
  });

  it('after a kill between text and note it does not send again, and says so', async () => {
    const first = await setUp([session('a'), session('b')]);
    const one = request();
    let resolve = (): void => undefined;
    const never = new Promise<void>((done) => (resolve = done));
    first.server.sessions.message = (id) => (id === 'a' ? never : Promise.resolve());
    void first.sender.show(one).catch(() => undefined);
    await expectSoon(() => first.log.of(one.noticeId).get('b')?.r === 'sent' && first.log.of(one.noticeId).has('a'));
    // What a killed process leaves: the file as it is, and perhaps a torn line.
    const file = path.join(first.folder, 'notices', 'sent.ndjson');
    await appendFile(file, '{"n":"torn');
    const again = await setUp([session('a'), session('b'), session('c')], { folder: first.folder });
    await expect(again.sender.show(one)).resolves.toEqual({
      sent: 2, unsupported: 0, failed: 1, again: false,
      reasons: [{ code: 'AGENT_TIMEOUT', message: 'The agent was restarted while it sent it; it is not sent twice.', count: 1 }],
    });
    expect(again.texts()).toEqual(['c']);
    expect(again.lines.map(({ event }) => event)).toContain('notices.cut');
    resolve();
  });

  it('sends nothing after its end', async () => {
    const { sender, texts } = await setUp([session('a')]);
    await expect(sender.show(request({ expiresAt: new Date(Date.now() - 1).toISOString() }))).resolves.toMatchObject({ sent: 0, again: false, reasons: [{ code: 'TIMED_OUT' }] });
    expect(texts()).toEqual([]);
  });

  it('refuses where the media server cannot show texts', async () => {
    const { sender } = await setUp([session('a')], { kind: 'plex' });
    await expect(sender.show(request())).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
  });
});

describe('NoticeLog', () => {
  it('forgets what no command can ask for any more, and does not grow for ever', async () => {
    const folder = await tempFolder();
    const clock = new ManualClock(1_000);
    const log = await NoticeLog.open(folder, clock, recordingLogger().logger);
    await log.begin('old', 's');
    await log.end('old', 's', { r: 'sent' });
    await clock.advance(27 * 3_600_000);
    for (let i = 0; i < 1_001; i++) {
      await log.begin('new', 's');
      await log.end('new', 's', { r: 'open' });
    }
    await log.end('new', 't', { r: 'sent' });
    expect(log.of('old').size).toBe(0);
    expect([...log.of('new')]).toEqual([['t', { r: 'sent' }]]);
    expect((await readFile(path.join(folder, 'sent.ndjson'), 'utf8')).split('\n').length).toBeLessThan(100);
    await log.close();
    const reopened = await NoticeLog.open(folder, clock, recordingLogger().logger);
    expect([...reopened.of('new')]).toEqual([['t', { r: 'sent' }]]);
  });
});

async function expectSoon(check: () => boolean): Promise<void> {
  await eventually(() => expect(check()).toBe(true));
}
