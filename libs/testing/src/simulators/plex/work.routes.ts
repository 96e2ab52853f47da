import type { SimulatorCore } from '../base/core.js';
import { jsonReply, reply, type Reply } from '../base/message.js';
import { stableHex } from '../base/random.js';
import { route, type Route } from '../base/router.js';
import type { SimulatedTask } from '../base/tasks.js';
import type { Call } from './plex-face.js';
import { container, htmlReply } from './replies.js';
import { activityRow } from './rows.js';

export interface PlexWork {
  /** A release that is newer; none by default. */
  readonly release?: string;
  /** Versions of files that it makes in the background. */
  readonly conversions?: readonly { readonly title: string; readonly progress: number }[];
  /** Whether it tells of its machine. */
  readonly tellsHost: boolean;
}

const BUTLER: readonly (readonly [name: string, title: string])[] = [
  ['BackupDatabase', 'Backup Database'],
  ['OptimizeDatabase', 'Optimize Database'],
  ['CleanOldBundles', 'Remove Old Bundles'],
  ['CleanOldCacheFiles', 'Remove Old Cache Files'],
  ['RefreshLibraries', 'Update All Libraries'],
  ['RefreshPeriodicMetadata', 'Refresh Metadata Periodically'],
  ['DeepMediaAnalysis', 'Perform Extensive Media Analysis'],
  ['CheckForUpdates', 'Check for Updates'],
];

const uuidOf = ({ id }: Pick<SimulatedTask, 'id'>): string => stableHex(`activity|${id}`);

/** What the server does besides streaming. */
export function workRoutes(core: SimulatorCore, { release, conversions = [], tellsHost }: PlexWork): Route<Call>[] {
  /** By task, when it began. */
  const butler = new Map<string, number>();
  const cancel = ({ params }: Call): Reply => {
    const task = core.tasks.running().find((each) => uuidOf(each) === params['uuid']);
    if (task === undefined) return htmlReply(404);
    if (task.kind !== 'scan') return htmlReply(400);
    core.tasks.cancel(task.id);
    return reply(200);
  };
  /** 202: it runs already. */
  const start = ({ params }: Call): Reply => {
    const known = BUTLER.find(([name]) => name === params['task'])?.[0];
    if (known === undefined) return htmlReply(404);
    const runs = core.clock.monotonicMs() - (butler.get(known) ?? Number.NEGATIVE_INFINITY) < core.tasks.takesMs;
    if (runs) return reply(202);
    butler.set(known, core.clock.monotonicMs());
    core.tasks.startedByHand.push(known);
    return reply(200);
  };
  const nowS = (): number => Math.floor(core.clock.now() / 1_000);
  return [
    route('GET', '/activities', 'admin', () => container({}, { name: 'Activity', rows: core.tasks.running().map(activityRow) })),
    route('DELETE', '/activities/{uuid}', 'admin', cancel),
    route('GET', '/status/sessions/background', 'admin', () => container({}, { name: 'TranscodeJob', rows: conversions.map(({ title, progress }, at) => ({ generatorID: at + 1, key: `job-${at + 1}`, type: 'transcode', title, progress, speed: 2.5, remaining: 600, size: 1_000_000 })) })),
    // the one answer that stands in no container
    route('GET', '/butler', 'admin', () => jsonReply({ ButlerTasks: { ButlerTask: BUTLER.map(([name, title]) => ({ name, title, description: `${title}.`, interval: 3, enabled: true, scheduleRandomized: true })) } }, 200, 'application/json')),
    route('POST', '/butler/{task}', 'admin', start),
    route('DELETE', '/butler/{task}', 'admin', ({ params }) => htmlReplyUnless(butler.delete(params['task']!))),
    route('GET', '/updater/status', 'admin', () => container({ canInstall: false, checkedAt: nowS(), status: 0 }, { name: 'Release', rows: release === undefined ? [] : [{ key: 'https://plex.tv/updater/releases/1', version: release, added: '', fixed: '', state: 'notify' }] })),
    route('GET', '/statistics/resources', 'admin', () => {
      const sample = (at: number) => ({ timespan: 6, at, hostCpuUtilization: 1.276, processCpuUtilization: 0.025, hostMemoryUtilization: 17.026, processMemoryUtilization: 0.493 });
      return container({}, { name: 'StatisticsResources', rows: tellsHost ? [sample(nowS() - 6), sample(nowS())] : [] });
    }),
  ];
}

const htmlReplyUnless = (done: boolean): Reply => (done ? reply(200) : htmlReply(404));
