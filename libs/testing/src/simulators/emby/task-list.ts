import type { VendorTask } from '../mediabrowser/task-rows.js';

/** Some of the tasks of a real server; not all of them have a key. */
export const EMBY_TASKS: readonly VendorTask[] = [
  { id: '8542b8a00478ef9d9a590e7f2e3b62da', name: 'Convert media', key: 'SyncPrepare', category: 'Downloads & Conversions' },
  { id: '0ac9e449d14bbda75dc6e7ea6f830b9c', name: 'Download subtitles', key: 'DownloadSubtitles', category: 'Library' },
  { id: 'c3f011675d868fcc11e278b847523ef5', name: 'Rotate log file', key: null, category: 'Application' },
  { id: '6330ee8fb4a957f33981f89aa78b030f', name: 'Scan media library', key: 'RefreshLibrary', category: 'Library' },
];

/** Comes with its plugin. */
export const BACKUP_TASK: VendorTask = { id: '1f0c7a55d3f04a3f8a8be4c5d5f4a2b1', name: 'Server Configuration Backup', key: 'ServerConfigurationBackup', category: 'Application' };
