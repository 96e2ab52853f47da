const WORDS: Readonly<Record<string, string>> = {
  h264: 'H.264',
  avc: 'H.264',
  avc1: 'H.264',
  hevc: 'HEVC',
  h265: 'HEVC',
  av1: 'AV1',
  vp9: 'VP9',
  mpeg2video: 'MPEG-2',
  mpeg4: 'MPEG-4',
  vc1: 'VC-1',
  aac: 'AAC',
  ac3: 'AC-3',
  eac3: 'E-AC-3',
  dca: 'DTS',
  dts: 'DTS',
  truehd: 'TrueHD',
  flac: 'FLAC',
  mp3: 'MP3',
  opus: 'Opus',
  vorbis: 'Vorbis',
  pcm: 'PCM',
  subrip: 'SRT',
  srt: 'SRT',
  ass: 'ASS',
  ssa: 'SSA',
  pgs: 'PGS',
  pgssub: 'PGS',
  hdmv_pgs_subtitle: 'PGS',
  dvd_subtitle: 'VobSub',
  vobsub: 'VobSub',
  webvtt: 'WebVTT',
  mov_text: 'MP4 text',
};

const RANGES: Readonly<Record<string, string>> = {
  SDR: 'SDR',
  HDR10: 'HDR10',
  HDR10_PLUS: 'HDR10+',
  DOLBY_VISION: 'Dolby Vision',
  HLG: 'HLG',
};

/** A codec's name as people write it. */
export function codecWord(codec: string): string {
  return WORDS[codec.toLowerCase()] ?? codec.toUpperCase();
}

/** `HDR10`; an empty text for what was not reported. */
export function rangeWord(range: string): string {
  return RANGES[range] ?? '';
}

/** `4K`, `1080p` …, judged by the larger of both dimensions, so that wide films keep their class. */
export function resolutionWord(width: number | null, height: number | null): string {
  const lines = Math.max(height ?? 0, Math.round(((width ?? 0) * 9) / 16));
  if (lines === 0) return '';
  if (lines > 1_500) return lines > 3_000 ? '8K' : '4K';
  const steps = [1_080, 720, 576, 480, 360];
  return `${steps.find((step) => lines >= step * 0.9) ?? 240}p`;
}

/** `5.1`, `stereo`. */
export function channelsWord(channels: number): string {
  const words: Readonly<Record<number, string>> = { 1: 'mono', 2: 'stereo', 6: '5.1', 7: '6.1', 8: '7.1' };
  return words[channels] ?? `${channels} channels`;
}
