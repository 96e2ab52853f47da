import { userById } from '../media-browser/history.js';
import type { DetailWords } from '../media-browser/detail-calls.js';
import { isJellyfinId } from './jellyfin.states.js';

/** Nobody has it: adding it to a playlist is answered with success and adds nothing (12.0, measured). */
const NOTHING = '00000000000000000000000000000001';

/** What Jellyfin tells beside its sessions, and how it is asked to change it. */
export const jellyfinDetails: DetailWords = {
  isItemId: isJellyfinId,
  isUserId: isJellyfinId,
  userItems: (userId) => ({ path: '/Items', query: { UserId: userId } }),
  latest: (userId) => ({ path: '/Items/Latest', query: { UserId: userId } }),
  resume: (userId) => ({ path: '/UserItems/Resume', query: { UserId: userId } }),
  // no such filter exists, and one that is not known lists everything
  findQuery: () => null,
  libraries: {
    create: ({ name, folders }, collectionType) => ({
      method: 'POST',
      path: '/Library/VirtualFolders',
      endpoint: 'POST /Library/VirtualFolders',
      // a path with a comma would be two in the address
      query: { Name: name, CollectionType: collectionType, ...(folders.some((folder) => folder.includes(',')) ? {} : { Paths: folders.join(',') }), RefreshLibrary: false },
      body: { LibraryOptions: { PathInfos: folders.map((Path) => ({ Path })) } },
    }),
    // keyed by name; without a refresh the view stays through scans and restarts (12.0, measured)
    remove: ({ name }) => ({ method: 'DELETE', path: '/Library/VirtualFolders', endpoint: 'DELETE /Library/VirtualFolders', query: { Name: name, RefreshLibrary: true } }),
  },
  log: {
    playback: /^(Video|Audio)Playback$/,
    // `type` finds parts of words, and both are known from 12 on
    query: ({ before, onlyPlaybacks }) => ({ ...(before === null ? {} : { MaxDate: before }), ...(onlyPlaybacks ? { HasUserId: true, Type: 'Playback' } : {}) }),
    userOf: userById,
    severities: { Trace: 'info', Debug: 'info', Information: 'info', Warning: 'warning', Error: 'error', Critical: 'error' },
  },
  subtitlesBySource: false,
  lists: {
    // what is made without a word about it is public
    createPlaylist: (userId, name, ids, mediaType) => ({ method: 'POST', path: '/Playlists', endpoint: 'POST /Playlists', body: { Name: name, Ids: ids, UserId: userId, MediaType: mediaType, IsPublic: false } }),
    tryEdit: (playlistId, userId) => ({ method: 'POST', path: `/Playlists/${encodeURIComponent(playlistId)}/Items`, endpoint: 'POST /Playlists/{id}/Items', query: { Ids: NOTHING, UserId: userId } }),
    removeEntries: (playlistId, entryIds) => ({ method: 'DELETE', path: `/Playlists/${encodeURIComponent(playlistId)}/Items`, endpoint: 'DELETE /Playlists/{id}/Items', query: { EntryIds: entryIds.join(',') } }),
    removeMembers: (collectionId, ids) => ({ method: 'DELETE', path: `/Collections/${encodeURIComponent(collectionId)}/Items`, endpoint: 'DELETE /Collections/{id}/Items', query: { Ids: ids.join(',') } }),
  },
  // downloads to devices exist on the other side only
  jobsPath: null,
};
