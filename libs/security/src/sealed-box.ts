import { AppError } from '@usher/contracts';
import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from 'jose';
import { z } from 'zod';

/** Public box key (X25519). */
export const BoxPublicKey = z.object({ kty: z.literal('OKP'), crv: z.literal('X25519'), x: z.string().length(43) });

const ALGORITHM = 'ECDH-ES';
const ENCRYPTION = 'A256GCM';

/** Encrypts an object so that only the holder of the box key can read it: JWE, ECDH-ES over X25519, A256GCM. */
export async function sealTo(boxPublicKey: JWK, value: object): Promise<string> {
  const key = await importJWK(BoxPublicKey.parse(boxPublicKey), ALGORITHM);
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value))).setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION }).encrypt(key);
}

/** @throws AppError `MESSAGE_INVALID` when it was sealed to another key, by other means, or was changed */
export async function openSealed(boxPrivateKey: JWK, sealed: string): Promise<unknown> {
  const key = await importJWK(boxPrivateKey, ALGORITHM);
  try {
    const { plaintext } = await compactDecrypt(sealed, key, { keyManagementAlgorithms: [ALGORITHM], contentEncryptionAlgorithms: [ENCRYPTION] });
    return JSON.parse(new TextDecoder().decode(plaintext)) as unknown;
  } catch {
    throw new AppError('MESSAGE_INVALID', 'A sealed message cannot be opened with this key.', { reason: 'sealed' });
  }
}
