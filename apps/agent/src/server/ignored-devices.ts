import type { IgnoredDevice, VendorSession } from '@usher/contracts';

/**
 * The sessions that no rule names. A rule fits when everything that it gives fits; one that gives nothing fits
 * nobody. Names and clients are compared without regard to case; `*` stands for any run of characters.
 */
export function withoutIgnored<S extends Pick<VendorSession, 'deviceId' | 'deviceName' | 'client'>>(sessions: readonly S[], rules: readonly IgnoredDevice[]): S[] {
  const tests = rules.map(testOf);
  return sessions.filter((session) => !tests.some((fits) => fits(session)));
}

function testOf({ deviceId, namePattern, client }: IgnoredDevice) {
  const parts: ((session: Pick<VendorSession, 'deviceId' | 'deviceName' | 'client'>) => boolean)[] = [];
  if (deviceId !== undefined) parts.push((session) => session.deviceId === deviceId);
  if (namePattern !== undefined) {
    const pieces = namePattern.toLowerCase().split('*');
    parts.push((session) => session.deviceName !== null && fitsPieces(session.deviceName.toLowerCase(), pieces));
  }
  if (client !== undefined) parts.push((session) => session.client?.toLowerCase() === client.toLowerCase());
  return (session: Pick<VendorSession, 'deviceId' | 'deviceName' | 'client'>) => parts.length > 0 && parts.every((fits) => fits(session));
}

/** Linear in the length of both: a pattern from a file must not be able to keep the process busy. */
function fitsPieces(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (pieces.length === 1) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = text.indexOf(piece, from);
    if (at === -1 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}
