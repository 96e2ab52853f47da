import { parseCookie, stringifySetCookie } from 'cookie';

const BEARER = /^Bearer ([A-Za-z0-9_-]{20,200})$/;

/** Browsers bind `__Host-` cookies to https, this host and path `/`; plain http can only have the ordinary name. */
export function cookieName(secure: boolean): string {
  return secure ? '__Host-usher_sid' : 'usher_sid';
}

/** The token of a request: the bearer header wins over the cookie; null without either. */
export function tokenOf(headers: { authorization?: string; cookie?: string }, secure: boolean): string | null {
  const bearer = headers.authorization ? BEARER.exec(headers.authorization)?.[1] : undefined;
  if (bearer) return bearer;
  return (headers.cookie && parseCookie(headers.cookie)[cookieName(secure)]) || null;
}

export function signInCookie(token: string, expiresAt: Date, secure: boolean): string {
  return stringifySetCookie({ name: cookieName(secure), value: token, httpOnly: true, sameSite: 'lax', path: '/', secure, expires: expiresAt });
}

export function clearedCookie(secure: boolean): string {
  return stringifySetCookie({ name: cookieName(secure), value: '', httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: 0 });
}
