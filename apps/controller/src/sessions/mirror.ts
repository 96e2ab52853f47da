export const MIRROR_EVENT_KINDS = ['started', 'paused', 'resumed', 'seeked', 'buffering', 'delivery-changed', 'quality-changed', 'transcode-slow', 'ended'] as const;
export type MirrorEventKind = (typeof MIRROR_EVENT_KINDS)[number];

export interface MirrorEvent {
  readonly at: string;
  readonly kind: MirrorEventKind;
  readonly text: string;
  readonly positionMs: number | null;
}

export interface BitRateSample {
  readonly at: string;
  readonly kbps: number | null;
}
