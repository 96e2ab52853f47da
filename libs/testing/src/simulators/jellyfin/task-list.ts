import { stableHex } from '../base/random.js';
import type { VendorTask } from '../mediabrowser/task-rows.js';

const task = (key: string, name: string, category: string): VendorTask => ({ id: stableHex(key), key, name, category });

/** Some of the tasks of a real server; their keys are the same in every version. */
export const JELLYFIN_TASKS: readonly VendorTask[] = [
  task('AudioNormalization', 'Audio Normalization', 'Library'),
  task('CleanActivityLog', 'Clean Activity Log', 'Maintenance'),
  task('CleanLogFiles', 'Clean Log Directory', 'Maintenance'),
  task('DownloadSubtitles', 'Download missing subtitles', 'Library'),
  task('OptimizeDatabaseTask', 'Optimize database', 'Maintenance'),
  task('RefreshLibrary', 'Scan Media Library', 'Library'),
];
