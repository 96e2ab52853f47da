import type { MediaSource, PlannedDelivery, RouteClient } from '@usher/contracts';

/** Picture heights and rates of renditions, the best first. */
export const RENDITIONS: readonly { readonly height: number; readonly kbps: number }[] = [
  { height: 2160, kbps: 16_000 },
  { height: 1080, kbps: 6_000 },
  { height: 720, kbps: 2_850 },
  { height: 480, kbps: 1_200 },
];

export const DIRECT_COST = 0.01;
export const REMUX_COST = 0.02;
const BURN_IN_COST = 0.1;
/** What is left for the processor when an encoder does the work. */
const HARDWARE_SHARE = 0.2;
const LEAST_SHARE = 0.25;
const GREATEST_SHARE = 4;
const USUAL_FRAMES = 24;
/** What a client plays of which nothing is told. */
const WIDESPREAD_CODECS = ['h264', 'hevc'];
const HEAVY_CODECS = ['hevc', 'h265', 'av1', 'vp9'];
/** Files with a trimmed picture are a little lower than their class. */
const HEIGHT_TOLERANCE = 1.05;

type SourceClass = 'sd' | '720' | '1080' | '1080-heavy' | '2160';

/** CPU-seconds per second of media: FFmpeg 5.1, libx264 veryfast, 24 frames a second, one x86 server core. */
const TABLE: Readonly<Record<SourceClass, Readonly<Record<number, number>>>> = {
  sd: { 480: 0.2 },
  '720': { 720: 0.37, 480: 0.22 },
  '1080': { 1080: 0.86, 720: 0.51, 480: 0.32 },
  '1080-heavy': { 1080: 0.91, 720: 0.54, 480: 0.37 },
  '2160': { 1080: 1.57, 720: 1.19, 480: 0.98 },
};
const DECODE: Readonly<Record<SourceClass, number>> = { sd: 0.04, '720': 0.07, '1080': 0.15, '1080-heavy': 0.2, '2160': 0.75 };
/** Encoding 1080p alone; other heights by their pixels. */
const ENCODE_1080 = 0.71;
/** Tone-mapping after scaling to 1080p; other heights by their pixels. */
const TONE_MAP_1080 = 0.79;
/** Above which height a file of unknown rate is taken to have which one. */
const USUAL_KBPS: readonly (readonly [height: number, kbps: number])[] = [
  [1440, 20_000],
  [900, 8_000],
  [600, 4_000],
  [0, 2_000],
];

/** A file of which nothing is told counts as an ordinary 1080p film. */
export interface KnownSource {
  readonly height: number;
  readonly videoCodec: string;
  readonly tenBit: boolean;
  readonly hdr: boolean;
  readonly framesPerSecond: number;
  readonly kbps: number;
}

export interface Plan {
  readonly delivery: PlannedDelivery;
  /** Null without a transcode. */
  readonly targetHeight: number | null;
  readonly toneMap: boolean;
  /** What leaves the server. */
  readonly kbps: number;
}

export interface Conversion {
  readonly source: KnownSource;
  readonly targetHeight: number;
  readonly toneMap: boolean;
  readonly burnIn?: boolean;
}

export function knownSource(source: MediaSource): KnownSource {
  const height = source.height ?? 1080;
  return {
    height,
    videoCodec: (source.videoCodec ?? 'h264').toLowerCase(),
    tenBit: source.tenBit ?? source.hdr ?? false,
    hdr: source.hdr ?? false,
    framesPerSecond: source.framesPerSecond ?? USUAL_FRAMES,
    kbps: source.bitRateKbps ?? USUAL_KBPS.find(([from]) => height > from)![1],
  };
}

/** How a server would deliver this file to this client; `smallerThan` asks for a rendition below that height. */
export function planDelivery(source: KnownSource, client: RouteClient, smallerThan: number | null): Plan {
  const isSmall = smallerThan === null || source.height < smallerThan;
  const fits = (client.maxHeight ?? Infinity) * HEIGHT_TOLERANCE >= source.height && (client.maxKbps ?? Infinity) >= source.kbps;
  const plays = (client.videoCodecs?.map((codec) => codec.toLowerCase()) ?? WIDESPREAD_CODECS).includes(source.videoCodec);
  const mustToneMap = source.hdr && client.hdr === false;
  if (isSmall && fits && plays && !mustToneMap) return { delivery: 'direct-play', targetHeight: null, toneMap: false, kbps: source.kbps };
  const tallest = Math.min(source.height, client.maxHeight ?? Infinity) * HEIGHT_TOLERANCE;
  const rendition = RENDITIONS.find(({ height, kbps }) => height <= tallest && height < (smallerThan ?? Infinity) && kbps <= (client.maxKbps ?? Infinity)) ?? RENDITIONS.at(-1)!;
  const targetHeight = Math.min(rendition.height, source.height);
  return { delivery: 'transcode', targetHeight, toneMap: source.hdr, kbps: Math.min(rendition.kbps, source.kbps, client.maxKbps ?? Infinity) };
}

/** Cost of a conversion in software on the machine of the table, CPU-seconds per second of media. */
export function tableCost({ source, targetHeight, toneMap, burnIn = false }: Conversion): number {
  const from = classOf(source);
  const pixels = (targetHeight / 1080) ** 2;
  const base = TABLE[from][targetHeight] ?? DECODE[from] + ENCODE_1080 * pixels;
  return ((base + (toneMap ? TONE_MAP_1080 * pixels : 0)) * source.framesPerSecond) / USUAL_FRAMES + (burnIn ? BURN_IN_COST : 0);
}

/** One run that makes several renditions decodes once. */
export function ladderCost(source: KnownSource, heights: readonly number[]): number {
  const decode = DECODE[classOf(source)];
  const costs = heights.filter((height) => height <= source.height * HEIGHT_TOLERANCE).map((targetHeight) => tableCost({ source, targetHeight, toneMap: source.hdr }));
  return costs.reduce((sum, cost) => sum + cost, 0) - decode * Math.max(0, costs.length - 1);
}

/** The cost on one machine. What was measured there counts, inside bounds: a wrong measurement must not make a server look free. */
export function costHere(table: number, machine: { machineFactor: number; costRatio: number | null; hardware: boolean }): number {
  const factor = machine.machineFactor * (machine.costRatio ?? 1);
  const software = table * Math.min(GREATEST_SHARE, Math.max(LEAST_SHARE, factor));
  return machine.hardware ? software * HARDWARE_SHARE : software;
}

function classOf(source: KnownSource): SourceClass {
  if (source.height > 1200) return '2160';
  if (source.height > 800) return source.tenBit || HEAVY_CODECS.includes(source.videoCodec) ? '1080-heavy' : '1080';
  return source.height > 576 ? '720' : 'sd';
}
