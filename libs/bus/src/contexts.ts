/** Who a message came from or is for. Handlers never see broker names, only these. */
export interface AgentMessageContext {
  serverId: string;
  agentId: string;
  correlationId: string;
}

/** Given to fact handlers by the controller's applier, which calls `BusServer.dispatch`. */
export interface FactContext extends AgentMessageContext {
  factId: string;
  /** ISO time at the agent. */
  happenedAt: string;
  /** The pg PoolClient of the transaction that applies this fact. */
  tx: unknown;
}

export interface CommandContext extends AgentMessageContext {
  commandId: string;
  /** Aborted at the deadline, when the link stops, and when the caller no longer wants parts. */
  signal: AbortSignal;
}

/** A message of another service of the hub. */
export interface ServiceMessageContext {
  correlationId: string;
}

/** Only ACTIVE agents are found; everybody else's messages are dropped and counted. */
export interface AgentDirectory {
  byAccount(acctPub: string): { serverId: string; agentId: string } | undefined;
  byServer(serverId: string): { serverId: string; agentId: string; acctPub: string } | undefined;
}
