/**
 * Tokens of what has no class of its own. Everything else is injected by its class: `Pool` of pg, `PrismaService`,
 * `Logger`, `KeyRing`, `HubConnection`, `SysConnection`.
 */
export const CLOCK = Symbol('CLOCK');
/** The `ControllerConfig` of config.ts. */
export const CONTROLLER_CONFIG = Symbol('CONTROLLER_CONFIG');
/** A UUIDv7 made at process start; the holder of leases. */
export const PROCESS_ID = Symbol('PROCESS_ID');
