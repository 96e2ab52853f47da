export type { AdapterUsage, CheckedPaths, ItemOptions, LiveStatus, MediaServer, PageRequest, SessionSnapshot, WatchHooks } from './media-server.js';
export { CapabilitySet, STARTING_CAPABILITIES } from './capabilities.js';
export { createMediaServer, type MediaServerOptions, type VendorCall } from './create-media-server.js';
export { testConnection, type ConnectionTestRequest } from './connection-test.js';
export { EgressGuard, parseServerUrl, originOf, type EgressPolicy, type Resolve } from './egress/egress-guard.js';
export { InMemoryMediaServer } from './in-memory/in-memory-media-server.js';
export { InMemoryAccounts, type StateWrite } from './in-memory/in-memory-accounts.js';
export { NO_USAGE } from './usage.js';
