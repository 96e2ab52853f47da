import type { CliSessionDetailFieldsFragment } from '@usher/api-client';
import { deliveryText, durationText, titleOf } from './session-text.js';
import { countText } from './time-text.js';

type Session = CliSessionDetailFieldsFragment;
type Stream = NonNullable<Session['stream']>;

const word = (name: string) => name.toLowerCase().replaceAll('_', ' ');
const some = (...parts: readonly (string | null | undefined | false)[]) => parts.filter(Boolean).join(' ');
const unit = (value: number | null | undefined, name: string) => (value === null || value === undefined ? null : `${value}${name}`);

/** One line of the table of source and output. */
type Track = readonly [name: string, source: string, output: string, delivery: string];

function tracksOf(stream: Stream): Track[] {
  const { video, audio, subtitle } = stream;
  const rows: Track[] = [];
  if (video) rows.push(['video', some(video.sourceCodec, unit(video.sourceHeight, 'p'), video.hdr !== 'SDR' && video.hdr !== 'UNKNOWN' && word(video.hdr)), some(video.targetCodec, unit(video.targetHeight, 'p')), word(video.delivery)]);
  if (audio) rows.push(['audio', some(audio.sourceCodec, unit(audio.sourceChannels, 'ch'), audio.language), some(audio.targetCodec, unit(audio.targetChannels, 'ch')), word(audio.delivery)]);
  if (subtitle) rows.push(['subtitle', some(subtitle.sourceCodec, subtitle.language), subtitle.burnedIn ? 'burned in' : '', word(subtitle.delivery)]);
  rows.push(['bit rate', unit(stream.sourceBitRateKbps, ' kbit/s') ?? '', unit(stream.bitRateKbps, ' kbit/s') ?? '', '']);
  return rows;
}

/** Which half of the conversion a chip does, where the server tells. */
function chipText(stream: Stream): string | null {
  const { transcode } = stream;
  if (!transcode) return null;
  const half = (name: string, isHardware: boolean | null | undefined) => (isHardware === null || isHardware === undefined ? null : `${name} ${isHardware ? 'by hardware' : 'by processor'}`);
  return [half('decoded', transcode.hardwareDecode), half('encoded', transcode.hardwareEncode), transcode.throttled ? 'waits, far enough ahead' : null, transcode.progressPercent == null ? null : `${Math.floor(transcode.progressPercent)} % converted`].filter(Boolean).join(', ') || null;
}

/** Why it plays there, of those that a link of Usher led: `0.52 decided by cpu, chosen of 3 servers`. */
function placedText({ at, utilization, deciding, previousServerId, candidates, id }: NonNullable<Session['placement']>): string {
  const load = utilization === null ? '' : `${utilization.toFixed(2)} decided by ${deciding}, `;
  return `${load}chosen of ${countText(candidates.length, 'server')}${previousServerId === null ? '' : ', moved here'} at ${String(at)}  ${id.slice(-8)}`;
}

/** One session as a person reads it. */
export function sessionLines(session: Session, { server, stale }: { readonly server: string; readonly stale: boolean }): string[] {
  const { item, stream, controls } = session;
  const line = (name: string, text: string | null | undefined) => (text ? [`  ${name.padEnd(9)}  ${text}`] : []);
  const client = some(session.client, session.clientVersion);
  const lines = [
    `${item ? titleOf(item) : 'plays nothing'}  ${session.id}`,
    ...line('viewer', `${session.userName ?? 'unknown'}${session.identityName && session.identityName !== session.userName ? ` (${session.identityName})` : ''} at ${session.deviceName ?? 'an unnamed device'}${client ? `, ${client}` : ''}`),
    ...line('server', some(server, word(session.network), session.address, stale && '(stale: the server does not answer)', session.ghost && '(ghost: not heard of for too long)')),
  ];
  if (session.placement) lines.push(...line('placed', placedText(session.placement)));
  if (stream) {
    const of = item?.durationMs == null ? '' : ` of ${durationText(item.durationMs)}`;
    lines.push(...line('state', `${word(stream.state)}, ${durationText(stream.positionMs)}${of}${stream.bufferPositionMs == null ? '' : `, buffered to ${durationText(stream.bufferPositionMs)}`}`));
    lines.push(...line('delivery', `${deliveryText(session)}${stream.container ? `, ${stream.container}` : ''}`), ...line('', chipText(stream)));
    const tracks: Track[] = [['', 'SOURCE', 'OUTPUT', ''], ...tracksOf(stream)];
    const [source, output] = [1, 2].map((at) => Math.max(...tracks.map((track) => track[at]!.length))) as [number, number];
    lines.push(...tracks.map(([name, from, to, how]) => `  ${name.padEnd(9)}  ${(from || '–').padEnd(source)}  ${(to || '–').padEnd(output)}  ${how}`.trimEnd()));
  }
  const can = (Object.entries(controls) as [string, boolean | string | undefined][]).filter(([, able]) => able === true).map(([name]) => (name === 'limitBitRate' ? 'limit' : name));
  lines.push(...line('can', can.join(', ') || 'nothing: the client takes no orders'));
  for (const flag of session.flags) lines.push(...line('mismatch', `${flag.text}  ${flag.mismatchId.slice(-8)}`));
  return lines;
}
