import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';

/** What people call the servers, historical ones too, and how much each is preferred. */
@Injectable()
export class ServerNames {
  constructor(private readonly pool: Pool) {}

  async all(): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.pool.query<{ id: string; alias: string }>('SELECT id, alias FROM server');
    return new Map(rows.map(({ id, alias }) => [id, alias]));
  }

  async weights(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.pool.query<{ id: string; weight: number }>(`SELECT id, weight FROM server WHERE state <> 'historical'`);
    return new Map(rows.map(({ id, weight }) => [id, weight]));
  }
}
