export * from './eventually.js';
export * from './harness/nats.js';
export * from './harness/postgres.js';
export { freePort } from './harness/bound-process.js';
export * from './simulators/base/index.js';
export * from './simulators/emby.simulator.js';
export * from './simulators/jellyfin.simulator.js';
