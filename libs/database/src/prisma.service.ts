import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from './generated/client.js';

/** Ordinary reads and writes. Composed, not inherited: the generated client returns a proxy from its constructor. */
export class PrismaService {
  readonly client: PrismaClient;

  /** Shares the given pool, so that connections are counted once. */
  constructor(pool: Pool) {
    this.client = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) });
  }

  async close(): Promise<void> {
    await this.client.$disconnect();
  }
}
