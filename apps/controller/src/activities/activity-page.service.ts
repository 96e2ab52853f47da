import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { Logger } from '@usher/platform';
import { Coalesce, type Clock, type TimerHandle } from '@usher/resilience';
import type { Actor } from '../auth/actor.js';
import { LatestByKey } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { MigrationProgress } from '../migrations/migration-progress.js';
import { optionalServerIds } from '../servers/server-ids.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { ActivitiesService } from './activities.service.js';
import { exportRows, type ExportFormat } from './activity-export.js';
import { filtered, ordered, pageOf, statsOf, type ListFilter } from './activity-list.js';
import type { ActivityFilter, ActivityOrder, ActivityPageObject } from './activity-page.graphql.js';
import { rowOfActivity, rowOfProblem, rowOfRun, rowsOfSession, type ActivityRow } from './activity-row.js';
import { ActivitySourcesRepository } from './activity-sources.repository.js';

const SIZES: readonly number[] = [10, 25, 50, 100];
const MAX_PAGE = 1_000_000;
const MAX_SEARCH = 200;
/** Watchers get a new page at most this often. */
const EVERY_MS = 1_000;

export interface PageWish {
  readonly filter?: ActivityFilter | null;
  readonly page: number;
  readonly size: number;
  readonly order: ActivityOrder;
  readonly descending: boolean;
}

interface Everything {
  readonly rows: readonly ActivityRow[];
  /** Of servers that have not told yet. */
  readonly waiting: readonly { readonly id: string; readonly alias: string }[];
}

interface Watcher {
  readonly wish: PageWish;
  readonly filter: ListFilter;
  readonly queue: LatestByKey<'page', ActivityPageObject>;
  shown: string;
}

/**
 * The one list of everything that goes on: streams, running work, migration runs and servers that fail. Made anew from
 * memory and two short queries; streams and work of servers that do not answer are left out, one problem stands for them.
 */
@Injectable()
export class ActivityPageService implements OnApplicationShutdown {
  private readonly watchers = new Set<Watcher>();
  private readonly reads = new Coalesce<Everything>();
  private timer: TimerHandle | null = null;

  constructor(
    private readonly sessions: SessionsService,
    private readonly activities: ActivitiesService,
    private readonly sources: ActivitySourcesRepository,
    private readonly progress: MigrationProgress,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationShutdown(): void {
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
    for (const watcher of [...this.watchers]) watcher.queue.close();
  }

  /** For everybody who is signed in. @throws VALIDATION_FAILED */
  async page(actor: Actor, wish: PageWish): Promise<ActivityPageObject> {
    actor.require('viewer');
    const filter = checked(wish);
    return pageFrom(await this.everything(), wish, filter);
  }

  /** The page at once, then again when something on it or its numbers changed, at most once a second. @throws VALIDATION_FAILED */
  watch(actor: Actor, wish: PageWish): AsyncIterableIterator<ActivityPageObject> {
    actor.require('viewer');
    const filter = checked(wish);
    const queue = new LatestByKey<'page', ActivityPageObject>(() => this.watchers.delete(watcher));
    const watcher: Watcher = { wish, filter, queue, shown: '' };
    this.watchers.add(watcher);
    void this.show([watcher]).then(() => this.plan());
    return queue;
  }

  /** All pages. @throws VALIDATION_FAILED */
  async exported(actor: Actor, given: ActivityFilter | null, format: ExportFormat): Promise<string> {
    actor.require('viewer');
    const filter = filterOf(given);
    const { rows } = await this.everything();
    return exportRows(ordered(filtered(rows, filter).ofKinds, { order: 'started', descending: true }), format);
  }

  /** Tells those whose page is another than the one they got last. */
  private async show(watchers: Iterable<Watcher>): Promise<void> {
    try {
      const everything = await this.everything();
      for (const watcher of watchers) {
        const page = pageFrom(everything, watcher.wish, watcher.filter);
        const text = JSON.stringify(page);
        if (text === watcher.shown) continue;
        watcher.shown = text;
        watcher.queue.push('page', page);
      }
    } catch (error) {
      this.logger.warn('activities.not_read', 'The list of activities could not be made; it is tried again.', { error });
    }
  }

  /** Goes on as long as anybody watches. */
  private plan(): void {
    if (this.timer || this.watchers.size === 0) return;
    this.timer = this.clock.setTimeout(() => {
      void this.show(this.watchers).then(() => {
        this.timer = null;
        this.plan();
      });
    }, EVERY_MS);
  }

  private everything(): Promise<Everything> {
    return this.reads.run('all', () => this.collect());
  }

  private async collect(): Promise<Everything> {
    const [servers, runs] = await Promise.all([this.sources.servers(), this.sources.runs()]);
    const running = new Map(this.activities.running().map((list) => [list.serverId, list.activities]));
    const rows: ActivityRow[] = runs.map((run) => rowOfRun({ ...run, progress: this.progress.latestOfRun(run.id) }));
    const waiting: Everything['waiting'][number][] = [];
    for (const server of servers) {
      const snapshot = this.sessions.live.snapshot(server.id);
      const isCurrent = snapshot !== null && !this.sessions.isStale(snapshot);
      const lastStreams = isCurrent ? 0 : (snapshot?.sessions ?? []).filter(({ stream }) => stream !== null).length;
      const problem = rowOfProblem(server, lastStreams);
      if (problem) rows.push(problem);
      if (isCurrent) for (const session of snapshot.sessions) rows.push(...rowsOfSession(server, session));
      for (const activity of running.get(server.id) ?? []) rows.push(rowOfActivity(server, activity));
      if (!snapshot && !problem) waiting.push(server);
    }
    return { rows, waiting };
  }
}

function pageFrom({ rows, waiting }: Everything, { page, size, order, descending }: PageWish, filter: ListFilter): ActivityPageObject {
  const { all, ofKinds } = filtered(rows, filter);
  const { byKind, ...stats } = statsOf(all);
  const waitingServers = waiting.filter(({ id }) => !filter.serverIds || filter.serverIds.has(id)).map(({ alias }) => alias);
  return { ...pageOf(ordered(ofKinds, { order, descending }), page, size), total: ofKinds.length, stats: { ...stats, byKind: [...byKind], waitingServers } };
}

function checked({ filter, page, size }: PageWish): ListFilter {
  if (!SIZES.includes(size)) throw new AppError('VALIDATION_FAILED', `size must be one of ${SIZES.join(', ')}.`, { field: 'size' });
  if (!Number.isInteger(page) || page < 1 || page > MAX_PAGE) throw new AppError('VALIDATION_FAILED', 'page must be a whole number from 1.', { field: 'page' });
  return filterOf(filter ?? null);
}

function filterOf(given: ActivityFilter | null): ListFilter {
  const search = given?.search?.trim() || null;
  if (search && search.length > MAX_SEARCH) throw new AppError('VALIDATION_FAILED', `search must have at most ${MAX_SEARCH} characters.`, { field: 'filter.search' });
  const serverIds = optionalServerIds(given?.serverIds);
  return { search, kinds: given?.kinds ? new Set(given.kinds) : null, serverIds: serverIds ? new Set(serverIds) : null };
}
