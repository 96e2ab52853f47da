import { AppError } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { plexRunning } from './plex.activities.js';
import type { PlexCalls } from './plex.calls.js';

/** Plex runs them as activities of its own, a scan of each library apart. It has no order to restart. */
export function plexActions(calls: PlexCalls): MediaServer['actions'] {
  const refreshSection = async (sectionKey: string, force: boolean): Promise<void> => {
    const path = `/library/sections/${encodeURIComponent(sectionKey)}/refresh`;
    await calls.order({ method: 'POST', path, endpoint: 'POST /library/sections/{k}/refresh', ...(force && { query: { force: 1 } }) }, 'library');
  };
  return {
    ...plexRunning(calls),
    scan: (libraryId) => refreshSection(libraryId ?? 'all', false),
    refreshLibrary: (libraryId, mode) => refreshSection(libraryId, mode === 'full'),
    refreshItem: async (itemId, mode) => {
      const path = `/library/metadata/${encodeURIComponent(itemId)}/refresh`;
      await calls.order({ method: 'PUT', path, endpoint: 'PUT /library/metadata/{id}/refresh', ...(mode === 'full' && { query: { force: 1 } }) }, 'item');
    },
    restart: () => Promise.reject(new AppError('CAPABILITY_MISSING', 'Plex cannot be restarted from outside; restart its process or container.', { capability: 'server.restart' })),
  };
}
