import { AppError, Sha256Hex } from '@usher/contracts';
import { CompactSign, compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { CommandSigner } from './command-signer.js';
import { sha256Hex } from './plan-hash.js';
import { keyThumbprint } from './signed-ticket.js';

const TYPE = 'usher-report+jws';
const MAX_SIGNATURE_CHARS = 4_000;

const ReportClaims = z.strictObject({ v: z.literal(1), sha256: Sha256Hex });
const ReportHeader = z.object({
  alg: z.literal('EdDSA'),
  typ: z.literal(TYPE),
  kid: z.string().min(1).max(64),
  jwk: z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().length(43) }),
});

export interface ReportSignature {
  readonly kid: string;
  /** Of the key, to compare with the one that Usher shows: `4F1C 09AB …`, sixteen groups. */
  readonly thumbprint: string;
}

/** JWS over the hash of the text; the public key stands in its header, so that it can be checked where nothing of Usher runs. */
export async function signReport(signer: CommandSigner, text: string): Promise<string> {
  const { kty, crv, x } = signer.trusted.jwk;
  const claims: z.input<typeof ReportClaims> = { v: 1, sha256: sha256Hex(text) };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid: signer.kid, jwk: { kty, crv, x } as JWK }).sign(signer.key);
}

/**
 * Checks that the text is the one that was signed, by the key in the signature's own header. Whose key that is only the
 * thumbprint tells: a person compares it.
 * @throws AppError `VALIDATION_FAILED` with details.reason `signature` (it was not signed so) or `changed` (another text was signed)
 */
export async function verifyReport(text: string, jws: string): Promise<ReportSignature> {
  if (jws.length > MAX_SIGNATURE_CHARS) throw refused('signature');
  const { header, claims } = await opened(jws.trim());
  if (claims.sha256 !== sha256Hex(text)) throw refused('changed');
  return { kid: header.kid, thumbprint: await reportThumbprint(header.jwk) };
}

/** How a public key is shown to people. */
export async function reportThumbprint(jwk: JWK): Promise<string> {
  const hex = Buffer.from(await keyThumbprint(jwk), 'base64url').toString('hex').toUpperCase();
  return hex.match(/.{4}/g)!.join(' ');
}

async function opened(jws: string): Promise<{ header: z.infer<typeof ReportHeader>; claims: z.infer<typeof ReportClaims> }> {
  try {
    const header = ReportHeader.parse(decodeProtectedHeader(jws));
    const { payload } = await compactVerify(jws, await importJWK(header.jwk, 'EdDSA'), { algorithms: ['EdDSA'] });
    return { header, claims: ReportClaims.parse(JSON.parse(new TextDecoder().decode(payload))) };
  } catch {
    throw refused('signature');
  }
}

function refused(reason: 'signature' | 'changed'): AppError {
  const message = reason === 'changed' ? 'This report is not the text that was signed.' : 'The signature of this report is not valid.';
  return new AppError('VALIDATION_FAILED', message, { reason });
}
