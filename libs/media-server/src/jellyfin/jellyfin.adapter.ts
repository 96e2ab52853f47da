import type { SessionCommand, VendorSession } from '@usher/contracts';
import type { AdapterOptions } from '../create-media-server.js';
import { textOf } from '../media-browser/fields.js';
import { mapInfo } from '../media-browser/info.mapper.js';
import { MediaBrowserServer } from '../media-browser/media-browser.adapter.js';
import { limitBitRate, playingPath } from '../media-browser/remote-control.js';
import type { CommandRequest, MediaBrowserVendor } from '../media-browser/vendor.js';
import type { MediaServer } from '../media-server.js';
import { isAtLeast } from '../tested-versions.js';
import { classifyJellyfin, jellyfinAuthHeaders } from './jellyfin.http.js';
import { jellyfinLibraryIdOf, mapJellyfinHardening, mapJellyfinSessions } from './jellyfin.mapper.js';
import { jellyfinDetails } from './jellyfin.details.js';
import { jellyfinStates, isJellyfinId } from './jellyfin.states.js';
import { jellyfinPush } from './jellyfin.socket.js';

const MESSAGE_SHOWN_MS = 8_000;

/** Routes that came with 10.9: whole rows of states, passwords and lists in the name of a user. */
const NEWER_ROUTES = ['watchStates.write', 'watchStates.playedAt', 'watchStates.playCount', 'watchStates.favorite', 'watchStates.rating', 'users.password', 'users.discovery', 'playlists.write'] as const;

const playing = (id: string, command: string): string => `/Sessions/${encodeURIComponent(id)}/Playing/${command}`;

function control(session: VendorSession, command: SessionCommand): CommandRequest {
  const id = session.vendorId;
  switch (command.type) {
    case 'pause':
      return { path: playing(id, 'Pause') };
    case 'resume':
      return { path: playing(id, 'Unpause') };
    case 'seek':
      return { path: playing(id, 'Seek'), query: { seekPositionTicks: command.positionMs * 10_000 } };
    case 'play':
      return { path: playingPath(id), query: { playCommand: 'PlayNow', itemIds: command.itemId, startPositionTicks: command.positionMs * 10_000 } };
    case 'limit-bit-rate':
      return limitBitRate(id, command.kbps);
  }
}

/** Jellyfin 10.10, 10.11 and 12. */
export const jellyfin: MediaBrowserVendor = {
  kind: 'jellyfin',
  // 12 no longer strips the old prefixes
  prefix: '',
  librariesPath: '/Library/VirtualFolders',
  usersPaths: ['/Users'],
  configurationPaths: { main: '/System/Configuration', network: '/System/Configuration/network' },
  authHeaders: jellyfinAuthHeaders,
  classify: classifyJellyfin,
  push: jellyfinPush,
  mapSessions: mapJellyfinSessions,
  mapInfo,
  mapHardening: mapJellyfinHardening,
  libraryIdOf: jellyfinLibraryIdOf,
  accounts: {
    streamLimit: 'MaxActiveSessions',
    folderOf: (row) => {
      const name = textOf(row['Name'], 500);
      const id = name === null ? null : jellyfinLibraryIdOf(row, name);
      return id === null ? null : { vendorId: id, folderId: id };
    },
    isUserId: isJellyfinId,
    refusesName: (name) => /[/:]/.test(name),
    disablesAdministrators: false,
    setPassword: (userId, NewPw) => ({ path: '/Users/Password', endpoint: 'POST /Users/Password', query: { userId }, body: { NewPw } }),
    // one without a password opens to an empty one
    create: (Name, Password) => ({ first: { path: '/Users/New', endpoint: 'POST /Users/New', body: { Name, Password } }, then: () => [] }),
  },
  details: jellyfinDetails,
  states: jellyfinStates,
  lacks: (version) => (isAtLeast(version, 10, 9) ? [] : NEWER_ROUTES),
  moreCapabilities: (version) => (isAtLeast(version, 10, 11) ? ['libraries.space', 'backup.list', 'backup.trigger'] : []),
  validatePath: (path, isFile) => ({ path: '/Environment/ValidatePath', body: { Path: path, IsFile: isFile, ValidateWritable: false } }),
  // library access is checked here, not by a list with ids=
  itemOf: (itemId, userId) => ({ path: `/Items/${encodeURIComponent(itemId)}`, query: { userId } }),
  itemPage: (itemId, machineId) => `web/#/details?id=${itemId}&serverId=${machineId}`,
  stop: (session) => ({ path: playing(session.vendorId, 'Stop') }),
  // without TimeoutMs many clients show a dialog that stays
  message: (session, header, text) => ({
    path: `/Sessions/${encodeURIComponent(session.vendorId)}/Message`,
    body: { Header: header, Text: text, TimeoutMs: MESSAGE_SHOWN_MS },
  }),
  control,
};

export function createJellyfin(options: AdapterOptions): MediaServer {
  return new MediaBrowserServer(options, jellyfin);
}
