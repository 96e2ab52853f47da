export * from './contexts.js';
export { FactBatch, FactBatchAnswer, MAX_FACTS_PER_BATCH, MAX_FACT_BATCH_BYTES, SpooledFact } from './facts.js';
export * from './journal.js';
export { MemoryFleetStateStore, type FleetStateStore } from './fleet-state-intake.js';
export { HandleAsk, HandleCommand, HandleFact, HandleFactBatch, HandleFleetState, HandleServiceCommand, HandleServiceState, HandleState, type MessageKind } from './handlers.decorator.js';
export { BusServer, type BusServerOptions } from './bus-server.js';
export { FleetDirectory, type FleetSource } from './fleet-directory.js';
export { HubConnection } from './hub-connection.js';
export { HubBus, type CommandOptions, type HubBusOptions } from './hub-bus.js';
export type { CommandCall } from './command-call.js';
export { SysConnection, type SysConnectionOptions } from './sys-connection.js';
export { AgentLink, type AgentLinkOptions } from './agent-link.js';
export { checkBrokerVersion, isLoopback, type BrokerAddress } from './broker-address.js';
export { MAX_PART_BYTES } from './wire.js';
// What a service without a key ring needs of it: such a service imports this library only.
export { readServiceLogin, scrubSecrets, type LoginService, type ServiceLogin } from '@usher/security';
