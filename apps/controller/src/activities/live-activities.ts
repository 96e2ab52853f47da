import type { ActivitiesState, Activity } from '@usher/contracts';
import type { Clock } from '@usher/resilience';

/** While anything runs an agent repeats its list every 30 s; three missed ones make it stale. */
export const STALE_MS = 90_000;

export interface ActivityList {
  readonly serverId: string;
  readonly agentId: string;
  readonly seq: number;
  /** ISO time at the agent. */
  readonly at: string;
  readonly activities: readonly Activity[];
  /** Monotonic time of its arrival here. */
  readonly receivedMs: number;
}

/** What every media server is busy with besides streams, in memory only: whole lists, the highest `seq` of an agent wins. */
export class LiveActivities {
  private readonly lists = new Map<string, ActivityList>();

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /** The new list, or null when it is not newer. */
  receive(from: { serverId: string; agentId: string }, { seq, at, activities }: ActivitiesState): ActivityList | null {
    const known = this.lists.get(from.serverId);
    if (known?.agentId === from.agentId && seq <= known.seq) return null;
    const list = { ...from, seq, at, activities, receivedMs: this.clock.monotonicMs() };
    this.lists.set(from.serverId, list);
    return list;
  }

  list(serverId: string): ActivityList | null {
    return this.lists.get(serverId) ?? null;
  }

  all(): ActivityList[] {
    return [...this.lists.values()];
  }

  /** True when something runs, as far as is known, and nothing was heard of it for too long. An empty list never gets old. */
  isOverdue({ activities, receivedMs }: ActivityList): boolean {
    return activities.length > 0 && this.clock.monotonicMs() - receivedMs >= STALE_MS;
  }

  forget(serverId: string): void {
    this.lists.delete(serverId);
  }
}
