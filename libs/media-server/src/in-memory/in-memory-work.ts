import { AppError, type Backup, type Capability, type Device, type HistoryEntry, type LogEntry, type MediaItem, type ServerTask, type SubtitleCandidate } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';

/** Tasks, devices, diaries, subtitles and backups, without a network. All of it is set and read directly. */
export class InMemoryWork {
  taskList: ServerTask[] = [];
  deviceList: Device[] = [];
  /** In any order. */
  historyList: HistoryEntry[] = [];
  logList: LogEntry[] = [];
  /** What the server's providers have, for every item. */
  subtitleList: SubtitleCandidate[] = [];
  backupList: Backup[] = [];
  /** Ids of tasks, oldest first. */
  readonly startedTasks: string[] = [];
  readonly fetchedSubtitles: { readonly itemId: string; readonly candidateId: string }[] = [];

  constructor(
    private readonly itemLists: ReadonlyMap<string, readonly MediaItem[]>,
    private readonly admit: (capability: Capability | null) => void,
  ) {}

  readonly tasks: MediaServer['tasks'] = {
    list: async () => {
      this.admit('tasks.list');
      return structuredClone(this.taskList);
    },
    start: async (id) => {
      this.admit('tasks.start');
      const task = this.taskList.find(({ vendorId }) => vendorId === id);
      if (!task) throw notFound('task', id);
      task.state = 'running';
      this.startedTasks.push(id);
    },
  };

  readonly devices: MediaServer['devices'] = {
    list: async () => {
      this.admit('devices.list');
      return structuredClone(this.deviceList);
    },
    revoke: async (id) => {
      this.admit('devices.revoke');
      if (!this.deviceList.some(({ vendorId }) => vendorId === id)) throw notFound('device', id);
      this.deviceList = this.deviceList.filter(({ vendorId }) => vendorId !== id);
    },
  };

  readonly history: MediaServer['history'] = {
    playbacks: async (limit, since) => {
      this.admit('history.read');
      return newest(this.historyList, limit, ({ at }) => since === null || at >= since);
    },
    log: async (limit, before) => {
      this.admit('log.read');
      return newest(this.logList, limit, ({ at }) => before === null || at < before);
    },
  };

  readonly subtitles: MediaServer['subtitles'] = {
    find: async (itemId) => {
      this.admit('subtitles.search');
      this.#requireItem(itemId);
      return structuredClone(this.subtitleList);
    },
    fetch: async (itemId, candidateId) => {
      this.admit('subtitles.search');
      this.#requireItem(itemId);
      if (!this.subtitleList.some(({ vendorId }) => vendorId === candidateId)) throw notFound('subtitle', candidateId);
      this.fetchedSubtitles.push({ itemId, candidateId });
    },
  };

  readonly backup: MediaServer['backup'] = {
    list: async () => {
      this.admit('backup.list');
      return structuredClone(this.backupList);
    },
    trigger: async () => {
      this.admit('backup.trigger');
      this.backupList = [...this.backupList, { name: `backup-${this.backupList.length + 1}`, at: null, serverVersion: null, sizeBytes: null }];
    },
  };

  #requireItem(itemId: string): void {
    if (![...this.itemLists.values()].flat().some(({ vendorId }) => vendorId === itemId)) throw notFound('title', itemId);
  }
}

function newest<Row extends { at: string }>(rows: readonly Row[], limit: number, fits: (row: Row) => boolean): Row[] {
  return structuredClone(rows.filter(fits).sort((one, other) => other.at.localeCompare(one.at)).slice(0, limit));
}

function notFound(noun: string, vendorId: string): AppError {
  return new AppError('NOT_FOUND', `This ${noun} is not on the media server.`, { vendorId });
}
