import type { SessionCommand, VendorSession } from '@usher/contracts';
import type { AdapterOptions } from '../create-media-server.js';
import { textOf } from '../media-browser/fields.js';
import { mapInfo } from '../media-browser/info.mapper.js';
import { MediaBrowserServer } from '../media-browser/media-browser.adapter.js';
import { limitBitRate, playingPath } from '../media-browser/remote-control.js';
import type { CommandRequest, MediaBrowserVendor } from '../media-browser/vendor.js';
import type { MediaServer } from '../media-server.js';
import { classifyEmby, embyAuthHeaders } from './emby.http.js';
import { embyLibraryIdOf, mapEmbyHardening, mapEmbySessions } from './emby.mapper.js';
import { embyDetails } from './emby.details.js';
import { embyStates } from './emby.states.js';
import { embyPush } from './emby.socket.js';

const MESSAGE_SHOWN_MS = 8_000;

/** Playstate commands name themselves in the path and in the body. */
function playState(session: VendorSession, command: string, more: Record<string, number> = {}): CommandRequest {
  return { path: `/Sessions/${encodeURIComponent(session.vendorId)}/Playing/${command}`, body: { Command: command, ...more } };
}

/** Emby for Roku ignores Pause and Unpause but takes PlayPause, which toggles: it is sent only when it changes something. */
function control(session: VendorSession, command: SessionCommand): CommandRequest | null {
  if (command.type === 'play') {
    const query = { ItemIds: command.itemId, PlayCommand: 'PlayNow', StartPositionTicks: command.positionMs * 10_000 };
    return { path: playingPath(session.vendorId), query, body: {} };
  }
  if (command.type === 'limit-bit-rate') return limitBitRate(session.vendorId, command.kbps);
  if (command.type === 'seek') return playState(session, 'Seek', { SeekPositionTicks: command.positionMs * 10_000 });
  if (!/roku/i.test(session.client ?? '')) return playState(session, command.type === 'pause' ? 'Pause' : 'Unpause');
  const isPaused = session.stream?.state === 'paused';
  return isPaused === (command.type === 'pause') ? null : playState(session, 'PlayPause');
}

/** Emby 4.8 and 4.9. */
export const emby: MediaBrowserVendor = {
  kind: 'emby',
  prefix: '/emby',
  librariesPath: '/Library/VirtualFolders/Query',
  // the array still works where the documented query does not
  usersPaths: ['/Users/Query', '/Users'],
  configurationPaths: null,
  authHeaders: embyAuthHeaders,
  classify: classifyEmby,
  push: embyPush,
  mapSessions: mapEmbySessions,
  mapInfo,
  mapHardening: mapEmbyHardening,
  libraryIdOf: embyLibraryIdOf,
  accounts: {
    streamLimit: 'SimultaneousStreamLimit',
    // queries take the decimal id, policies the Guid
    folderOf: (row) => {
      const id = embyLibraryIdOf(row);
      const guid = textOf(row['Guid'], 200);
      return id === null || guid === null ? null : { vendorId: id, folderId: guid };
    },
    isUserId: (id) => /^[0-9a-f]{32}$/i.test(id),
    refusesName: () => false,
    disablesAdministrators: true,
    setPassword: (Id, NewPw) => ({ path: `/Users/${encodeURIComponent(Id)}/Password`, endpoint: 'POST /Users/{id}/Password', body: { Id, NewPw } }),
    create: (Name, password) => ({
      first: { path: '/Users/New', endpoint: 'POST /Users/New', body: { Name } },
      then: (Id) => [{ path: `/Users/${encodeURIComponent(Id)}/Password`, endpoint: 'POST /Users/{id}/Password', body: { Id, NewPw: password } }],
    }),
  },
  details: embyDetails,
  states: embyStates,
  lacks: () => [],
  moreCapabilities: () => [],
  // the path by query, what it should be in the body
  validatePath: (path, isFile) => ({ path: '/Environment/ValidatePath', query: { Path: path }, body: { IsFile: isFile, ValidateWriteable: false } }),
  itemOf: (itemId, userId) => ({ path: `/Users/${encodeURIComponent(userId)}/Items/${encodeURIComponent(itemId)}`, query: {} }),
  itemPage: (itemId, machineId) => `web/index.html#!/item?id=${itemId}&serverId=${machineId}`,
  stop: (session) => playState(session, 'Stop'),
  // by query, both Text and Header are required
  message: (session, header, text) => ({
    path: `/Sessions/${encodeURIComponent(session.vendorId)}/Message`,
    query: { Text: text, Header: header, TimeoutMs: MESSAGE_SHOWN_MS },
  }),
  control,
};

export function createEmby(options: AdapterOptions): MediaServer {
  return new MediaBrowserServer(options, emby);
}
