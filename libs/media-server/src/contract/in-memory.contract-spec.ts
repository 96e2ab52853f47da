import { AppError, type ServerKind, type VendorSession } from '@usher/contracts';
import { InMemoryMediaServer } from '../in-memory/in-memory-media-server.js';
import { mediaItem } from '../testing/items.js';
import { playingSession } from '../testing/sessions.js';
import { describeMediaServer, type Bench, type Viewer } from './describe-media-server.js';

const CONVERTED = { delivery: 'transcode', sourceCodec: 'hevc', targetCodec: 'h264', language: null } as const;

function start(kind: ServerKind): Promise<Bench> {
  const server = new InMemoryMediaServer(kind);
  const idOf = (name: string): string => server.userList.find((user) => user.name === name)!.vendorId;
  server.libraryList = [
    { vendorId: 'l1', name: 'Films', type: 'movies', itemCount: 14, childCount: null, folders: ['/media/films'] },
    { vendorId: 'l2', name: 'Shows', type: 'shows', itemCount: 2, childCount: 16, folders: ['/media/shows'] },
  ];
  server.userList = [
    { vendorId: 'u1', name: 'Marlow', email: null, isAdministrator: true, enabled: true, lastSeenAt: null },
    { vendorId: 'u2', name: 'Nell', email: null, isAdministrator: false, enabled: true, lastSeenAt: null },
  ];
  const films = Array.from({ length: 14 }, (_, at) => mediaItem(`f${at}`, { guids: [`Imdb://tt000000${at + 1}`], files: [{ path: `/media/films/F${at}/film.mkv`, sizeBytes: 1_000 }] }));
  const series = ['s1', 's2'].map((id) => mediaItem(id, { type: 'series', durationMs: null }));
  const episodes = Array.from({ length: 16 }, (_, at) => mediaItem(`e${at}`, { type: 'episode', parentVendorId: at < 8 ? 's1' : 's2', parentTitle: 'Show', seasonNumber: 1, episodeNumber: (at % 8) + 1 }));
  server.itemLists.set('l1', films).set('l2', [...series, ...episodes]);
  for (const path of ['/media/films', ...films.map(({ files }) => files[0]!.path)]) server.paths.add(path);
  let sessions: VendorSession[] = [];
  const current = (id: string): VendorSession | undefined => server.current.find((session) => session.vendorId === id);
  const set = (id: string, change: (session: VendorSession) => VendorSession | null): void => {
    sessions = server.current.flatMap((session) => (session.vendorId === id ? (change(session) ?? []) : session));
    server.setSessions(sessions);
  };
  return Promise.resolve({
    server,
    play: (delivery): Viewer => {
      const id = `s${server.current.length + 1}`;
      const played = playingSession(id);
      const { itemId, durationMs } = played.item!;
      server.sources.set(itemId, { height: 1080, videoCodec: 'h264', tenBit: false, hdr: false, framesPerSecond: 24, bitRateKbps: 8_000, durationMs });
      const video = { ...CONVERTED, sourceWidth: 3840, sourceHeight: 1600, targetWidth: 1920, targetHeight: 800, hdr: 'hdr10' } as const;
      const transcode = { reasons: ['video-codec' as const], hardware: 'software' as const, speed: 1.5, progressPercent: 10, throttled: null, hardwareDecode: null, hardwareEncode: null };
      const session = delivery === 'direct-play' ? played : { ...played, stream: { ...played.stream!, delivery, video, transcode } };
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
    close: async () => undefined,
  });
}

describeMediaServer('in memory', () => start('jellyfin'));
describeMediaServer('in memory, with what a Plex can do', () => start('plex'));
