import { AppError, CAPABILITIES, type Capability, type ItemStream, type ServerKind, type ServerTask, type VendorSession } from '@usher/contracts';
import { STARTING_CAPABILITIES } from '../capabilities.js';
import { InMemoryMediaServer } from '../in-memory/in-memory-media-server.js';
import { mediaItem } from '../testing/items.js';
import { playingSession } from '../testing/sessions.js';
import type { Viewer } from '../behaviors/stage.js';
import { describeMediaServer, type Bench } from './describe-media-server.js';

const CONVERTED = { delivery: 'transcode', sourceCodec: 'hevc', targetCodec: 'h264', language: null } as const;

const STREAM: ItemStream = { type: 'video', codec: 'h264', language: null, title: null, width: 1920, height: 1080, hdr: 'sdr', channels: null, bitRateKbps: 8_000, forced: false, external: false };
const SOUND: ItemStream = { ...STREAM, type: 'audio', codec: 'ac3', language: 'eng', width: null, height: null, hdr: null, channels: 6, bitRateKbps: 448 };
const STREAMS: ItemStream[] = [STREAM, SOUND, { ...SOUND, type: 'subtitle', codec: 'subrip', channels: null, bitRateKbps: null }];
const TASK: ServerTask = { vendorId: 't1', name: 'Tidy up', category: null, state: 'idle', progressPercent: null, lastEndedAt: null, lastDurationMs: null, lastResult: null, canStart: true, canCancel: false };

