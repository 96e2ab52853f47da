import { Injectable } from '@nestjs/common';
import { AppError, uuidv7 } from '@usher/contracts';
import { makeOneTimeCode, normalizeOneTimeCode, sha256 } from '@usher/security';
import { Pool, type PoolClient } from 'pg';

const LIFE_MS = 15 * 60_000;

/** One-time codes that the host prints: the first superadmin, or a new password. Kept as hashes. */
@Injectable()
export class SignInCodesService {
  constructor(private readonly pool: Pool) {}

  /** A new code for fifteen minutes. Older unused codes end: only what is on the screen works. */
  async issue(): Promise<{ code: string; expiresAt: Date }> {
    const { code, sha256: codeSha256 } = makeOneTimeCode();
    await this.pool.query('DELETE FROM sign_in_code WHERE used_at IS NULL');
    const { rows } = await this.pool.query<{ expires_at: Date }>(
      'INSERT INTO sign_in_code (id, code_sha256, expires_at) VALUES ($1, $2, now() + $3::interval) RETURNING expires_at',
      [uuidv7(), codeSha256, `${LIFE_MS} milliseconds`],
    );
    return { code, expiresAt: rows[0]!.expires_at };
  }

  /**
   * Uses a code up, in the transaction of what it allows.
   * @throws SIGN_IN_FAILED
   */
  async consume(tx: PoolClient, typed: string): Promise<void> {
    const { rowCount } = await tx.query(
      'UPDATE sign_in_code SET used_at = now() WHERE code_sha256 = $1 AND used_at IS NULL AND expires_at > now()',
      [sha256(normalizeOneTimeCode(typed))],
    );
    if (rowCount !== 1) throw new AppError('SIGN_IN_FAILED', 'This sign-in code is wrong, used or too old.', { reason: 'code' });
  }
}
