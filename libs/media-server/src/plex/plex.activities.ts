import { AppError, type VendorActivity } from '@usher/contracts';
import { connectionError } from '../http/vendor-errors.js';
import { booleanOf, fieldsOf, listOf, numberOf, textOf, type Fields } from '../media-browser/fields.js';
import type { MediaServer } from '../media-server.js';
import { notThere, type PlexCalls } from './plex.calls.js';

/** Activities of the server and its conversions in the background, which it lists apart. */
export function plexRunning({ read, order }: PlexCalls): Pick<MediaServer['actions'], 'running' | 'cancel'> {
  const activities = async (): Promise<VendorActivity[]> => mapPlexActivities(await read({ path: '/activities', endpoint: 'GET /activities' }));
  return {
    running: async () => {
      const running = await activities();
      return [...running, ...mapPlexConversions(await conversions(read))];
    },
    cancel: async (activityId) => {
      const known = (await activities()).find(({ vendorId }) => vendorId === activityId);
      if (!known) throw notThere('work', { activityVendorId: activityId });
      if (!known.cancellable) throw new AppError('CAPABILITY_MISSING', 'The media server does not let this work be cancelled.', { capability: 'activities.cancel', reason: 'activity' });
      await order({ method: 'DELETE', path: `/activities/${encodeURIComponent(activityId)}`, endpoint: 'DELETE /activities/{id}' }, 'work').catch((error: unknown) => {
        // it ended by itself meanwhile
        if (connectionError(error).code !== 'NOT_FOUND') throw error;
      });
    },
  };
}

/** Older servers do not know this list: then there are none to tell of. */
async function conversions(read: PlexCalls['read']): Promise<Fields> {
  try {
    return await read({ path: '/status/sessions/background', endpoint: 'GET /status/sessions/background' });
  } catch (error) {
    const failure = connectionError(error);
    if (failure.code === 'NOT_FOUND' || failure.code === 'VENDOR_ANSWER_INVALID') return {};
    throw failure;
  }
}

function typeOf(kind: string): VendorActivity['type'] {
  if (/^library\.update/.test(kind)) return 'scan';
  if (/download|sync/.test(kind)) return 'download';
  // `media.generate…` makes previews and chapters: a task, no conversion
  return /^media\.(optimi[sz]e|transcode|convert)/.test(kind) ? 'conversion' : 'task';
}

const percentOf = (value: unknown): number | null => {
  const progress = numberOf(value);
  // -1: not known
  return progress === null || progress < 0 ? null : Math.min(100, progress);
};

/** `GET /activities`. */
export function mapPlexActivities(container: Fields): VendorActivity[] {
  return listOf(container['Activity']).flatMap((row) => {
    const activity = fieldsOf(row);
    const vendorId = textOf(activity['uuid'], 300);
    if (vendorId === null) return [];
    const kind = textOf(activity['type'], 200) ?? '';
    const context = fieldsOf(Array.isArray(activity['Context']) ? activity['Context'][0] : activity['Context']);
    return {
      vendorId,
      type: typeOf(kind),
      title: textOf(activity['title'], 500) ?? kind,
      subtitle: textOf(activity['subtitle'], 500),
      progressPercent: percentOf(activity['progress']),
      libraryVendorId: textOf(context['librarySectionID'], 200),
      state: 'running' as const,
      cancellable: booleanOf(activity['cancellable']) === true,
      userName: null,
      deviceName: null,
      problem: null,
    };
  });
}

/** `GET /status/sessions/background`: versions of files that are being made. They end where they were ordered, not here. */
export function mapPlexConversions(container: Fields): VendorActivity[] {
  return listOf(container['TranscodeJob']).flatMap((row) => {
    const job = fieldsOf(row);
    const key = textOf(job['key'], 200) ?? textOf(job['generatorID'], 100);
    if (key === null) return [];
    return {
      vendorId: `conversion:${key}`,
      type: 'conversion' as const,
      title: textOf(job['title'], 500) ?? 'Conversion',
      subtitle: null,
      progressPercent: percentOf(job['progress']),
      libraryVendorId: null,
      state: 'running' as const,
      cancellable: false,
      userName: null,
      deviceName: null,
      problem: null,
    };
  });
}
