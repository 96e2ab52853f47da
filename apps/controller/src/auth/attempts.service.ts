import { Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool } from 'pg';

const LIMIT = 5;
const WINDOW_MS = 15 * 60_000;

/** Failed sign-ins per account and address: five in fifteen minutes, in the database because controllers may be many. */
@Injectable()
export class AttemptsService {
  constructor(private readonly pool: Pool) {}

  /**
   * Books an attempt before the password is looked at, so that a hundred at once are not all looked at.
   * Returns what to call when the attempt succeeded.
   * @throws RATE_LIMITED with `retryAfterMs`
   */
  async begin(account: string, address: string | null): Promise<{ succeeded(): Promise<void> }> {
    const key = [account.trim().toLowerCase().slice(0, 200), address ?? ''] as const;
    await transaction(this.pool, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))', [...key]);
      const { rows } = await tx.query<{ count: number; wait_ms: number | null }>(
        `SELECT count(*)::int AS count, (extract(epoch FROM min(at) + $3::interval - now()) * 1000)::float8 AS wait_ms
         FROM sign_in_attempt WHERE account = $1 AND address = $2 AND at > now() - $3::interval`,
        [...key, `${WINDOW_MS} milliseconds`],
      );
      const { count, wait_ms: waitMs } = rows[0]!;
      if (count >= LIMIT) {
        const retryAfterMs = Math.max(1_000, Math.ceil(waitMs ?? WINDOW_MS));
        throw new AppError('RATE_LIMITED', 'Too many failed sign-ins. Wait before you try again.', { retryAfterMs });
      }
      await tx.query('INSERT INTO sign_in_attempt (account, address) VALUES ($1, $2)', [...key]);
      await tx.query(`DELETE FROM sign_in_attempt WHERE at < now() - interval '1 day'`);
    });
    return { succeeded: async () => void (await this.pool.query('DELETE FROM sign_in_attempt WHERE account = $1 AND address = $2', [...key])) };
  }
}
