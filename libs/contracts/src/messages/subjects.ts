import type { Service } from './define.js';

/**
 * Only these functions build subjects. Token 4 says who: in an agent's own account it is the server id, in the
 * hub the public key of the agent's account (ACCT), which the broker puts there and a sender cannot choose.
 */
const ROOT = 'usher.v1';
const TOKEN = /^[a-z0-9-]+$/;
const ACCOUNT = /^A[A-Z2-7]{55}$/;

function token(value: string): string {
  if (!TOKEN.test(value)) throw new RangeError(`not a subject token: ${JSON.stringify(value)}`);
  return value;
}

function account(value: string): string {
  if (!ACCOUNT.test(value)) throw new RangeError('not an account public key');
  return value;
}

function dotted(name: string): string {
  return name.split('.').map(token).join('.');
}

/** Subjects as an agent sees them, inside its own account. */
export const agentSubjects = {
  command: (serverId: string, name: string) => `${ROOT}.server.${token(serverId)}.cmd.${dotted(name)}`,
  commands: (serverId: string) => `${ROOT}.server.${token(serverId)}.cmd.>`,
  ack: (serverId: string, service: Service, process: string, commandId: string) =>
    `${ROOT}.server.${token(serverId)}.ack.${token(service)}.${token(process)}.${token(commandId)}`,
  facts: (serverId: string) => `${ROOT}.server.${token(serverId)}.fact.spool.appended`,
  state: (serverId: string, name: string) => `${ROOT}.server.${token(serverId)}.state.${dotted(name)}`,
  ask: (serverId: string, name: string) => `${ROOT}.server.${token(serverId)}.ask.${dotted(name)}`,
  inboxPrefix: (serverId: string) => `_INBOX.${token(serverId)}`,
};

/** The same subjects as the hub sees them. `*` stands for every agent. */
export const hubSubjects = {
  command: (acct: string, name: string) => `${ROOT}.server.${account(acct)}.cmd.${dotted(name)}`,
  acks: (service: Service, process: string) => `${ROOT}.server.*.ack.${token(service)}.${token(process)}.*`,
  facts: () => `${ROOT}.server.*.fact.spool.appended`,
  state: (name: string) => `${ROOT}.server.*.state.${dotted(name)}`,
  ask: (name: string) => `${ROOT}.server.*.ask.${dotted(name)}`,
  serviceCommand: (receiver: Service, name: string) => `${ROOT}.service.${token(receiver)}.cmd.${dotted(name)}`,
  serviceState: (sender: Service, name: string) => `${ROOT}.service.${token(sender)}.state.${dotted(name)}`,
  inboxPrefix: (service: Service) => `_INBOX.${token(service)}`,
};

export const fleetSubjects = { state: (name: string) => `${ROOT}.fleet.state.${dotted(name)}` };

/** What an agent's account exports, with the position of ACCT; the hub imports the same. */
export const AGENT_EXPORTS = {
  commands: `${ROOT}.server.*.cmd.>`,
  acks: `${ROOT}.server.*.ack.>`,
  facts: `${ROOT}.server.*.fact.>`,
  states: `${ROOT}.server.*.state.>`,
  asks: `${ROOT}.server.*.ask.>`,
  fleetStates: `${ROOT}.fleet.state.>`,
  accountTokenPosition: 4,
} as const;

/** Reads ACCT and the tail out of a hub subject; null when it is not one of ours. */
export function parseHubSubject(subject: string): { acct: string; kind: string; rest: string[] } | null {
  const parts = subject.split('.');
  if (parts.length < 6 || parts[0] !== 'usher' || parts[1] !== 'v1' || parts[2] !== 'server' || !ACCOUNT.test(parts[3]!)) return null;
  return { acct: parts[3]!, kind: parts[4]!, rest: parts.slice(5) };
}
