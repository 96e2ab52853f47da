import { randomBytes } from 'node:crypto';
import { AppError, CredentialPlain } from '@usher/contracts';
import { lengthPrefixed, openBlob, sealBlob } from './envelope.js';
import type { KeyRing } from './key-ring.js';
import type { Secret } from './secret.js';

/** Columns of `server_credential`. */
export interface SealedCredential {
  dekVersion: number;
  kekId: string;
  wrappedDek: Buffer;
  ciphertext: Buffer;
  fingerprint: Buffer;
}

/** What can be opened; database drivers give plain byte arrays. */
export interface StoredCredential {
  dekVersion: number;
  kekId: string;
  wrappedDek: Uint8Array;
  ciphertext: Uint8Array;
}

/** Where a credential belongs: moved to another row, it cannot be opened. */
export interface CredentialSlot {
  serverId: string;
  kind: 'media-server';
}

function wrapAad(ring: KeyRing, slot: CredentialSlot, dekVersion: number): (kekId: string) => Buffer {
  return (kekId) => lengthPrefixed('usher/dek/v1', ring.fleetId, slot.serverId, slot.kind, dekVersion, kekId);
}

function sealAad(ring: KeyRing, slot: CredentialSlot, dekVersion: number): Buffer {
  return lengthPrefixed('usher/cred/v1', ring.fleetId, slot.serverId, slot.kind, dekVersion);
}

/** Seals with a new data key. `dekVersion` is that of the row that is replaced plus one; 1 for the first. */
export function sealCredential(ring: KeyRing, slot: CredentialSlot & { dekVersion?: number }, plain: CredentialPlain): SealedCredential {
  const dekVersion = slot.dekVersion ?? 1;
  const dataKey = randomBytes(32);
  try {
    const { kekId, blob } = ring.wrapKey(dataKey, wrapAad(ring, slot, dekVersion));
    const ciphertext = sealBlob(dataKey, Buffer.from(JSON.stringify(CredentialPlain.parse(plain))), sealAad(ring, slot, dekVersion));
    return { dekVersion, kekId, wrappedDek: blob, ciphertext, fingerprint: ring.fingerprint(plain.token) };
  } finally {
    dataKey.fill(0);
  }
}

/**
 * Opens a row. The token inside is plain text: seal it on or wrap it at once.
 * @throws AppError `KEYRING_MISMATCH` when any column was changed or belongs to another row or fleet
 */
export function openCredential(ring: KeyRing, slot: CredentialSlot, row: StoredCredential): CredentialPlain {
  const dataKey = ring.unwrapKey(row.kekId, row.wrappedDek, wrapAad(ring, slot, row.dekVersion));
  try {
    return CredentialPlain.parse(JSON.parse(openBlob(dataKey, row.ciphertext, sealAad(ring, slot, row.dekVersion)).toString('utf8')));
  } catch {
    throw new AppError('KEYRING_MISMATCH', 'A stored credential cannot be opened: it was changed.', { reason: 'authentication', serverId: slot.serverId });
  } finally {
    dataKey.fill(0);
  }
}

/** The same data key under the primary master key; the sealed credential itself stays as it is. */
export function rewrapCredential<Row extends StoredCredential>(ring: KeyRing, slot: CredentialSlot, row: Row): Row & { wrappedDek: Buffer } {
  const aad = wrapAad(ring, slot, row.dekVersion);
  const dataKey = ring.unwrapKey(row.kekId, row.wrappedDek, aad);
  try {
    const { kekId, blob } = ring.wrapKey(dataKey, aad);
    return { ...row, kekId, wrappedDek: blob };
  } finally {
    dataKey.fill(0);
  }
}

/** Finds one token used for two servers without opening any. */
export function credentialFingerprint(ring: KeyRing, token: Secret): Buffer {
  return ring.fingerprint(token.reveal());
}
