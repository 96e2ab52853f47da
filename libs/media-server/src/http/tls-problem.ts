import type { TlsProblem, UnreachableReason } from '@usher/contracts';

const TLS_CODES: Readonly<Record<string, TlsProblem>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-authority',
  CERT_UNTRUSTED: 'unknown-authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-host',
  HOSTNAME_MISMATCH: 'wrong-host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  ERR_SSL_HTTP_REQUEST: 'not-tls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'protocol',
  ERR_SSL_NO_PROTOCOLS_AVAILABLE: 'protocol',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'protocol',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'protocol',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': 'protocol',
};

const NETWORK_CODES: Readonly<Record<string, UnreachableReason>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NONAME: 'dns',
  EAI_NODATA: 'dns',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ECONNABORTED: 'refused',
  EPIPE: 'refused',
  EADDRNOTAVAIL: 'refused',
  UND_ERR_SOCKET: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'timeout',
  EHOSTDOWN: 'timeout',
  ENETUNREACH: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
};

export interface NetworkFailure {
  readonly reason: UnreachableReason;
  readonly tlsProblem: TlsProblem | null;
}

/** Why a connection came to nothing, read from Node's and undici's error codes; null for an error of another kind. */
export function networkFailure(error: unknown): NetworkFailure | null {
  for (const code of codesOf(error)) {
    const tlsProblem = TLS_CODES[code] ?? (/^(ERR_SSL|ERR_TLS|CERT_|ERR_OSSL)/.test(code) ? 'other' : null);
    if (tlsProblem) return { reason: 'tls', tlsProblem };
    const reason = NETWORK_CODES[code];
    if (reason) return { reason, tlsProblem: null };
    if (code.startsWith('HPE_')) return { reason: 'not-a-media-server', tlsProblem: null };
  }
  return null;
}

/** An error of any origin: Node's own errors are of another realm inside a test sandbox, so no `instanceof`. */
interface ErrorLike {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** The error's own code, then those of the addresses that were tried and of its causes. */
function codesOf(error: unknown, depth = 0): string[] {
  if (error === null || typeof error !== 'object' || depth > 4) return [];
  const { name, code, message, cause, errors } = error as ErrorLike;
  // OpenSSL reports an answer that is no TLS as EPROTO and names the reason in the message only
  const own = code === 'EPROTO' ? opensslCode(String(message)) : code;
  const tried = Array.isArray(errors) ? errors.flatMap((each) => codesOf(each, depth + 1)) : [];
  // undici's parser leaves the code away for some answers
  const parser = name === 'HTTPParserError' ? ['HPE_UNKNOWN'] : [];
  return [...(typeof own === 'string' ? [own] : []), ...parser, ...tried, ...codesOf(cause, depth + 1)];
}

function opensslCode(message: string): string {
  const text = /SSL routines:[^:]*:([^:\n]+)/.exec(message)?.[1] ?? 'unknown';
  return `ERR_SSL_${text.trim().toUpperCase().replaceAll(' ', '_')}`;
}
