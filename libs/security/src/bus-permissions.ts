import { AGENT_EXPORTS, CONTRACTS, agentSubjects, hubSubjects, type AnyContract } from '@usher/contracts';

/** The services that log in to the hub. */
export type HubService = 'controller' | 'router' | 'migration' | 'agent-host';

/** Allow-lists of one broker login; what is not listed is refused. There are no deny rules: they have been bypassed before. */
export interface BusPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** An exported subject as the agent itself sees it: its server id stands where the hub sees the account. */
export function inAgentAccount(exported: string, token: string): string {
  return exported.replace('*', token);
}

/** An agent tells and asks for its own server only, and hears only its own orders. */
export function agentPermissions(serverId: string): BusPermissions {
  const { facts, states, acks, asks, fleetStates } = AGENT_EXPORTS;
  return {
    publish: [facts, states, acks, asks].map((exported) => inAgentAccount(exported, serverId)),
    subscribe: [agentSubjects.commands(serverId), fleetStates, `${agentSubjects.inboxPrefix(serverId)}.>`],
  };
}

/** In the hub, where `*` stands for every account: everything that the contracts make a service send and hear, and no more. */
export function hubPermissions(service: HubService): BusPermissions {
  const answers = `${hubSubjects.inboxPrefix(service)}.>`;
  const served = serviceCommands((receiver) => receiver === service);
  if (service === 'agent-host') return { publish: [`${hubSubjects.inboxPrefix('controller')}.>`], subscribe: [...served, answers] };
  const issued = only('command').filter((command) => command.issuers.includes(service));
  const told = only('service-state').filter((state) => state.sender === service);
  const common = {
    publish: [
      ...unique(issued.map(({ name }) => AGENT_EXPORTS.commands.replace('>', isSharedNoun(service, nounOf(name)) ? name : `${nounOf(name)}.>`))),
      ...told.map((state) => hubSubjects.serviceState(service, state.name)),
    ],
    subscribe: [
      AGENT_EXPORTS.states,
      AGENT_EXPORTS.acks.replace('>', `${service}.>`),
      ...served,
      ...only('service-state').map((state) => hubSubjects.serviceState(state.sender, state.name)),
      answers,
    ],
  };
  if (service === 'router') {
    return {
      publish: ['_R_.>', ...common.publish, ...serviceNouns((receiver) => receiver === 'controller'), `${hubSubjects.inboxPrefix('controller')}.>`],
      subscribe: [...common.subscribe, AGENT_EXPORTS.fleetStates],
    };
  }
  if (service === 'migration') {
    return {
      publish: ['_R_.>', ...common.publish, hubSubjects.serviceCommand('controller', 'fleet.describe'), `${hubSubjects.inboxPrefix('controller')}.>`],
      subscribe: common.subscribe,
    };
  }
  return {
    publish: ['_R_.>', ...common.publish, AGENT_EXPORTS.fleetStates, ...serviceNouns((receiver) => receiver !== service), ...(['router', 'migration'] as const).map((other) => `${hubSubjects.inboxPrefix(other)}.>`)],
    subscribe: [AGENT_EXPORTS.facts, AGENT_EXPORTS.asks, ...common.subscribe],
  };
}

/** Account changes and links that come and go; nothing of anybody's messages. */
export const SYS_PERMISSIONS: BusPermissions = {
  publish: ['$SYS.REQ.CLAIMS.UPDATE', '$SYS.REQ.CLAIMS.DELETE'],
  subscribe: ['$SYS.ACCOUNT.*.CONNECT', '$SYS.ACCOUNT.*.DISCONNECT', '_INBOX.presence.>'],
};

/** The login by which a pushed account is tried: it may talk to itself. */
export const CANARY_PERMISSIONS: BusPermissions = { publish: ['_INBOX.canary.>'], subscribe: ['_INBOX.canary.>'] };

function only<Kind extends AnyContract['kind']>(kind: Kind): Extract<AnyContract, { kind: Kind }>[] {
  return CONTRACTS.filter((contract): contract is Extract<AnyContract, { kind: Kind }> => contract.kind === kind);
}

const nounOf = (name: string): string => name.split('.')[0]!;

/** Others issue commands of this noun that the service must not: then it is allowed its own names alone. */
function isSharedNoun(service: HubService, noun: string): boolean {
  return only('command').some(({ name, issuers }) => nounOf(name) === noun && !(issuers as readonly string[]).includes(service));
}

function serviceCommands(isWanted: (receiver: string) => boolean): string[] {
  return only('service-command')
    .filter((command) => isWanted(command.receiver))
    .map((command) => hubSubjects.serviceCommand(command.receiver, command.name))
    .sort();
}

/** By noun, as commands to agents: a login is sent in one line of at most 4,096 bytes, and each name would stand in it. */
function serviceNouns(isWanted: (receiver: string) => boolean): string[] {
  return unique(serviceCommands(isWanted).map((subject) => subject.replace(/[^.]+$/, '>')));
}

function unique(subjects: readonly string[]): string[] {
  return [...new Set(subjects)];
}
