import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

const MASK = '[secret]';
/** Runs of characters that keys and tokens are made of; what is shorter is a word. */
const TOKEN_RUN = /[A-Za-z0-9_-]{8,}/g;
const PREFIX_LENGTH = 12;

/**
 * Which texts the scrubber looks for: hashes of live secrets, so that this table itself gives nothing away.
 * A run of 12 characters or more is known by its first 12, a shorter one by the whole of it.
 */
const known = new Map<string, number>();
const forget = new FinalizationRegistry<readonly string[]>((marks) => {
  for (const mark of marks) {
    const left = (known.get(mark) ?? 0) - 1;
    if (left > 0) known.set(mark, left);
    else known.delete(mark);
  }
});

function markOf(text: string): string {
  return `${text.length}:${createHash('sha256').update(text).digest('base64')}`;
}

function marksOf(value: string): string[] {
  return [...value.matchAll(TOKEN_RUN)].map(([run]) => markOf(run.slice(0, PREFIX_LENGTH)));
}

/** A text that must never be printed: every way of turning it into text gives `[secret]`. */
export class Secret {
  readonly #value: string;

  private constructor(value: string) {
    this.#value = value;
    const marks = marksOf(value);
    for (const mark of marks) known.set(mark, (known.get(mark) ?? 0) + 1);
    forget.register(this, marks);
  }

  static of(value: string): Secret {
    return new Secret(value);
  }

  /** The text itself; only for the call that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

const PATTERNS: readonly [RegExp, string][] = [
  [/((?:X-Plex-Token|X-Emby-Token|X-MediaBrowser-Token|api_?key|access_token)(?:=|%3D|["']?\s*:\s*\\?["']?))[^&\s"'\\<>,}]+/gi, `$1${MASK}`],
  [/(Token=\\?")[^"\\]+/gi, `$1${MASK}`],
  [/\bush[ep]1?_[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)?/g, MASK],
  [/\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){2,4}/g, MASK],
  [/\bS[ANUOCX][A-Z2-7]{56}\b/g, MASK],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:)[^\s/@"']+@/gi, `$1${MASK}@`],
];

/** The last guard in front of a log: takes out what looks like a secret and what is one in this process. */
export function scrubSecrets(line: string): string {
  let clean = line;
  for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement);
  if (known.size === 0) return clean;
  return clean.replace(TOKEN_RUN, scrubRun);
}

/** A secret may stand inside a longer run, so each place where one could begin is tried. */
function scrubRun(run: string): string {
  if (run.length < PREFIX_LENGTH) return known.has(markOf(run)) ? MASK : run;
  for (let start = 0; start + PREFIX_LENGTH <= run.length; start++) {
    if (known.has(markOf(run.slice(start, start + PREFIX_LENGTH)))) return `${run.slice(0, start)}${MASK}`;
  }
  return run;
}
