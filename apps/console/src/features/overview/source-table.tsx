import { ArrowRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { channelsWord, codecWord, rangeWord, resolutionWord } from '../../format/codecs.js';
import { bitRate } from '../../format/units.js';
import type { SessionFields } from '../../live/live-types.js';

type StreamFields = NonNullable<SessionFields['stream']>;

interface Line {
  readonly what: string;
  readonly source: string;
  readonly delivered: string;
  readonly kept: boolean;
  /** In a word, what was done to it. */
  readonly note?: string;
}

const join = (...parts: (string | number | false | null | undefined)[]) => parts.filter(Boolean).join(' · ');
const orUnknown = (text: string) => text || 'not reported';

/** What reads the source and what writes the result, and whether it keeps up. */
function encoderLine({ delivery, transcode }: StreamFields): Line | null {
  if (delivery !== 'TRANSCODE' || !transcode) return null;
  const side = (hardware: boolean | null) => (hardware === null ? 'not reported' : hardware ? 'hardware' : 'software');
  const encodes = transcode.hardwareEncode ?? (transcode.hardware === 'UNKNOWN' ? null : transcode.hardware === 'HARDWARE');
  const speed = transcode.throttled ? 'throttled' : transcode.speed === null ? null : `${transcode.speed.toFixed(1)}×`;
  return { what: 'Encoder', source: `decodes in ${side(transcode.hardwareDecode)}`.replace('in not', 'not'), delivered: `encodes in ${side(encodes)}`.replace('in not', 'not'), kept: false, ...(speed && { note: speed }) };
}

/** What is in the file against what arrives, one line per part of the stream. */
export function sourceLines(stream: StreamFields): Line[] {
  const lines: Line[] = [];
  const { video, audio, subtitle } = stream;
  if (video) {
    const kept = video.delivery !== 'TRANSCODE';
    const source = join(video.sourceCodec && codecWord(video.sourceCodec), resolutionWord(video.sourceWidth, video.sourceHeight), rangeWord(video.hdr));
    const target = join(video.targetCodec && codecWord(video.targetCodec), resolutionWord(video.targetWidth, video.targetHeight));
    const toned = !kept && video.hdr !== 'SDR' && Boolean(stream.transcode?.reasons.includes('video-range'));
    lines.push({ what: 'Video', source: orUnknown(source), delivered: kept ? 'as it is' : orUnknown(join(target, toned && 'SDR')), kept, ...(toned && { note: 'tone-mapped' }) });
  }
  if (audio) {
    const kept = audio.delivery !== 'TRANSCODE';
    const source = join(audio.sourceCodec && codecWord(audio.sourceCodec), audio.sourceChannels && channelsWord(audio.sourceChannels), audio.language);
    const target = join(audio.targetCodec && codecWord(audio.targetCodec), audio.targetChannels && channelsWord(audio.targetChannels));
    lines.push({ what: 'Audio', source: orUnknown(source), delivered: kept ? 'as it is' : orUnknown(target), kept });
  }
  if (subtitle) {
    const source = join(subtitle.sourceCodec && codecWord(subtitle.sourceCodec), subtitle.language);
    const kept = !subtitle.burnedIn && subtitle.delivery !== 'TRANSCODE';
    lines.push({ what: 'Subtitle', source: orUnknown(source), delivered: subtitle.burnedIn ? 'Burned into the picture' : kept ? 'as it is' : 'Converted to text', kept, ...(subtitle.burnedIn && { note: 'image' }) });
  }
  if (stream.container) {
    const kept = stream.delivery === 'DIRECT_PLAY';
    lines.push({ what: 'Container', source: stream.container.toUpperCase(), delivered: kept ? 'as it is' : 'Repackaged', kept });
  }
  const encoder = encoderLine(stream);
  if (encoder) lines.push(encoder);
  return lines;
}

/** Source → delivered. What is changed carries the colour of a conversion and a word, what is kept is quiet. */
export function SourceTable({ stream }: { stream: StreamFields }): ReactNode {
  const rates = [stream.sourceBitRateKbps, stream.bitRateKbps].map((rate) => (rate === null ? null : bitRate(rate)));
  return (
    <section className="drawer-section">
      <div className="inline source-head">
        <h3 className="small dim">Source → delivered</h3>
        <span className="push small">
          {rates[0] && rates[0] !== rates[1] && <span className="dim">{rates[0]} → </span>}
          <b>{rates[1] ?? 'bit rate not reported'}</b>
        </span>
      </div>
      <table className="source-table">
        <colgroup>
          <col className="source-part" />
          <col />
          <col />
          <col className="source-note" />
        </colgroup>
        <thead className="sr-only">
          <tr>
            <th>Part</th>
            <th>Source</th>
            <th>Delivered</th>
            <th>Note</th>
          </tr>
        </thead>
        <tbody>
          {sourceLines(stream).map(({ what, source, delivered, kept, note }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td>{source}</td>
              <td className={kept ? 'dim' : 'changed'}>
                <span className="inline">
                  <ArrowRight size={13} aria-hidden className={kept ? 'faint' : 'text-transcode'} />
                  {delivered}
                </span>
              </td>
              <td className="num text-transcode">{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
