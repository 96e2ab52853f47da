import { AppError, type VendorActivity } from '@usher/contracts';
import { connectionError } from '../http/vendor-errors.js';
import type { VendorHttp, VendorRequest } from '../http/vendor-http.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from '../media-browser/fields.js';
import type { MediaServer } from '../media-server.js';
import { readContainer } from './plex.http.js';
import { NOT_THERE } from '../not-there.js';

/** Plex runs them as activities of its own, a scan of each library apart. It has no order to restart. */
export function plexActions(http: VendorHttp): MediaServer['actions'] {
  const order = (request: Pick<VendorRequest, 'method' | 'path' | 'endpoint' | 'query'>, noun: string) =>
    http.send({ ...request, retry: false }).catch((error: unknown) => {
      const failure = connectionError(error);
      throw failure.code === 'NOT_FOUND' ? new AppError('NOT_FOUND', `This ${noun} is not on the media server.`, failure.details) : failure;
    });
  const refreshSection = async (sectionKey: string, force: boolean): Promise<void> => {
    const path = `/library/sections/${encodeURIComponent(sectionKey)}/refresh`;
    await order({ method: 'POST', path, endpoint: 'POST /library/sections/{k}/refresh', ...(force && { query: { force: 1 } }) }, 'library');
  };
  return {
    scan: (libraryId) => refreshSection(libraryId ?? 'all', false),
    refreshLibrary: (libraryId, mode) => refreshSection(libraryId, mode === 'full'),
    refreshItem: async (itemId, mode) => {
      const path = `/library/metadata/${encodeURIComponent(itemId)}/refresh`;
      await order({ method: 'PUT', path, endpoint: 'PUT /library/metadata/{id}/refresh', ...(mode === 'full' && { query: { force: 1 } }) }, 'item');
    },
    restart: () => Promise.reject(new AppError('CAPABILITY_MISSING', 'Plex cannot be restarted from outside; restart its process or container.', { capability: 'server.restart' })),
    cancel: NOT_THERE.cancel,
    running: async () => plexActivities(readContainer(await http.send({ method: 'GET', path: '/activities', endpoint: 'GET /activities' }))),
  };
}

export function plexActivities(container: Fields): VendorActivity[] {
  return listOf(container['Activity']).flatMap((row) => {
    const activity = fieldsOf(row);
    const vendorId = textOf(activity['uuid'], 300);
    if (vendorId === null) return [];
    const kind = textOf(activity['type'], 200) ?? '';
    const progress = numberOf(activity['progress']);
    const context = fieldsOf(Array.isArray(activity['Context']) ? activity['Context'][0] : activity['Context']);
    return {
      vendorId,
      type: kind.startsWith('library.update.section') ? ('scan' as const) : ('task' as const),
      title: textOf(activity['title'], 500) ?? kind,
      subtitle: textOf(activity['subtitle'], 500),
      progressPercent: progress === null || progress < 0 ? null : Math.min(100, progress),
      libraryVendorId: textOf(context['librarySectionID'], 200),
      state: 'running' as const,
      cancellable: false,
      userName: null,
      deviceName: null,
      problem: null,
    };
  });
}
