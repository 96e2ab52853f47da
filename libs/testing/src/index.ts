export * from './eventually.js';
export * from './harness/nats.js';
export * from './harness/postgres.js';
export { freePort } from './harness/bound-process.js';
