import type { CliSessionFieldsFragment } from '@usher/api-client';

/** `Dune (2021)`, `Harbor Lights S02E05 The Long Tide`. */
export function titleOf(item: { title: string; seriesTitle?: string | null; seasonNumber?: number | null; episodeNumber?: number | null; year?: number | null }): string {
  if (!item.seriesTitle) return item.year ? `${item.title} (${item.year})` : item.title;
  const two = (value: number | null | undefined) => String(value ?? 0).padStart(2, '0');
  const number = item.episodeNumber == null ? '' : ` S${two(item.seasonNumber)}E${two(item.episodeNumber)}`;
  return `${item.seriesTitle}${number} ${item.title}`;
}

/** `1:42:07`, `31:12`. */
export function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts as [number, number, number];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `0:31:12`, `31:12` or seconds → milliseconds; null when it is none of these. */
export function parsePosition(text: string): number | null {
  if (!/^\d+(:[0-5]?\d){0,2}$/.test(text)) return null;
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
}

/** `transcode (audio-codec, subtitle) SW 0.9×`, `direct play`. */
export function deliveryText(session: CliSessionFieldsFragment): string {
  const { stream } = session;
  if (!stream) return '';
  const word = stream.delivery.toLowerCase().replace('_', ' ');
  if (!stream.transcode) return word;
  const hardware = { HARDWARE: ' HW', SOFTWARE: ' SW', UNKNOWN: '' }[stream.transcode.hardware];
  const speed = stream.transcode.speed == null ? '' : ` ${stream.transcode.speed.toFixed(1)}×`;
  return `${word} (${stream.transcode.reasons.join(', ') || 'reason not reported'})${hardware}${speed}`;
}
