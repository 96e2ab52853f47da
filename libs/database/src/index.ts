export * from './pool.js';
export * from './transaction.js';
export * from './prisma.service.js';
export * from './lease.js';
export * from './outbox.js';
export * from './outbox.publisher.js';
export * from './keyset.js';
export { Prisma } from './generated/client.js';
export type * as Rows from './generated/models.js';
