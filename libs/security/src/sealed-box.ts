import { AppError } from '@usher/contracts';
import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from 'jose';
import { z } from 'zod';

/** Public box key (X25519). */
export const BoxPublicKey = z.object({ kty: z.literal('OKP'), crv: z.literal('X25519'), x: z.string().length(43) });

const ALGORITHM = 'ECDH-ES';
const ENCRYPTION = 'A256GCM';

/** Encrypts an object so that only the holder of the box key can read it: JWE, ECDH-ES over X25519, A256GCM. */
export function sealTo(boxPublicKey: JWK, value: object): Promise<string> {
  return sealBytesTo(boxPublicKey, new TextEncoder().encode(JSON.stringify(value)));
}

export async function sealBytesTo(boxPublicKey: JWK, bytes: Uint8Array): Promise<string> {
  const key = await importJWK(BoxPublicKey.parse(boxPublicKey), ALGORITHM);
  return new CompactEncrypt(bytes).setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION }).encrypt(key);
}

/** @throws AppError `MESSAGE_INVALID` when it was sealed to another key, by other means, or was changed */
export async function openSealed(boxPrivateKey: JWK, sealed: string): Promise<unknown> {
  const bytes = await openSealedBytes(boxPrivateKey, sealed);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    throw cannotBeOpened();
  }
}

/** @throws AppError `MESSAGE_INVALID` as `openSealed` */
export async function openSealedBytes(boxPrivateKey: JWK, sealed: string): Promise<Uint8Array> {
  const key = await importJWK(boxPrivateKey, ALGORITHM);
  try {
    const { plaintext } = await compactDecrypt(sealed, key, { keyManagementAlgorithms: [ALGORITHM], contentEncryptionAlgorithms: [ENCRYPTION] });
    return plaintext;
  } catch {
    throw cannotBeOpened();
  }
}

function cannotBeOpened(): AppError {
  return new AppError('MESSAGE_INVALID', 'A sealed message cannot be opened with this key.', { reason: 'sealed' });
}
