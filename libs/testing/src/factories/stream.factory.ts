import { uuidv7, type AudioTrack, type Stream, type Transcode, type VideoTrack } from '@usher/contracts';

export function makeVideoTrack(given: Partial<VideoTrack> = {}): VideoTrack {
  return { delivery: 'direct-play', sourceCodec: 'h264', targetCodec: 'h264', language: null, sourceWidth: 1920, sourceHeight: 1080, targetWidth: 1920, targetHeight: 1080, hdr: 'sdr', ...given };
}

export function makeAudioTrack(given: Partial<AudioTrack> = {}): AudioTrack {
  return { delivery: 'direct-play', sourceCodec: 'aac', targetCodec: 'aac', language: 'eng', sourceChannels: 2, targetChannels: 2, ...given };
}

export function makeTranscode(given: Partial<Transcode> = {}): Transcode {
  return { reasons: ['video-codec'], hardware: 'software', speed: 2.5, progressPercent: 40, throttled: false, hardwareDecode: false, hardwareEncode: false, ...given };
}

/** A film that plays directly at 8 Mbit/s. */
export function makeStream(given: Partial<Stream> = {}): Stream {
  return {
    playbackId: uuidv7(),
    startedAt: '2026-01-01T00:00:00.000Z',
    positionMs: 60_000,
    bufferPositionMs: null,
    state: 'playing',
    delivery: 'direct-play',
    container: 'mkv',
    bitRateKbps: 8_000,
    sourceBitRateKbps: 8_000,
    video: makeVideoTrack(),
    audio: makeAudioTrack(),
    subtitle: null,
    transcode: null,
    ...given,
  };
}

/** The same film converted to 720p in software. */
export function makeTranscodedStream(given: Partial<Stream> = {}): Stream {
  return makeStream({
    delivery: 'transcode',
    container: 'ts',
    bitRateKbps: 4_000,
    video: makeVideoTrack({ delivery: 'transcode', sourceCodec: 'hevc', targetCodec: 'h264', targetWidth: 1280, targetHeight: 720 }),
    transcode: makeTranscode(),
    ...given,
  });
}
