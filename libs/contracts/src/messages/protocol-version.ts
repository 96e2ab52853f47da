/**
 * The protocol between controller and agent. A controller serves its own version and the one before.
 * 1  first version: hello, signed commands, spooled facts, state snapshots in parts
 */
export const PROTOCOL_VERSION = 1;
export const OLDEST_PROTOCOL_VERSION = 1;
