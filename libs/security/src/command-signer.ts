import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Issuer, TrustedKey } from '@usher/contracts';
import type { CommandKey } from './key-ring-file.js';

/** Signs commands in the name of one service. */
export interface CommandSigner {
  readonly kid: string;
  readonly issuer: Issuer;
  readonly key: KeyObject;
  /** The public half, as agents get it. */
  readonly trusted: TrustedKey;
}

export function commandSigner(issuer: Issuer, { kid, jwk }: CommandKey): CommandSigner {
  const { d: _private, ...publicJwk } = jwk;
  return { kid, issuer, key: createPrivateKey({ key: jwk, format: 'jwk' }), trusted: { kid, issuer, jwk: publicJwk } };
}
