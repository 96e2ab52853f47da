import { Secret } from '@usher/security';
import { parseCookie, stringifySetCookie } from 'cookie';

const BEARER = /^Bearer ([A-Za-z0-9_-]{20,200})$/;

/** Browsers bind `__Host-` cookies to https, this host and path `/`; plain http can only have the ordinary name. */
export function cookieName(secure: boolean): string {
  return secure ? '__Host-usher_sid' : 'usher_sid';
}

/** The token of a request: the bearer header wins over the cookie; null without either. */
export function tokenOf(headers: { authorization?: string; cookie?: string }, secure: boolean): Secret | null {
  const bearer = headers.authorization ? BEARER.exec(headers.authorization)?.[1] : undefined;
  const found = bearer ?? (headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[cookieName(secure)]);
  return found ? Secret.of(found) : null;
}

export function signInCookie(token: Secret, expiresAt: Date, secure: boolean): string {
  return stringifySetCookie({ name: cookieName(secure), value: token.reveal(), httpOnly: true, sameSite: 'lax', path: '/', secure, expires: expiresAt });
}

export function clearedCookie(secure: boolean): string {
  return stringifySetCookie({ name: cookieName(secure), value: '', httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: 0 });
}
