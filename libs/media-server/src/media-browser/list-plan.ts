/** What makes one list of ids out of another. */
export interface ListPlan {
  /** As many from the beginning stay. */
  readonly keep: number;
  readonly add: readonly string[];
}

/**
 * The longest beginning that can stay. An id that is to go must not stand in it as well: entries are named by the id of
 * their item, and removing one removes all that are equal (Jellyfin, measured).
 */
export function planList(current: readonly string[], wanted: readonly string[]): ListPlan {
  let keep = 0;
  while (keep < current.length && keep < wanted.length && current[keep] === wanted[keep]) keep += 1;
  for (;;) {
    const going = new Set(current.slice(keep));
    const clash = current.slice(0, keep).findIndex((id) => going.has(id));
    if (clash < 0) return { keep, add: wanted.slice(keep) };
    keep = clash;
  }
}
