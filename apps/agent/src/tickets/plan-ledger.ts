import { UserPolicy } from '@usher/contracts';
import { z } from 'zod';
import { StateFile } from '../storage/state-file.js';

const LedgerFile = z.strictObject({
  /** Epoch ms of the last use. */
  at: z.number(),
  /** A bit for each row that was written or begun, base64. */
  rows: z.base64(),
  /** Settings of accounts as they were before this plan changed them, by row. */
  before: z.record(z.string(), UserPolicy),
});

/** What was done under one plan: which rows, so that an approval's limit holds over restarts, and what stood there before. */
export class PlanLedger {
  private constructor(
    private readonly file: StateFile<typeof LedgerFile>,
    private bits: Buffer,
    private before: Readonly<Record<string, UserPolicy>>,
    private usedAt: number,
  ) {}

  static async open(path: string, now: number): Promise<PlanLedger> {
    const file = new StateFile(path, LedgerFile);
    const found = await file.read();
    return new PlanLedger(file, Buffer.from(found?.rows ?? '', 'base64'), found?.before ?? {}, found?.at ?? now);
  }

  get lastUsedAt(): number {
    return this.usedAt;
  }

  /** How many of the rows may not be begun any more, in their order, because `limit` rows are. Rows that are begun already count once. */
  overLimit(rows: readonly number[], limit: number): number[] {
    let left = limit - countOf(this.bits);
    return rows.filter((row) => !this.has(row) && left-- <= 0);
  }

  /** Resolves when it is on the disk that these rows are begun. */
  begin(rows: readonly number[], now: number): Promise<void> {
    return this.change(now, () => {
      const highest = Math.max(-1, ...rows);
      const bits = Buffer.alloc(Math.max(this.bits.length, Math.floor(highest / 8) + 1));
      this.bits.copy(bits);
      for (const row of rows) bits[row >> 3]! |= 1 << (row & 7);
      this.bits = bits;
    });
  }

  /** The settings that stood there before this row was first begun: those given, when nothing was kept yet. */
  async keepBefore(row: number, policy: UserPolicy, now: number): Promise<UserPolicy> {
    const known = this.before[row];
    if (known) return known;
    await this.change(now, () => {
      this.before = { ...this.before, [row]: policy };
    });
    return policy;
  }

  touch(now: number): Promise<void> {
    return this.change(now, () => undefined);
  }

  private has(row: number): boolean {
    return ((this.bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  private change(now: number, apply: () => void): Promise<void> {
    apply();
    this.usedAt = now;
    return this.file.write({ at: now, rows: this.bits.toString('base64'), before: { ...this.before } });
  }
}

function countOf(bits: Buffer): number {
  let count = 0;
  for (let byte of bits) for (; byte > 0; byte &= byte - 1) count++;
  return count;
}
