import type { TranscodeReason } from '@usher/contracts';

/** The words that Jellyfin has for Usher's reasons. */
export const JELLYFIN_REASONS: Readonly<Record<TranscodeReason, string>> = {
  container: 'ContainerNotSupported',
  'video-codec': 'VideoCodecNotSupported',
  'video-profile': 'VideoProfileNotSupported',
  'video-range': 'VideoRangeTypeNotSupported',
  'video-resolution': 'VideoResolutionNotSupported',
  'video-frame-rate': 'VideoFramerateNotSupported',
  'bit-rate': 'ContainerBitrateExceedsLimit',
  'audio-codec': 'AudioCodecNotSupported',
  'audio-channels': 'AudioChannelsNotSupported',
  'audio-bit-rate': 'AudioBitrateNotSupported',
  subtitle: 'SubtitleCodecNotSupported',
  'track-selection': 'SecondaryAudioNotSupported',
  client: 'DirectPlayError',
  unknown: 'UnknownVideoStreamInfo',
};

/** Emby has the same words, but for one. */
export const EMBY_REASONS: Readonly<Record<TranscodeReason, string>> = { ...JELLYFIN_REASONS, 'video-range': 'VideoRangeNotSupported' };
