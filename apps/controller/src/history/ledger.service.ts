import { Injectable } from '@nestjs/common';
import { AppError, Uuid7 } from '@usher/contracts';
import type { PoolClient } from 'pg';
import { LedgerRepository, type Changed, type Ended, type Started } from './ledger.repository.js';

/**
 * Opens, annotates and closes one row per playback, in the transaction of its fact. Facts of one agent come in order
 * and once; a change or an end whose start never came has nothing to write on: it is refused, and the inbox keeps it
 * as a failed fact, where it can be seen.
 */
@Injectable()
export class LedgerService {
  constructor(private readonly repository: LedgerRepository) {}

  async started(tx: PoolClient, serverId: string, fact: Started): Promise<void> {
    if (!Uuid7.safeParse(fact.playbackId).success) throw new AppError('MESSAGE_INVALID', 'The id of a playback must be a UUIDv7.');
    await this.repository.open(tx, serverId, fact);
  }

  async changed(tx: PoolClient, serverId: string, fact: Changed): Promise<void> {
    this.requireRow(fact.playbackId, await this.repository.change(tx, serverId, fact));
  }

  async ended(tx: PoolClient, serverId: string, fact: Ended): Promise<void> {
    this.requireRow(fact.playbackId, await this.repository.close(tx, serverId, fact));
  }

  private requireRow(playbackId: string, found: boolean): void {
    if (!found) throw new AppError('NOT_FOUND', 'This playback was never started here.', { playbackId });
  }
}
