/**
 * Tokens of what has no class of its own. Everything else is injected by its class: `Pool` of pg, `Logger`,
 * `HubConnection`, `HubBus`, `FleetDirectory`.
 */
export const CLOCK = Symbol('CLOCK');
/** The `MigrationConfig` of config.ts. */
export const MIGRATION_CONFIG = Symbol('MIGRATION_CONFIG');
/** A UUIDv7 made at process start; the holder of checks and leases. */
export const PROCESS_ID = Symbol('PROCESS_ID');
/** The id of the fleet, part of the issuer's name on tickets. */
export const FLEET_ID = Symbol('FLEET_ID');
/** The `CommandSigner` by which this service signs: commands, tickets, reports. */
export const SIGNER = Symbol('SIGNER');
