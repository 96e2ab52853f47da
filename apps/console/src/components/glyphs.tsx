import { ArrowLeftRight, CircleHelp, Hourglass, Pause, Play, Settings, TriangleAlert, Unplug, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { DeliveryMark } from '../format/media.js';
import { CONDITION_WORDS, type ServerCondition } from '../live/condition.js';
import type { FleetServer } from '../live/live-types.js';
import { Age } from './ticking.js';

type Kind = FleetServer['kind'];

const KIND_NAMES = { EMBY: 'Emby', JELLYFIN: 'Jellyfin', PLEX: 'Plex' } as const;

/** `Emby`; `Unknown vendor` before the first probe. */
export function kindName(kind: Kind): string {
  return kind ? KIND_NAMES[kind] : 'Unknown vendor';
}

/** The vendor's mark: diamond, triangle, rounded square, or a dashed circle. Never text. */
export function VendorGlyph({ kind, size = 16 }: { kind: Kind; size?: number }): ReactNode {
  const name = kindName(kind);
  return (
    <svg className={`vendor vendor-${(kind ?? 'none').toLowerCase()}`} width={size} height={size} viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" role="img" aria-label={name}>
      {kind === 'EMBY' && (
        <>
          <path d="M9 1.8 16.2 9 9 16.2 1.8 9z" />
          <path d="M7.6 6.8 11.2 9 7.6 11.2z" fill="currentColor" stroke="none" />
        </>
      )}
      {kind === 'JELLYFIN' && (
        <>
          <path d="M9 2.2 16.4 15.4H1.6z" />
          <path d="M9 8 11.6 12.8H6.4z" fill="currentColor" stroke="none" />
        </>
      )}
      {kind === 'PLEX' && (
        <>
          <rect x="1.8" y="1.8" width="14.4" height="14.4" rx="4" />
          <path d="M7.2 5.8 11.8 9 7.2 12.2z" fill="currentColor" stroke="none" />
        </>
      )}
      {!kind && <circle cx="9" cy="9" r="6.5" strokeDasharray="3 2.5" />}
    </svg>
  );
}

/** State glyphs differ in shape, not only in colour; each stands in a box of 14 px. */
export function StateGlyph({ condition }: { condition: ServerCondition }): ReactNode {
  const label = CONDITION_WORDS[condition];
  const icon = {
    online: <span className="state-dot" />,
    stale: <TriangleAlert size={14} className="text-warning" />,
    degraded: <TriangleAlert size={14} className="text-warning" />,
    offline: <Unplug size={14} className="text-danger" />,
    pending: <Hourglass size={14} className="dim" />,
  }[condition];
  return (
    <span className="state-glyph" role="img" aria-label={label}>
      {icon}
    </span>
  );
}

/** Filled state badge with the age of the state; nothing for a server that is well. */
export function ConditionBadge({ condition, sinceMs }: { condition: ServerCondition; sinceMs: number }): ReactNode {
  if (condition === 'online') return null;
  if (condition === 'pending') return <span className="badge fact">Pending</span>;
  return (
    <span className={`badge ${condition === 'offline' ? 'danger' : 'warning'}`}>
      {CONDITION_WORDS[condition]} <Age atMs={sinceMs} />
    </span>
  );
}

const MARK_ICONS: Readonly<Record<DeliveryMark, LucideIcon>> = {
  play: Play,
  stream: ArrowLeftRight,
  transcode: Settings,
  paused: Pause,
  unknown: CircleHelp,
};

export function MarkIcon({ mark, size = 13 }: { mark: DeliveryMark; size?: number }): ReactNode {
  const Icon = MARK_ICONS[mark];
  return <Icon size={size} strokeWidth={2} aria-hidden className={`text-${mark}`} />;
}
