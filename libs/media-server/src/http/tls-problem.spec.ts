import { describe, expect, it } from '@jest/globals';
import { networkFailure } from './tls-problem.js';

const coded = (code: string, message = 'x', cause?: unknown): Error => Object.assign(new Error(message, { cause }), { code });

describe('networkFailure', () => {
  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'refused'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['EHOSTUNREACH', 'timeout'],
    ['HPE_INVALID_CONSTANT', 'not-a-media-server'],
  ])('%s means %s', (code, reason) => {
    expect(networkFailure(coded(code))).toEqual({ reason, tlsProblem: null });
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'expired'],
    ['CERT_NOT_YET_VALID', 'not-yet-valid'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown-authority'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unknown-authority'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'wrong-host'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'not-tls'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'protocol'],
    ['ERR_SSL_SOMETHING_NEW', 'other'],
  ])('%s is the TLS problem %s', (code, tlsProblem) => {
    expect(networkFailure(coded(code))).toEqual({ reason: 'tls', tlsProblem });
  });

  it('reads the reason that OpenSSL hides in its message', () => {
    const error = coded('EPROTO', 'write EPROTO 00:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../record.c:354:');
    expect(networkFailure(error)).toEqual({ reason: 'tls', tlsProblem: 'not-tls' });
  });

  it('looks into causes and into the addresses that were tried', () => {
    expect(networkFailure(new Error('fetch failed', { cause: coded('ECONNREFUSED') }))?.reason).toBe('refused');
    expect(networkFailure(new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')]))?.reason).toBe('refused');
  });

  it('knows nothing of other errors', () => {
    expect(networkFailure(new Error('x'))).toBeNull();
    expect(networkFailure('x')).toBeNull();
  });
});
