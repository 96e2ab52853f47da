import { Collection, Device, HistoryEntry, Library, ListedItem, LogEntry, MediaItem, MediaSource, MediaUser, Playlist, ServerLoad, ServerProfile, ServerTask, Session, UserPolicy, VendorActivity, WatchState, type VendorSession } from '@usher/contracts';
import type { MediaServer } from '../../media-server.js';

/** What is needed of a server's content to ask for the rest. */
export interface Known {
  readonly libraryId: string;
  readonly userId: string;
  readonly itemId: string;
  readonly playlistId: string;
  readonly collectionId: string;
}

interface Contract {
  parse(value: unknown): unknown;
}

/** As the agent publishes it. */
const published = (session: VendorSession): unknown => ({ ...session, stream: session.stream && { ...session.stream, playbackId: 'live', startedAt: '2026-01-01T00:00:00.000Z' }, ghost: false });

export type Reading = readonly [name: string, read: (server: MediaServer, known: Known) => Promise<unknown>];

const list = (contract: Contract, rows: readonly unknown[]): void => rows.forEach((row) => contract.parse(row));
const one = (contract: Contract, row: unknown): void => void contract.parse(row);

/** Everything that the port reads; what comes out has to be what the contracts say. */
export const READINGS: readonly Reading[] = [
  ['probe', async (server) => one(ServerProfile, await server.probe())],
  ['sessions', async (server) => list(Session, (await server.sessions.list()).map(published))],
  ['libraries', async (server) => list(Library, await server.libraries.list())],
  ['items', async (server, { libraryId }) => list(MediaItem, (await server.libraries.items(libraryId, { start: 0, limit: 50 }, { withFiles: true, withStreams: true })).items)],
  ['itemsById', async (server, { itemId }) => list(MediaItem, await server.libraries.itemsById([itemId], { withFiles: false }))],
  ['space', (server) => server.libraries.space()],
  ['find', async (server) => list(MediaItem, await server.libraries.find({ imdb: 'tt0000001' }))],
  ['recentlyAdded', async (server) => list(ListedItem, await server.libraries.recentlyAdded(10))],
  ['health', (server, { libraryId }) => server.libraries.health(libraryId)],
  ['users', async (server) => list(MediaUser, await server.users.list())],
  ['policy', async (server, { userId }) => one(UserPolicy, await server.users.policy(userId))],
  ['discovery', (server, { userId }) => server.users.discovery(userId)],
  ['states', async (server, { userId }) => list(WatchState, (await server.watchStates.list(userId, null, 100)).states)],
  ['stateOfOne', async (server, { userId, itemId }) => list(WatchState, await server.watchStates.read(userId, [itemId]))],
  ['running', async (server) => list(VendorActivity, await server.actions.running())],
  ['tasks', async (server) => list(ServerTask, await server.tasks.list())],
  ['devices', async (server) => list(Device, await server.devices.list())],
  ['playlists', async (server, { userId }) => list(Playlist, await server.playlists.list(userId))],
  ['playlistItems', (server, { userId, playlistId }) => server.playlists.items(userId, playlistId)],
  ['collections', async (server) => list(Collection, await server.collections.list())],
  ['collectionItems', (server, { collectionId }) => server.collections.items(collectionId)],
  ['playbacks', async (server) => list(HistoryEntry, await server.history.playbacks(50, null))],
  ['log', async (server) => list(LogEntry, await server.history.log(50, null))],
  ['subtitles', (server, { itemId }) => server.subtitles.find(itemId, 'en')],
  ['backups', (server) => server.backup.list()],
  ['source', async (server, { itemId, userId }) => one(MediaSource, await server.playback.check(itemId, userId))],
  ['load', async (server) => one(ServerLoad, await server.load())],
];
