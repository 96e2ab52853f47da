import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { BoundedCache, type Clock } from '@usher/resilience';
import { credentialFingerprint, KeyRing, Secret } from '@usher/security';
import { CLOCK } from '../infrastructure.js';

export const NONCE_TTL_MS = 60_000;
const MAC_BYTES = 8;

/**
 * Challenges that any controller of the fleet can check without a table: the time of their end and 16 random
 * bytes under a mark of the key ring. Each is taken once; the single use of the token backs this up between processes.
 */
@Injectable()
export class EnrollmentNonces {
  private readonly used: BoundedCache<string, true>;

  constructor(
    private readonly ring: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.used = new BoundedCache({ max: 10_000, ttlMs: NONCE_TTL_MS }, clock);
  }

  issue(tokenId: string): string {
    const head = Buffer.alloc(24);
    head.writeBigUInt64BE(BigInt(this.clock.now() + NONCE_TTL_MS));
    randomBytes(16).copy(head, 8);
    return Buffer.concat([head, this.mark(tokenId, head)]).toString('base64url');
  }

  /** True once for a nonce that was issued for this token and is still fresh. */
  take(tokenId: string, nonce: string): boolean {
    const bytes = Buffer.from(nonce, 'base64url');
    if (bytes.length !== 24 + MAC_BYTES || bytes.toString('base64url') !== nonce) return false;
    const head = bytes.subarray(0, 24);
    const isOurs = this.mark(tokenId, head).equals(bytes.subarray(24));
    if (!isOurs || Number(head.readBigUInt64BE()) < this.clock.now() || this.used.get(nonce)) return false;
    this.used.set(nonce, true);
    return true;
  }

  private mark(tokenId: string, head: Buffer): Buffer {
    return credentialFingerprint(this.ring, Secret.of(`usher-enroll-nonce/1|${tokenId}|${head.toString('hex')}`)).subarray(0, MAC_BYTES);
  }
}
