import { AppError, type TrustedKey } from '@usher/contracts';
import { CompactSign, compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import type { CommandSigner } from './command-signer.js';
import { MAX_MESSAGE_BYTES, parseLimitedJson } from './limited-json.js';

/** JWS compact, EdDSA, with its type in the header. */
export async function signJson(signer: CommandSigner, type: string, claims: object): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ alg: 'EdDSA', typ: type, kid: signer.kid }).sign(signer.key);
}

/**
 * Size and nesting before anything is parsed, then the signature by a key that is known here. What the payload says is not looked at.
 * @throws AppError `MESSAGE_INVALID` (details.reason: size, nesting, encoding, signature, key)
 */
export async function verifyJson(text: string, type: string, trustedKeys: readonly TrustedKey[]): Promise<{ payload: unknown; key: TrustedKey }> {
  if (text.length > MAX_MESSAGE_BYTES) throw refused('size', 'A signed message is larger than 256 KiB.');
  const payload = parseLimitedJson(Buffer.from(text.split('.')[1] ?? '', 'base64url'));
  const key = trustedKeys.find((candidate) => candidate.kid === kidOf(text));
  if (!key) throw refused('key', 'A message was signed with a key that is not known here.');
  await checkSignature(text, type, key);
  return { payload, key };
}

function kidOf(text: string): string | undefined {
  try {
    return decodeProtectedHeader(text).kid;
  } catch {
    throw refused('signature', 'A message is not signed.');
  }
}

async function checkSignature(text: string, type: string, key: TrustedKey): Promise<void> {
  try {
    const { protectedHeader } = await compactVerify(text, await importJWK(key.jwk, 'EdDSA'), { algorithms: ['EdDSA'] });
    if (protectedHeader.typ === type) return;
  } catch {
    throw refused('signature', 'The signature of a message is not valid.');
  }
  throw refused('signature', 'A signed text is of another type than its place allows.');
}

function refused(reason: string, message: string): AppError {
  return new AppError('MESSAGE_INVALID', message, { reason });
}
