import type { PolicyChange, UserPolicy } from '@usher/contracts';
import { booleanOf, countOf, textsOf, type Fields } from './fields.js';

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

/** A library that is not there any more is no grant. */
export function mapPolicy(document: Fields, folders: readonly PolicyFolder[], words: PolicyWords): UserPolicy {
  const granted = new Set(textsOf(document['EnabledFolders'], 200).map(plain));
  const bitRate = countOf(document['RemoteClientBitrateLimit']);
  const isOn = (name: string): boolean | null => booleanOf(document[name]);
  return {
    enabled: isOn('IsDisabled') !== true,
    libraries: isOn('EnableAllFolders') === true ? 'all' : folders.filter(({ folderId }) => granted.has(plain(folderId))).map(({ vendorId }) => vendorId),
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
