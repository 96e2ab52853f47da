import { domainToASCII, domainToUnicode } from 'node:url';

export const MAX_EMAIL_BYTES = 254;
const LOCAL = /^[^\s@"(),:;<>[\\\]]{1,64}$/u;
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;
// oxlint-disable-next-line no-control-regex -- control characters are what is sought
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/u;

/**
 * The form in which addresses are compared and kept: trimmed, NFC, lower case, domain in ASCII. Dots and `+` parts stay:
 * those are different mailboxes. Null for what cannot be an address.
 */
export function normalizeEmail(text: string): string | null {
  const trimmed = text.trim().normalize('NFC').toLowerCase();
  if (INVISIBLE.test(trimmed) || Buffer.byteLength(trimmed) > MAX_EMAIL_BYTES) return null;
  const at = trimmed.lastIndexOf('@');
  const [local, domain] = [trimmed.slice(0, at), domainToASCII(trimmed.slice(at + 1))];
  if (at < 1 || !LOCAL.test(local) || local.startsWith('.') || local.endsWith('.') || local.includes('..') || !DOMAIN.test(domain)) return null;
  const email = `${local}@${domain}`;
  return Buffer.byteLength(email) > MAX_EMAIL_BYTES ? null : email;
}

/** Letters of other scripts, and digits, that look like a Latin letter in lower case. */
const LOOKS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    a: 'аαɑ', b: 'ЬƄ', c: 'сϲ', d: 'ԁɗ', e: 'еєҽ', g: 'ɡց', h: 'һհ', i: 'іιıɩí', j: 'јϳ', k: 'κк', l: '1|ӏⅼ', m: 'мⅿ', n: 'пոη',
    o: '0оοσօ', p: 'рρ', q: 'ԛգ', r: 'гᴦ', s: 'ѕꜱ5', t: 'тτ', u: 'υսμ', v: 'ѵν', w: 'ԝшω', x: 'хχ', y: 'уүγ', z: 'ᴢ2',
  }).flatMap(([latin, others]) => [...others].map((other) => [other.toLowerCase(), latin])),
);

/** What a normalized address looks like at a glance: two with one skeleton can be taken for each other. */
export function emailSkeleton(email: string): string {
  const at = email.lastIndexOf('@');
  const shown = `${email.slice(0, at)}@${domainToUnicode(email.slice(at + 1)) || email.slice(at + 1)}`;
  const plain = shown.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return [...plain].map((letter) => LOOKS[letter] ?? letter).join('').replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('i', 'l');
}
