import type { TranscodeReason } from '@usher/contracts';
import type { MediaFile } from './media.js';

/** How a test or a demo viewer wants an item delivered. A bare word takes the usual details. */
export type DeliveryPlan =
  | 'direct-play'
  | 'direct-stream'
  | 'transcode'
  | { readonly kind: 'direct-play' }
  | { readonly kind: 'direct-stream'; readonly container?: string; readonly reasons?: readonly TranscodeReason[] }
  | TranscodePlan;

export interface TranscodePlan {
  readonly kind: 'transcode';
  /** `copy`: only the audio is converted. */
  readonly video?: 'copy' | 'convert';
  readonly audio?: 'copy' | 'convert';
  readonly burnSubtitle?: boolean;
  readonly reasons?: readonly TranscodeReason[];
  readonly container?: string;
  readonly videoCodec?: string;
  readonly audioCodec?: string;
  readonly height?: number;
  readonly audioChannels?: number;
  readonly bitRate?: number;
  readonly hardware?: Hardware;
  /** × real time. */
  readonly speed?: number;
  readonly throttled?: boolean;
}

export type Hardware = 'none' | 'qsv' | 'nvenc' | 'vaapi' | 'videotoolbox';

/** The plan with every detail filled in from the file. */
export interface ResolvedDelivery {
  readonly kind: 'direct-play' | 'direct-stream' | 'transcode';
  readonly container: string;
  readonly bitRate: number;
  readonly reasons: readonly TranscodeReason[];
  readonly video: { readonly copied: boolean; readonly codec: string; readonly width: number; readonly height: number; readonly bitRate: number } | null;
  readonly audio: { readonly copied: boolean; readonly codec: string; readonly channels: number; readonly bitRate: number } | null;
  readonly burnSubtitle: boolean;
  readonly hardware: Hardware;
  readonly speed: number;
  readonly throttled: boolean;
}

const AUDIO_BIT_RATE = 192_000;

/** Fills a plan in: what is converted, to what, at which rate. */
export function resolveDelivery(plan: DeliveryPlan, file: MediaFile): ResolvedDelivery {
  const wanted: Exclude<DeliveryPlan, string> = typeof plan === 'string' ? { kind: plan } : plan;
  const video = file.video && { copied: true, codec: file.video.codec, width: file.video.width, height: file.video.height, bitRate: file.video.bitRate };
  const first = file.audio[0];
  const audio = first === undefined ? null : { copied: true, codec: first.codec, channels: first.channels, bitRate: first.bitRate };
  const asIs = {
    kind: wanted.kind,
    container: file.container,
    bitRate: (video?.bitRate ?? 0) + (audio?.bitRate ?? 0),
    reasons: [] as readonly TranscodeReason[],
    video,
    audio,
    burnSubtitle: false,
    hardware: 'none' as const,
    speed: 1,
    throttled: false,
  };
  if (wanted.kind === 'direct-play') return asIs;
  if (wanted.kind === 'direct-stream') return { ...asIs, container: wanted.container ?? 'ts', reasons: wanted.reasons ?? ['container'], speed: 20 };
  return resolveTranscode(wanted, asIs);
}

function resolveTranscode(plan: TranscodePlan, asIs: ResolvedDelivery): ResolvedDelivery {
  const convertVideo = plan.video !== 'copy' && asIs.video !== null;
  const convertAudio = plan.audio !== 'copy' && asIs.audio !== null;
  const height = convertVideo ? Math.min(plan.height ?? 720, asIs.video!.height) : (asIs.video?.height ?? 0);
  const audio = convertAudio
    ? { copied: false, codec: plan.audioCodec ?? 'aac', channels: plan.audioChannels ?? Math.min(2, asIs.audio!.channels), bitRate: AUDIO_BIT_RATE }
    : asIs.audio;
  const video = convertVideo
    ? {
        copied: false,
        codec: plan.videoCodec ?? 'h264',
        width: Math.round((asIs.video!.width * height) / asIs.video!.height / 2) * 2,
        height,
        bitRate: (plan.bitRate ?? 4_000_000) - (audio?.bitRate ?? 0),
      }
    : asIs.video;
  return {
    ...asIs,
    container: plan.container ?? 'ts',
    reasons: plan.reasons ?? [convertVideo ? 'video-codec' : 'audio-codec'],
    video,
    audio,
    bitRate: (video?.bitRate ?? 0) + (audio?.bitRate ?? 0),
    burnSubtitle: plan.burnSubtitle ?? false,
    hardware: plan.hardware ?? 'none',
    speed: plan.speed ?? 3,
    throttled: plan.throttled ?? false,
  };
}
