import { kindName } from '../../components/glyphs.js';
import { sourceLines } from '../overview/source-table.js';
import { deliveryMark, mainTitle, MARK_WORDS, NETWORK_WORDS, reasonsOf } from '../../format/media.js';
import { bitRate, clockTime } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { eventTime } from './event-list.js';
import { encoderWords } from './lanes.js';
import { lineFigures } from './time-line.js';
import { bitRateSamples, rateWords } from './bit-rate-line.js';
import type { Mirror } from './use-mirror.js';

const row = (label: string, value: string | null | undefined) => (value ? [`${label.padEnd(14)} ${value}`] : []);

/**
 * A mirrored stream as plain text for somebody who helps. Who watches and from which address is left out: neither is needed
 * to see why a stream stutters.
 */
export function supportText(mirror: Mirror, server: FleetServer): string {
  const { session, events } = mirror;
  const stream = session?.stream;
  const samples = bitRateSamples(mirror);
  const facts = [
    ...row('Session', mirror.id.slice(-8)),
    ...row('Server', [kindName(server.kind), server.version].filter(Boolean).join(' ')),
    ...row('State', mirror.live ? `live, read at ${mirror.at}` : mirror.endedAt === null ? `the server does not answer, last read at ${mirror.at}` : `ended at ${mirror.endedAt}`),
    ...row('App', [session?.client, session?.clientVersion].filter(Boolean).join(' ')),
    ...row('Network', session && NETWORK_WORDS[session.network]),
    ...row('Title', session?.item && mainTitle(session.item)),
    ...(stream
      ? [
          ...row('Position', `${clockTime(stream.positionMs)}${session.item?.durationMs ? ` of ${clockTime(session.item.durationMs)}` : ''}`),
          ...row('Prepared to', stream.bufferPositionMs === null ? null : clockTime(stream.bufferPositionMs)),
          ...row('Delivery', MARK_WORDS[deliveryMark(stream)]),
          ...row('Encoder', encoderWords(stream)),
          ...sourceLines(stream).flatMap(({ what, source, delivered }) => row(what, `${source} → ${delivered}`)),
          ...reasonsOf(stream).flatMap(({ reason, sentence }) => row('Reason', `${sentence} (${reason})`)),
        ]
      : []),
    ...row('Bit rate', rateWords(samples, mirror.live)),
    ...row('Peak', lineFigures(samples).peak && bitRate(lineFigures(samples).peak!.value ?? 0)),
  ];
  const lines = events.map(({ at, kind, text, positionMs }) => `${eventTime(at)}  ${kind.padEnd(16)} ${positionMs === null ? '' : `${clockTime(positionMs)}  `}${text}`);
  return ['Usher, mirror of a stream. Viewer and address are left out.', '', ...facts, '', 'Events', ...(lines.length > 0 ? lines : ['none']), ''].join('\n');
}
