import { createHash } from 'node:crypto';
import type { HardeningEntry, VendorSession } from '@usher/contracts';
import { booleanOf, fieldsOf, listOf, textOf, timeOf, type Fields } from '../media-browser/fields.js';
import { emptyPasswords, namesPublic, noLockOut, plainHttp } from '../media-browser/hardening.js';
import { mapSessions, sessionRows, type SessionDialect, type SessionScope } from '../media-browser/session.mapper.js';
import type { Openings } from '../media-browser/vendor.js';
import { answerInvalid } from '../http/vendor-errors.js';
import { isAtLeast } from '../tested-versions.js';

const HARDWARE = new Set(['amf', 'qsv', 'nvenc', 'v4l2m2m', 'vaapi', 'videotoolbox', 'rkmpp']);

const dialect: SessionDialect = {
  // position and activity of a vanished client go on for minutes; only the check-in stands still
  lastSeenAt: (row, isPlaying) => (isPlaying ? timeOf(row['LastPlaybackCheckIn']) : null) ?? timeOf(row['LastActivityDate']),
  hardware: (transcoding, tracks) => {
    if (tracks.video !== 'transcode') return 'software';
    const type = textOf(transcoding['HardwareAccelerationType'], 50)?.toLowerCase();
    if (type === 'none') return 'software';
    return type !== undefined && HARDWARE.has(type) ? 'hardware' : 'unknown';
  },
  // the kind of hardware that encodes; whether it decodes as well is not told
  sides: (transcoding, tracks) => {
    const type = tracks.video === 'transcode' ? textOf(transcoding['HardwareAccelerationType'], 50)?.toLowerCase() : undefined;
    if (type === 'none') return { hardwareDecode: false, hardwareEncode: false };
    return { hardwareDecode: null, hardwareEncode: type !== undefined && HARDWARE.has(type) ? true : null };
  },
  throttled: () => null,
};

/** `GET /Sessions` and the data of a `Sessions` push. @throws AppError VENDOR_ANSWER_INVALID */
export function mapJellyfinSessions(answer: unknown, scope: SessionScope): VendorSession[] {
  const rows = sessionRows(answer);
  const sessions = rows && mapSessions(rows, dialect, scope);
  if (!sessions) throw answerInvalid('The media server listed its sessions in a form that is not known.', { reason: 'shape' });
  return sessions;
}

/**
 * The id of a library that has none yet (after a rename, until a scan): a function of its name only. GUID bytes of
 * MD5(UTF-16LE(type name + `root\default\` + name)), measured on 12.0.
 */
export function jellyfinLibraryId(name: string): string {
  const text = `MediaBrowser.Controller.Entities.CollectionFolderroot\\default\\${name}`;
  const hash = createHash('md5').update(Buffer.from(text, 'utf16le')).digest();
  hash.subarray(0, 4).reverse();
  hash.subarray(4, 6).reverse();
  hash.subarray(6, 8).reverse();
  return hash.toString('hex');
}

export function jellyfinLibraryIdOf(row: Fields, name: string): string {
  return textOf(row['ItemId'], 200) ?? jellyfinLibraryId(name);
}

/** The hardening list of the security design, 3.17, as far as it can be read without trying anything out. */
export function mapJellyfinHardening(openings: Openings): HardeningEntry[] {
  const { version, users } = openings;
  const is12 = isAtLeast(version, 12);
  return [
    ...(is12 ? [restartOpen(openings.network)] : []),
    ...legacyAuthorization(openings.configuration),
    ...(is12 ? [passwordsUnseen()] : emptyPasswords(users ?? [])),
    ...noLockOut(users ?? []),
    ...namesPublic(listOf(openings.publicUsers)),
    usersOverUsers(is12),
    mediaWithoutToken(),
    ...httpEntry(openings),
  ];
}

function restartOpen(network: unknown): HardeningEntry {
  const proxies = fieldsOf(network)['KnownProxies'];
  const blind = Array.isArray(proxies) && proxies.length === 0;
  return {
    code: 'restart-open-to-lan',
    state: 'by-version',
    evidence: `This version restarts for any address of its own network without sign-in.${blind ? ' No proxy is known to it, so behind one every address may count as local.' : ''}`,
    advice: 'Close /System/Restart at the proxy; set known proxies and local subnets.',
  };
}

function legacyAuthorization(configuration: unknown): HardeningEntry[] {
  if (booleanOf(fieldsOf(configuration)['EnableLegacyAuthorization']) !== true) return [];
  return [{ code: 'legacy-authorization', state: 'found', evidence: 'EnableLegacyAuthorization is on.', advice: 'Switch it off; it acts at once, old apps stop working.' }];
}

function passwordsUnseen(): HardeningEntry {
  return {
    code: 'empty-passwords',
    state: 'cannot-be-seen',
    evidence: 'This version says of every account that it has a password.',
    advice: 'Check in the dashboard that every account has one.',
  };
}

function usersOverUsers(is12: boolean): HardeningEntry {
  const more = is12 ? ', and can message and pause others' : '';
  return {
    code: 'users-over-users',
    state: 'by-version',
    evidence: `Every signed-in user reads all users with their policies and the settings${more}.`,
    advice: 'Keep no accounts for strangers.',
  };
}

function mediaWithoutToken(): HardeningEntry {
  return {
    code: 'media-without-token',
    state: 'by-version',
    evidence: 'Static streams and images are served without sign-in, under ids that follow from paths.',
    advice: 'Do not put it on the open internet without a proxy that asks for sign-in.',
  };
}

function httpEntry({ url, network }: Openings): HardeningEntry[] {
  const byAddress = plainHttp(url);
  if (byAddress.length > 0) return byAddress;
  const settings = fieldsOf(network);
  if (booleanOf(settings['EnableRemoteAccess']) !== true || booleanOf(settings['RequireHttps']) !== false) return [];
  return [{ code: 'plain-http', state: 'found', evidence: 'Remote access is on and https is not required.', advice: 'Put TLS in front of the media server or require https.' }];
}
