export * from './clock.js';
export * from './deadline.js';
export * from './retry.js';
export * from './breaker.js';
export * from './rate-limit.js';
export * from './concurrency-limit.js';
export * from './coalesce.js';
export * from './bounded-cache.js';
