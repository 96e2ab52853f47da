import { userNamedFirst } from '../media-browser/history.js';
import type { DetailWords } from '../media-browser/detail-calls.js';

const isEmbyId = (id: string): boolean => /^\d{1,18}$/.test(id);
const of = (userId: string, tail: string): string => `/Users/${encodeURIComponent(userId)}/Items${tail}`;

/** What Emby tells beside its sessions, and how it is asked to change it. */
export const embyDetails: DetailWords = {
  isItemId: isEmbyId,
  isUserId: (id) => /^[0-9a-f]{32}$/i.test(id),
  userItems: (userId) => ({ path: of(userId, ''), query: {} }),
  latest: (userId) => ({ path: of(userId, '/Latest'), query: {} }),
  resume: (userId) => ({ path: of(userId, '/Resume'), query: {} }),
  findQuery: (ids) => ({ AnyProviderIdEquals: Object.entries(ids).flatMap(([name, id]) => (id ? [`${name}.${id}`] : [])).join(',') }),
  libraries: {
    create: ({ name, folders }, collectionType) => ({
      method: 'POST',
      path: '/Library/VirtualFolders',
      endpoint: 'POST /Library/VirtualFolders',
      body: { Name: name, CollectionType: collectionType, Paths: folders, LibraryOptions: { PathInfos: folders.map((Path) => ({ Path })) }, RefreshLibrary: false },
    }),
    // keyed by id, not by name
    remove: ({ vendorId }) => ({ method: 'POST', path: '/Library/VirtualFolders/Delete', endpoint: 'POST /Library/VirtualFolders/Delete', body: { Id: vendorId, RefreshLibrary: true } }),
  },
  log: {
    playback: /^playback\.start$/,
    query: () => ({}),
    userOf: userNamedFirst,
    severities: { Info: 'info', Debug: 'info', Warn: 'warning', Warning: 'warning', Error: 'error', Fatal: 'error' },
  },
  subtitlesBySource: true,
  lists: {
    // a key has no user of its own: the list is made for the one that is named, which the document leaves out
    createPlaylist: (userId, name, ids, mediaType) => ({ method: 'POST', path: '/Playlists', endpoint: 'POST /Playlists', query: { Name: name, Ids: ids.join(','), MediaType: mediaType, UserId: userId } }),
    tryEdit: () => null,
    removeEntries: (playlistId, entryIds) => ({ method: 'POST', path: `/Playlists/${encodeURIComponent(playlistId)}/Items/Delete`, endpoint: 'POST /Playlists/{id}/Items/Delete', query: { EntryIds: entryIds.join(',') } }),
    removeMembers: (collectionId, ids) => ({ method: 'POST', path: `/Collections/${encodeURIComponent(collectionId)}/Items/Delete`, endpoint: 'POST /Collections/{id}/Items/Delete', query: { Ids: ids.join(',') } }),
  },
  jobsPath: '/Sync/Jobs',
};