function start(kind: ServerKind, capabilities: readonly Capability[]): Promise<Bench> {
  const server = new InMemoryMediaServer(kind, capabilities);
  const has = (capability: Capability): boolean => capabilities.includes(capability);
  const idOf = (name: string): string => server.userList.find((user) => user.name === name)!.vendorId;
  server.libraryList = [
    { vendorId: 'l1', name: 'Films', type: 'movies', itemCount: 14, childCount: null, folders: ['/media/films'] },
    { vendorId: 'l2', name: 'Shows', type: 'shows', itemCount: 2, childCount: 16, folders: ['/media/shows'] },
  ];
  server.userList = [
    { vendorId: 'u1', name: 'Marlow', email: null, isAdministrator: true, enabled: true, lastSeenAt: null },
    { vendorId: 'u2', name: 'Nell', email: null, isAdministrator: false, enabled: true, lastSeenAt: null },
  ];
  const films = Array.from({ length: 14 }, (_, at) => mediaItem(`f${at}`, { guids: [`Imdb://tt000000${at + 1}`], files: [{ path: `/media/films/F${at}/film.mkv`, sizeBytes: 1_000, streams: STREAMS }] }));
  const series = ['s1', 's2'].map((id) => mediaItem(id, { type: 'series', durationMs: null }));
  const episodes = Array.from({ length: 16 }, (_, at) => mediaItem(`e${at}`, { type: 'episode', parentVendorId: at < 8 ? 's1' : 's2', parentTitle: 'Show', seasonNumber: 1, episodeNumber: (at % 8) + 1 }));
  server.itemLists.set('l1', films).set('l2', [...series, ...episodes]);
  for (const { vendorId, durationMs } of films) server.sources.set(vendorId, { height: 1080, videoCodec: 'h264', tenBit: false, hdr: false, framesPerSecond: 24, bitRateKbps: 8_000, durationMs });
  for (const path of ['/media/films', ...films.map(({ files }) => files[0]!.path)]) server.paths.add(path);
  server.spaceList = [{ path: '/media/films', freeBytes: 1_000, usedBytes: null }];
  server.work.taskList = [structuredClone(TASK)];
  server.work.taskList[0]!.canStart = has('tasks.start');
  server.work.subtitleList = [{ vendorId: 'c1', title: 'Film.en.srt', provider: 'Somebody', language: 'eng', format: 'srt', hearingImpaired: false, forced: false, downloads: 12 }];
  let sessions: VendorSession[] = [];
  const current = (id: string): VendorSession | undefined => server.current.find((session) => session.vendorId === id);
  const set = (id: string, change: (session: VendorSession) => VendorSession | null): void => {
    sessions = server.current.flatMap((session) => (session.vendorId === id ? (change(session) ?? []) : session));
    server.setSessions(sessions);
  };
  const diary = (): number => server.work.historyList.length;
  return Promise.resolve({
    server,
    another: () => server,
    // it sends nothing to anybody
    sent: () => 0,
    play: (delivery): Viewer => {
      const id = `s${server.current.length + 1}`;
      const alone = playingSession(id);
      const played = { ...alone, controls: { ...alone.controls, limitBitRate: has('sessions.limitBitRate'), play: has('playback.remotePlay') } };
      server.work.deviceList.push({ vendorId: `d${id}`, deviceId: played.deviceId, name: played.deviceName!, client: played.client, clientVersion: null, platform: null, lastUserName: played.userName, lastSeenAt: null });
      const { itemId, durationMs } = played.item!;
      server.sources.set(itemId, { height: 1080, videoCodec: 'h264', tenBit: false, hdr: false, framesPerSecond: 24, bitRateKbps: 8_000, durationMs });
      const video = { ...CONVERTED, sourceWidth: 3840, sourceHeight: 1600, targetWidth: 1920, targetHeight: 800, hdr: 'hdr10' } as const;
      const transcode = { reasons: ['video-codec' as const], hardware: 'software' as const, speed: 1.5, progressPercent: 10, throttled: null, hardwareDecode: false, hardwareEncode: false };
      const session = delivery === 'direct-play' ? played : { ...played, stream: { ...played.stream!, delivery, bufferPositionMs: played.stream!.positionMs + 90_000, video, transcode } };
      server.setSessions([...server.current, session]);
      return {
        id,
        pause: () => set(id, (each) => ({ ...each, stream: { ...each.stream!, state: 'paused' } })),
        resume: () => set(id, (each) => ({ ...each, stream: { ...each.stream!, state: 'playing' } })),
        stop: () => set(id, () => null),
        isPlaying: () => (current(id)?.stream ?? null) !== null,
        isPaused: () => current(id)?.stream?.state === 'paused',
        messages: () => server.sent.flatMap((command) => (command.type === 'message' && command.id === id ? command.text : [])),
      };
    },
    breakDown: async () => server.setFault(new AppError('SERVER_UNREACHABLE', 'down', { reason: 'refused' })),
    heal: async () => server.setFault(null),
    revokeKey: () => server.setFault(new AppError('SERVER_REJECTED_KEY', 'unknown', { reason: 'unknown-key' })),
    seed: (userName, item, change) => server.accounts.setState(idOf(userName), item.vendorId, { ...change, ...(kind === 'plex' ? { favorite: null } : {}) }),
    stored: (userName, item) => {
      const { played, playCount, positionMs, lastPlayedAt, favorite, ratingTenths } = server.accounts.stateOf(idOf(userName), item.vendorId);
      return { played, playCount, positionMs, lastPlayedAt, favorite: favorite ?? false, ratingTenths };
    },
    watchToEnd: (userName, { vendorId: itemId, title }) => {
      const at = new Date(Date.now() - 60_000 + diary() * 1_000).toISOString();
      const vendorId = `h${diary()}`;
      server.work.historyList.push({ vendorId, at, userId: idOf(userName), userName, itemId, title, seriesTitle: null, seasonNumber: null, episodeNumber: null });
      server.work.logList.push({ vendorId, at, severity: 'info', kind: 'playback.stop', text: `${userName} watched ${title}`, userName });
    },
    add: (title) => {
      const vendorId = `new ${server.itemLists.get('l1')!.length}`;
      server.itemLists.set('l1', [...server.itemLists.get('l1')!, mediaItem(vendorId, { title })]);
      server.addedAt.set(vendorId, new Date().toISOString());
      server.bare.add(vendorId);
      server.libraryList = server.libraryList.map((library) => (library.vendorId === 'l1' ? { ...library, itemCount: library.itemCount! + 1 } : library));
    },
    passwordOf: (userName) => server.accounts.passwords.get(idOf(userName)) ?? '',
    startedTasks: () => server.work.startedTasks,
    close: async () => undefined,
  });
}

describeMediaServer('in memory', () => start('jellyfin', CAPABILITIES.filter((capability) => capability !== 'watchStates.ownTokenOnly')));
describeMediaServer('in memory, with what a Jellyfin can do', () => start('jellyfin', STARTING_CAPABILITIES.jellyfin));
describeMediaServer('in memory, with what a Plex can do', () => start('plex', STARTING_CAPABILITIES.plex));
