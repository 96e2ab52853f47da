/**
 * Groups whose JSON arrays are at most `maxBytes` each, in order. At least one group, also of nothing; an entry
 * that is larger by itself gets a group of its own.
 */
export function splitBySize<T>(entries: readonly T[], maxBytes: number): T[][] {
  const groups: T[][] = [[]];
  let bytes = 2;
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (groups.at(-1)!.length > 0 && bytes + size > maxBytes) {
      groups.push([]);
      bytes = 2;
    }
    groups.at(-1)!.push(entry);
    bytes += size;
  }
  return groups;
}
