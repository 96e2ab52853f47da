import type { ServerKind } from '@usher/contracts';

/** Release lines that were measured or recorded: major and minor number. Another line is a warning, never a refusal. */
const TESTED: Readonly<Record<ServerKind, readonly (readonly [number, number])[]>> = {
  emby: [
    [4, 8],
    [4, 9],
  ],
  jellyfin: [
    [10, 10],
    [10, 11],
    [12, 0],
  ],
  plex: [
    [1, 40],
    [1, 41],
    [1, 42],
  ],
};

/** The numbers of a version; Jellyfin's jump from 10.11 to 12.0, so they are compared as numbers. */
export function versionNumbers(version: string): number[] {
  return version.split(/[.\-+]/).map((part) => Number.parseInt(part, 10)).map((part) => (Number.isNaN(part) ? 0 : part));
}

export function isTestedVersion(kind: ServerKind, version: string): boolean {
  const [major, minor] = versionNumbers(version);
  return TESTED[kind].some((line) => line[0] === major && line[1] === (minor ?? 0));
}

/** `12.0.1` is at least `12`; a missing number counts as 0. */
export function isAtLeast(version: string, ...wanted: number[]): boolean {
  const numbers = versionNumbers(version);
  for (const [index, want] of wanted.entries()) {
    const have = numbers[index] ?? 0;
    if (have !== want) return have > want;
  }
  return true;
}
