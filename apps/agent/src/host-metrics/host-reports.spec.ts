import { describe, expect, it } from '@jest/globals';
import { AppError, HostReport, type HostMetrics } from '@usher/contracts';
import { InMemoryMediaServer } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { Secret } from '@usher/security';
import { isBeside } from './beside.js';
import { HostReports } from './host-reports.js';

const metrics: HostMetrics = { cores: 4, cpuPercent: 12, loadAverage: 1, memoryUsedBytes: 1, memoryTotalBytes: 2, disks: [], gpus: [] };
const names: Record<string, string[]> = { 'films.example': ['192.0.2.9'], 'far.example': ['198.51.100.1'], 'both.example': ['192.0.2.9', '198.51.100.1'], localhost: ['127.0.0.1', '::1'] };
const whereabouts = {
  resolve: async (host: string) => {
    if (/^[\da-f.:]+$/.test(host)) return [host];
    if (!names[host]) throw new Error('unknown');
    return names[host];
  },
  ownAddresses: () => ['127.0.0.1', '192.0.2.9', '2001:db8::9'],
};

function setUp(origin: string | null, read: HostMetrics | null = metrics) {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const server = new InMemoryMediaServer('emby');
  server.libraryList = [{ vendorId: 'films', name: 'Films', type: 'movies', itemCount: 1, childCount: null, folders: ['/media/films'] }];
  const asked: (readonly string[])[] = [];
  const credential = origin === null ? null : { rev: 1, kind: 'emby' as const, origin, token: Secret.of('k'), tls: { verify: true } };
  const reports = new HostReports({
    provider: { currentOrNull: server },
    settings: { credential },
    machine: { read: async (folders) => (asked.push(folders), read), readMinute: async (folders) => (asked.push(folders), read) },
    whereabouts,
    clock,
  });
  return { clock, server, reports, asked };
}

describe('isBeside', () => {
  it.each([
    ['http://127.0.0.1:8096', true],
    ['http://127.8.0.1', true],
    ['http://[::1]:8096', true],
    ['http://localhost:8096/jellyfin', true],
    ['https://films.example', true],
    ['http://[2001:db8::9]:8096', true],
    ['https://far.example', false],
    ['https://both.example', false],
    ['https://nobody.example', false],
    ['http://192.0.2.8', false],
  ])('%s: %s', async (origin, beside) => {
    expect(await isBeside(origin, whereabouts)).toBe(beside);
  });
});

describe('HostReports', () => {
  it('tells the machine of a server that stands beside it, and asks for its folders seldom', async () => {
    const { reports, server, asked, clock } = setUp('http://127.0.0.1:8096');
    let listed = 0;
    const list = server.libraries.list;
    server.libraries.list = () => (listed++, list());
    const report = await reports.read();
    expect(HostReport.parse(report)).toEqual(report);
    expect(report).toEqual({ at: '2026-01-01T00:00:00.000Z', metrics, unavailable: null, told: { cpuPercent: null, memoryPercent: null } });
    await reports.read();
    expect([asked, listed]).toEqual([[['/media/films'], ['/media/films']], 1]);
    await clock.advance(3_600_000);
    await reports.read();
    expect(listed).toBe(2);
  });

  it('says why there are none: elsewhere, no address, a system that tells nothing', async () => {
    expect(await setUp('https://far.example').reports.read()).toMatchObject({ metrics: null, unavailable: 'not-beside' });
    expect(await setUp(null).reports.read()).toMatchObject({ metrics: null, unavailable: 'not-beside' });
    expect(await setUp('http://localhost', null).reports.read()).toMatchObject({ metrics: null, unavailable: 'platform' });
  });

  it('samples the machine for curves without a call to the server: folders are those that somebody else read', async () => {
    const { reports, server, asked, clock } = setUp('http://localhost');
    let calls = 0;
    const load = server.load.bind(server);
    server.load = () => (calls++, load());
    server.libraries.list = async () => (calls++, server.libraryList);
    expect(await reports.sample()).toBe(metrics);
    reports.noteLibraries(server.libraryList);
    // much later the folders are still good enough
    await clock.advance(7_200_000);
    expect(await reports.sample()).toBe(metrics);
    expect([asked, calls]).toEqual([[[], ['/media/films']], 0]);
    expect(await setUp('https://far.example').reports.sample()).toBeNull();
    expect(await setUp(null).reports.sample()).toBeNull();
  });

  it('counts what the tools of the machine wrote and nobody understood', async () => {
    const gpu = { name: 'Intel graphics', busyPercent: null, encoderPercent: null, decoderPercent: null, memoryUsedBytes: null, memoryTotalBytes: null };
    const { reports } = setUp('http://localhost', { ...metrics, gpus: [{ ...gpu, problem: 'not-understood' }, { ...gpu, problem: 'tool-missing' }] });
    expect(reports.unknownValues()).toEqual([]);
    await reports.read();
    await reports.read();
    expect(reports.unknownValues()).toEqual([{ field: 'host.gpu', count: 2 }]);
  });

  it('passes on what the server itself says, and lives without it', async () => {
    const { reports, server, asked } = setUp('http://localhost');
    const load = await server.load();
    server.load = async () => ({ ...load, cpuPercent: 40, memoryPercent: 50 });
    expect(await reports.read()).toMatchObject({ told: { cpuPercent: 40, memoryPercent: 50 } });
    server.load = async () => {
      throw new AppError('SERVER_UNREACHABLE', 'away');
    };
    server.setFault(new AppError('SERVER_UNREACHABLE', 'away'));
    expect(await reports.read()).toMatchObject({ metrics, told: { cpuPercent: null, memoryPercent: null } });
    expect(asked).toHaveLength(2);
  });
});
