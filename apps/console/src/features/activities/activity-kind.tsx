import type { ActivityKind } from '@usher/api-client';
import { CircleAlert, Clock, Download, Pause, Play, RefreshCw, Settings, Shuffle, SquareStack, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { KIND_WORDS } from './activity-words.js';

/** A shape per kind; with the word beside it no kind is told by its color alone. */
const ICONS: Readonly<Record<ActivityKind, LucideIcon>> = {
  STREAM: Play,
  TRANSCODE: Settings,
  PAUSE: Pause,
  DOWNLOAD: Download,
  SCAN: RefreshCw,
  CONVERSION: SquareStack,
  TASK: Clock,
  RUN: Shuffle,
  PROBLEM: CircleAlert,
};

const TONES: Readonly<Record<ActivityKind, string>> = {
  STREAM: 'text-play',
  TRANSCODE: 'text-transcode',
  PAUSE: 'text-paused',
  DOWNLOAD: 'accent',
  SCAN: 'dim',
  CONVERSION: 'text-transcode',
  TASK: 'dim',
  RUN: 'accent',
  PROBLEM: 'text-danger',
};

export const KIND_FILLS: Readonly<Record<ActivityKind, string>> = {
  STREAM: 'fill-play',
  TRANSCODE: 'fill-transcode',
  PAUSE: 'fill-paused',
  DOWNLOAD: 'fill-accent',
  SCAN: 'fill-neutral',
  CONVERSION: 'fill-transcode',
  TASK: 'fill-neutral',
  RUN: 'fill-accent',
  PROBLEM: 'fill-danger',
};

export function KindIcon({ kind, size = 14 }: { kind: ActivityKind; size?: number }): ReactNode {
  const Icon = ICONS[kind];
  return <Icon size={size} aria-hidden className={TONES[kind]} />;
}

/** Icon and word of a kind. */
export function KindBadge({ kind }: { kind: ActivityKind }): ReactNode {
  return (
    <span className={`inline kind-badge ${TONES[kind]}`}>
      <KindIcon kind={kind} />
      {KIND_WORDS[kind]}
    </span>
  );
}
