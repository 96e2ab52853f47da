import type { Fate } from './plan-comparison.js';
import type { PlanWatcher } from './plan-result.js';
import type { WatchedTitle } from './plan-watchers.repository.js';

/** Who watched titles of the chosen libraries, and what of it the target has or would have. Most first. */
export function watchersOf(titles: readonly WatchedTitle[], fates: ReadonlyMap<string, Fate>, targetNames: readonly string[]): PlanWatcher[] {
  const names = new Map(targetNames.map((name) => [name.toLowerCase(), name]));
  const watchers = new Map<string, { -readonly [K in keyof PlanWatcher]: PlanWatcher[K] }>();
  for (const { userName, itemId, title, isWatched, isWatching } of titles) {
    const fate = fates.get(itemId);
    if (!fate) continue;
    const targetUserName = names.get(userName.toLowerCase()) ?? null;
    const watcher = watchers.get(userName) ?? { userName, targetUserName, lastTitle: null, isWatching: false, watched: 0, begun: 0, kept: 0, after: 0, missing: 0 };
    watchers.set(userName, watcher);
    watcher.lastTitle = title;
    watcher.isWatching ||= isWatching;
    watcher[isWatched ? 'watched' : 'begun'] += 1;
    if (fate === 'undecided') watcher.missing += 1;
    else {
      watcher.after += 1;
      if (fate !== 'only-source') watcher.kept += 1;
    }
  }
  return [...watchers.values()].sort((a, b) => b.watched + b.begun - (a.watched + a.begun) || (a.userName < b.userName ? -1 : 1));
}
