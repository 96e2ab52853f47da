import { Injectable } from '@nestjs/common';
import type { AgentDirectory } from '@usher/bus';
import { SharedReading } from '@usher/resilience';
import { AgentsRepository } from './agents.repository.js';

interface Entry {
  readonly serverId: string;
  readonly agentId: string;
  readonly acctPub: string;
}

/** Who speaks for which server: the ACTIVE rows of table agent, in memory. Read again at every change of them. */
@Injectable()
export class ActiveAgents implements AgentDirectory {
  private accounts = new Map<string, Entry>();
  private servers = new Map<string, Entry>();
  private readonly leftListeners = new Set<(serverId: string) => void>();
  private readonly joinedListeners = new Set<(serverId: string, agentId: string) => void>();
  private readonly reading = new SharedReading(() => this.read());

  constructor(private readonly agents: AgentsRepository) {}

  byAccount(acctPub: string): Entry | undefined {
    return this.accounts.get(acctPub);
  }

  byServer(serverId: string): Entry | undefined {
    return this.servers.get(serverId);
  }

  serverIds(): string[] {
    return [...this.servers.keys()];
  }

  /** Called with the id of a server that nobody speaks for any more. */
  onLeft(listener: (serverId: string) => void): void {
    this.leftListeners.add(listener);
  }

  /** Called when another agent than before speaks for a server. */
  onJoined(listener: (serverId: string, agentId: string) => void): void {
    this.joinedListeners.add(listener);
  }

  /** Resolves when a reading that began after this call is in place; many callers share one reading. */
  refresh(): Promise<void> {
    return this.reading.refresh();
  }

  private async read(): Promise<void> {
    const agents = await this.agents.active();
    const before = this.servers;
    this.accounts = new Map(agents.map((agent) => [agent.acctPub, agent]));
    this.servers = new Map(agents.map((agent) => [agent.serverId, agent]));
    for (const { serverId, agentId } of agents) {
      if (before.get(serverId)?.agentId !== agentId) for (const listener of this.joinedListeners) listener(serverId, agentId);
    }
    for (const serverId of before.keys()) {
      if (!this.servers.has(serverId)) for (const listener of this.leftListeners) listener(serverId);
    }
  }
}
