import type { HardeningEntry, VendorSession } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import { booleanOf, listOf, numberOf, textOf, timeOf, type Fields } from '../media-browser/fields.js';
import { emptyPasswords, namesPublic, plainHttp } from '../media-browser/hardening.js';
import { mapSessions, sessionRows, type SessionDialect, type SessionScope } from '../media-browser/session.mapper.js';
import type { Openings } from '../media-browser/vendor.js';

const dialect: SessionDialect = {
  // there is no check-in time
  lastSeenAt: (row) => timeOf(row['LastActivityDate']),
  hardware: (transcoding, tracks) => {
    if (tracks.video !== 'transcode') return 'software';
    const encoder = booleanOf(transcoding['VideoEncoderIsHardware']);
    return encoder === null ? 'unknown' : encoder ? 'hardware' : 'software';
  },
  sides: (transcoding, tracks) =>
    tracks.video === 'transcode'
      ? { hardwareDecode: booleanOf(transcoding['VideoDecoderIsHardware']), hardwareEncode: booleanOf(transcoding['VideoEncoderIsHardware']) }
      : { hardwareDecode: null, hardwareEncode: null },
  throttled: (transcoding) => {
    const percent = numberOf(transcoding['CurrentThrottle']);
    return percent === null ? null : percent > 0;
  },
};

/** `GET /Sessions` and the data of a `Sessions` push. @throws AppError VENDOR_ANSWER_INVALID */
export function mapEmbySessions(answer: unknown, scope: SessionScope): VendorSession[] {
  const rows = sessionRows(answer);
  const sessions = rows && mapSessions(rows, dialect, scope);
  if (!sessions) throw answerInvalid('The media server listed its sessions in a form that is not known.', { reason: 'shape' });
  return sessions;
}

/** Queries take the decimal id; policies would take the `Guid`. */
export function embyLibraryIdOf(row: Fields): string | null {
  return textOf(row['ItemId'], 200) ?? textOf(row['Id'], 200) ?? textOf(row['Guid'], 200);
}

/** The hardening list of the security design, 3.17, as far as Emby lets it be read. */
export function mapEmbyHardening(openings: Openings): HardeningEntry[] {
  return [...emptyPasswords(openings.users ?? []), ...namesPublic(listOf(openings.publicUsers)), ...plainHttp(openings.url)];
}
