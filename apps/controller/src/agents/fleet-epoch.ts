import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';

/** The fleet's epoch, which every command carries; kept in memory because each command needs it at once. */
@Injectable()
export class FleetEpoch {
  private value = 1;

  constructor(private readonly pool: Pool) {}

  get current(): number {
    return this.value;
  }

  /** It only rises, so a reading that is overtaken by another does no harm. */
  async refresh(): Promise<void> {
    const { rows } = await this.pool.query<{ epoch: string }>('SELECT epoch FROM fleet');
    this.value = Math.max(this.value, Number(rows[0]?.epoch ?? 1));
  }
}
