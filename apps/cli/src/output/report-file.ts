import { createHash, createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { CliError } from '../errors.js';

/** A migration's report as it is kept: the text that was signed, letter by letter, and the signature. */
export const ReportFile = z.strictObject({ apiVersion: z.literal('usher/v1'), kind: z.literal('MigrationReport'), text: z.string(), jws: z.string().max(4_000) });
export type ReportFile = z.infer<typeof ReportFile>;

const Header = z.object({ alg: z.literal('EdDSA'), typ: z.literal('usher-report+jws'), kid: z.string(), jwk: z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().length(43) }) });
const Claims = z.strictObject({ v: z.literal(1), sha256: z.string().length(64) });

export interface ReportCheck {
  readonly valid: boolean;
  /** Why not: another text, or no signature of such a key. */
  readonly reason: string | null;
  /** Of the key that signed it, RFC 7638, as Usher shows it. */
  readonly thumbprint: string | null;
}

/** @throws CliError when it is no report */
export function readReportFile(file: string, text: string): ReportFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CliError('VALIDATION_FAILED', `${file} is no report: it is no JSON.`, { file });
  }
  const parsed = ReportFile.safeParse(value);
  if (!parsed.success) throw new CliError('VALIDATION_FAILED', `${file} is no report of a migration.`, { file, next: 'Save one:  usher migrations report ID --out FILE' });
  return parsed.data;
}

/** Needs nothing but the file. Whose key it is, the thumbprint tells: compare it with the one that Usher shows. */
export function checkReport({ text, jws }: ReportFile): ReportCheck {
  const [head, body, signature, ...more] = jws.split('.');
  const header = Header.safeParse(decoded(head));
  const claims = Claims.safeParse(decoded(body));
  if (!header.success || !claims.success || !signature || more.length > 0) return { valid: false, reason: 'it has no signature of a report', thumbprint: null };
  const { jwk } = header.data;
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x })).digest('hex').toUpperCase().match(/.{4}/g)!.join(' ');
  if (!isSigned(jwk, `${head}.${body}`, signature)) return { valid: false, reason: 'the signature does not fit', thumbprint };
  const sha256 = createHash('sha256').update(text).digest('hex');
  return sha256 === claims.data.sha256 ? { valid: true, reason: null, thumbprint } : { valid: false, reason: 'the text is not the one that was signed', thumbprint };
}

function isSigned(jwk: { kty: string; crv: string; x: string }, signed: string, signature: string): boolean {
  try {
    return verify(null, Buffer.from(signed), createPublicKey({ key: jwk, format: 'jwk' }), Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

function decoded(part: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
