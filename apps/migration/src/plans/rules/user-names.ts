import type { ServerKind } from '@usher/contracts';

export type NameProblem = { readonly reason: 'taken' | 'refused'; readonly proposal: string };

const MAX_NAME = 200;

/** Names are compared as vendors do it: upper and lower case are equal. */
export function nameKey(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

/** What a vendor refuses in a name, most of them with an error that says nothing. */
function isRefused(name: string, kind: ServerKind): boolean {
  if (name.trim() === '' || name !== name.trim() || name.length > MAX_NAME) return true;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(name)) return true;
  if (kind === 'jellyfin') return !/^(?!\s)[\p{L}\p{N}\p{M} \-'._@+]+(?<!\s)$/u.test(name);
  return /[/\\:*?"<>|]/.test(name);
}

/** Null when an account of this name can be made. The proposal can. */
export function nameProblem(name: string, kind: ServerKind, taken: ReadonlySet<string>): NameProblem | null {
  if (isRefused(name, kind)) return { reason: 'refused', proposal: free(cleaned(name), kind, taken) };
  if (taken.has(nameKey(name))) return { reason: 'taken', proposal: free(name, kind, taken) };
  return null;
}

function free(name: string, kind: ServerKind, taken: ReadonlySet<string>): string {
  const base = isRefused(name, kind) ? 'user' : name;
  for (let n = 1; ; n++) {
    const proposal = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(nameKey(proposal))) return proposal;
  }
}

function cleaned(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{M} \-'._@+]+/gu, '-')
    .replace(/^[\s-]+|[\s-]+$/g, '')
    .slice(0, MAX_NAME - 10);
}
