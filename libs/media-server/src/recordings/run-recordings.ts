import { readFile, readdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { SERVER_KINDS, type ServerKind } from '@usher/contracts';
import { emby } from '../emby/emby.adapter.js';
import { jellyfin } from '../jellyfin/jellyfin.adapter.js';
import { mediaBrowserRules } from './media-browser.rules.js';
import { plexRules } from './plex.rules.js';
import { IndexRow, toRecording, type Recording, type RecordingRule } from './recording.js';

const RULES: Readonly<Record<ServerKind, readonly RecordingRule[]>> = {
  emby: mediaBrowserRules(emby),
  jellyfin: mediaBrowserRules(jellyfin),
  plex: plexRules,
};

export interface RecordingOutcome {
  readonly file: string;
  readonly kind: string;
  readonly outcome: 'mapped' | 'failed' | 'without a mapper';
  /** The rule that took it, or why it failed. */
  readonly detail: string;
}

/** Every folder with an INDEX.json in or below `dir`; none for a folder that cannot be read. */
export async function findIndexes(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  if (entries.some((entry) => entry.isFile() && entry.name === 'INDEX.json')) return [resolve(dir)];
  const nested = await Promise.all(entries.filter((entry) => entry.isDirectory()).map((entry) => findIndexes(join(dir, entry.name))));
  return nested.flat().sort();
}

/** The vendor whose name is the last one in the folder's path; null when there is none. */
export function vendorOf(dir: string): ServerKind | null {
  const segments = resolve(dir).toLowerCase().split(sep).reverse();
  for (const segment of segments) {
    const kind = SERVER_KINDS.find((each) => segment === each || segment.startsWith(`${each}-`) || segment.endsWith(`-${each}`));
    if (kind) return kind;
  }
  return null;
}

/** Runs every response of one folder through the mapper or error rule that would receive it. */
export async function runRecordings(dir: string, vendor: ServerKind): Promise<RecordingOutcome[]> {
  const rows = z.array(IndexRow).parse(JSON.parse(await readFile(join(dir, 'INDEX.json'), 'utf8')));
  const outcomes: RecordingOutcome[] = [];
  for (const row of rows) outcomes.push(await runOne(dir, row, RULES[vendor]));
  return outcomes;
}

async function runOne(dir: string, row: IndexRow, rules: readonly RecordingRule[]): Promise<RecordingOutcome> {
  const base = { file: row.file, kind: row.kind };
  let recording: Recording;
  try {
    recording = toRecording(row, await readFile(join(dir, row.file), 'utf8'));
  } catch (error) {
    return { ...base, outcome: 'failed', detail: `cannot be read: ${textOf(error)}` };
  }
  const rule = rules.find((each) => each.matches(recording));
  if (!rule) return { ...base, outcome: 'without a mapper', detail: `${row.request} (${row.status})` };
  try {
    await rule.run(recording);
    return { ...base, outcome: 'mapped', detail: rule.name };
  } catch (error) {
    return { ...base, outcome: 'failed', detail: `${rule.name}: ${textOf(error)}` };
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
