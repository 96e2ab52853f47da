import type { PolicyChange, UserPolicy } from '@usher/contracts';
import { booleanOf, countOf, fieldsOf, listOf, textsOf, type Fields } from './fields.js';

/** A library as queries name it, and as policies do. */
export interface PolicyFolder {
  readonly vendorId: string;
  readonly folderId: string;
}

/** Where the policies of the two vendors differ. */
export interface PolicyWords {
  readonly streamLimit: 'MaxActiveSessions' | 'SimultaneousStreamLimit';
}

const SWITCHES = {
  hidden: 'IsHidden',
  remoteAccess: 'EnableRemoteAccess',
  videoTranscoding: 'EnableVideoPlaybackTranscoding',
  audioTranscoding: 'EnableAudioPlaybackTranscoding',
  remuxing: 'EnablePlaybackRemuxing',
  downloads: 'EnableContentDownloading',
} as const;

const plain = (id: string): string => id.replaceAll('-', '').toLowerCase();

/** The answer to a listing of libraries, in the names of policies. @returns null when it is none */
export function foldersOf(answer: unknown, folderOf: (row: Fields) => PolicyFolder | null): PolicyFolder[] | null {
  const rows = Array.isArray(answer) ? answer : fieldsOf(answer)['Items'];
  return Array.isArray(rows) ? listOf(rows).flatMap((row) => folderOf(fieldsOf(row)) ?? []) : null;
}

/** What a policy lets somebody see. A library that is not there any more is no grant. */
export function grantedLibraries(document: Fields, folders: readonly PolicyFolder[]): UserPolicy['libraries'] {
  if (booleanOf(document['EnableAllFolders']) === true) return 'all';
  const granted = new Set(textsOf(document['EnabledFolders'], 200).map(plain));
  return folders.filter(({ folderId }) => granted.has(plain(folderId))).map(({ vendorId }) => vendorId);
}

export function mapPolicy(document: Fields, folders: readonly PolicyFolder[], words: PolicyWords): UserPolicy {
  const bitRate = countOf(document['RemoteClientBitrateLimit']);
  const isOn = (name: string): boolean | null => booleanOf(document[name]);
  return {
    enabled: isOn('IsDisabled') !== true,
    libraries: grantedLibraries(document, folders),
    hidden: isOn(SWITCHES.hidden),
    remoteAccess: isOn(SWITCHES.remoteAccess),
    bitRateLimitKbps: bitRate === null ? null : Math.round(bitRate / 1000),
    videoTranscoding: isOn(SWITCHES.videoTranscoding),
    audioTranscoding: isOn(SWITCHES.audioTranscoding),
    remuxing: isOn(SWITCHES.remuxing),
    downloads: isOn(SWITCHES.downloads),
    streamLimit: countOf(document[words.streamLimit]),
  };
}

/** The whole document with the change on it; nothing else in it moves. */
export function overlayPolicy(document: Fields, change: PolicyChange, folders: readonly PolicyFolder[], words: PolicyWords): Fields {
  const now = mapPolicy(document, folders, words);
  const next: Record<string, unknown> = { ...document };
  if (change.enabled !== undefined) next['IsDisabled'] = !change.enabled;
  for (const [field, name] of Object.entries(SWITCHES) as [keyof typeof SWITCHES, string][]) {
    if (change[field] != null && now[field] !== null) next[name] = change[field];
  }
  // a limit that means the same keeps its own figure
  if (change.bitRateLimitKbps != null && change.bitRateLimitKbps !== now.bitRateLimitKbps) next['RemoteClientBitrateLimit'] = change.bitRateLimitKbps * 1000;
  if (change.streamLimit != null && now.streamLimit !== null) next[words.streamLimit] = change.streamLimit;
  if (change.libraries !== undefined) {
    const wanted = change.libraries;
    next['EnableAllFolders'] = wanted === 'all';
    next['EnabledFolders'] = wanted === 'all' ? [] : folders.filter(({ vendorId }) => wanted.includes(vendorId)).map(({ folderId }) => folderId);
  }
  return next;
}
