import { AppError, type Capability } from '@usher/contracts';
import type { MediaServer } from './media-server.js';

const not = (capability: Capability) => async (): Promise<never> => {
  throw new AppError('CAPABILITY_MISSING', `This media server cannot do that (${capability}).`, { capability });
};

/** The answers of an adapter whose vendor has no such thing: a group is replaced as a whole or spread and overlaid. */
export const NOT_THERE = {
  control: not('sessions.control'),
  limitBitRate: not('sessions.limitBitRate'),
  remotePlay: not('playback.remotePlay'),
  find: not('items.byProviderId'),
  recentlyAdded: not('items.recentlyAdded'),
  health: not('metadata.health'),
  create: not('libraries.create'),
  remove: not('libraries.create'),
  setEnabled: not('users.policy'),
  setPassword: not('users.password'),
  discovery: not('users.discovery'),
  cancel: not('activities.cancel'),
  tasks: { list: not('tasks.list'), start: not('tasks.start') } satisfies MediaServer['tasks'],
  devices: { list: not('devices.list'), revoke: not('devices.revoke') } satisfies MediaServer['devices'],
  playlists: { list: not('playlists.read'), items: not('playlists.read'), ensure: not('playlists.write'), remove: not('playlists.write') } satisfies MediaServer['playlists'],
  collections: { list: not('collections.read'), items: not('collections.read'), ensure: not('collections.write'), remove: not('collections.write') } satisfies MediaServer['collections'],
  history: { playbacks: not('history.read'), log: not('log.read') } satisfies MediaServer['history'],
  subtitles: { find: not('subtitles.search'), fetch: not('subtitles.search') } satisfies MediaServer['subtitles'],
  backup: { list: not('backup.list'), trigger: not('backup.trigger') } satisfies MediaServer['backup'],
} as const;
