import type { TranscodeReason } from '@usher/contracts';
import { listOf } from './fields.js';

/** The vendors' words (Jellyfin 10.10–12.0, Emby 4.8–4.9, their published specifications) in Usher's. */
const REASONS: Readonly<Record<string, TranscodeReason>> = {
  ContainerNotSupported: 'container',
  StreamCountExceedsLimit: 'container',
  VideoCodecNotSupported: 'video-codec',
  VideoCodecTagNotSupported: 'video-codec',
  VideoProfileNotSupported: 'video-profile',
  VideoLevelNotSupported: 'video-profile',
  VideoBitDepthNotSupported: 'video-profile',
  RefFramesNotSupported: 'video-profile',
  InterlacedVideoNotSupported: 'video-profile',
  VideoRotationNotSupported: 'video-profile',
  VideoRangeNotSupported: 'video-range',
  VideoRangeTypeNotSupported: 'video-range',
  VideoResolutionNotSupported: 'video-resolution',
  AnamorphicVideoNotSupported: 'video-resolution',
  VideoFramerateNotSupported: 'video-frame-rate',
  ContainerBitrateExceedsLimit: 'bit-rate',
  VideoBitrateNotSupported: 'bit-rate',
  AudioCodecNotSupported: 'audio-codec',
  AudioProfileNotSupported: 'audio-codec',
  AudioSampleRateNotSupported: 'audio-codec',
  AudioBitDepthNotSupported: 'audio-codec',
  AudioDelayNotSupported: 'audio-codec',
  AudioChannelsNotSupported: 'audio-channels',
  AudioBitrateNotSupported: 'audio-bit-rate',
  SubtitleCodecNotSupported: 'subtitle',
  SubtitleContentOptionsEnabled: 'subtitle',
  AudioIsExternal: 'track-selection',
  ExternalAudioNotSupported: 'track-selection',
  SecondaryAudioNotSupported: 'track-selection',
  DirectPlayError: 'client',
  UnknownVideoStreamInfo: 'unknown',
  UnknownAudioStreamInfo: 'unknown',
};

export const isKnownReason = (word: string): boolean => Object.hasOwn(REASONS, word);

/** Each reason once, in the vendor's order; a word that is not known becomes `unknown`. A comma list is taken too. */
export function transcodeReasons(value: unknown): TranscodeReason[] {
  const words = typeof value === 'string' ? value.split(',') : listOf(value);
  const reasons = words.flatMap((word): TranscodeReason[] => {
    const name = typeof word === 'string' ? word.trim() : '';
    return name === '' ? [] : [Object.hasOwn(REASONS, name) ? REASONS[name]! : 'unknown'];
  });
  return [...new Set(reasons)];
}
