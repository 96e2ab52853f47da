import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BusServer, HandleServiceCommand, HubConnection } from '@usher/bus';
import { adoptAgent, ConnectionTestPlain, describeHost, retireAgent, testServer, uuidv7, type ConnectionTestResult, type ServerKind } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import { AgentKeys, mintHubUser, type KeyRing } from '@usher/security';

/** What a healthy server answers. */
export function healthy(url: string, kind: ServerKind = 'jellyfin', machineId = `machine of ${url}`): ConnectionTestResult {
  const profile = {
    kind,
    machineId,
    name: `Server at ${new URL(url).host}`,
    version: '12.0.0',
    versionTested: true,
    platform: 'Linux',
    updateAvailable: null,
    capabilities: ['libraries.list' as const],
    hardening: [{ code: 'plain-http', state: 'found' as const, evidence: 'The address is http.', advice: 'Use TLS.' }],
  };
  return { ok: true, profile, latencyMs: 3, warnings: [] };
}

export function failing(code: Extract<ConnectionTestResult, { ok: false }>['code'], reason: string | null, tlsProblem: string | null = null): ConnectionTestResult {
  return { ok: false, code, message: `The test failed: ${reason ?? code}.`, reason, tlsProblem, kind: null, retryAfterMs: null };
}

export interface FakeAgentHostOptions {
  readonly natsUrl: string;
  readonly ring: KeyRing;
  readonly logger: Logger;
}

/** The bundled agent host, played on the bus: what it was asked, and what it answers. */
export class FakeAgentHost {
  readonly tested: ConnectionTestPlain[] = [];
  readonly adopted: string[] = [];
  readonly retired: string[] = [];
  /** Called for each test while it runs; the most at one time. */
  atOnce = 0;
  private now = 0;
  answer: (plain: ConnectionTestPlain) => ConnectionTestResult | Promise<ConnectionTestResult> = (plain) => healthy(plain.url);

  private live: { app: INestMicroservice; hub: HubConnection } | null = null;

  private constructor(
    private readonly keys: AgentKeys,
    private readonly folder: string,
    private readonly options: FakeAgentHostOptions,
  ) {}

  static async start(options: FakeAgentHostOptions): Promise<FakeAgentHost> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-host-'));
    const host = new FakeAgentHost(await AgentKeys.loadOrCreate(folder), folder, options);
    await host.resume();
    return host;
  }

  /** Comes back to the bus, with the same keys. */
  async resume(): Promise<void> {
    const { natsUrl, ring, logger } = this.options;
    const hub = await HubConnection.connect({ url: natsUrl, creds: await mintHubUser(ring, 'agent-host'), service: 'agent-host', logger });
    const app = await NestFactory.createMicroservice(moduleOf(this), { strategy: new BusServer({ hub, logger }), logger: false });
    await app.listen();
    this.live = { app, hub };
  }

  /** Leaves the bus, as a host that is down. */
  async pause(): Promise<void> {
    const { live } = this;
    this.live = null;
    await live?.app.close();
    await live?.hub.close();
  }

  async stop(): Promise<void> {
    await this.pause();
    await rm(this.folder, { recursive: true, force: true });
  }

  get boxKey(): Record<string, string> {
    return this.keys.boxPub as Record<string, string>;
  }

  async test(sealed: string): Promise<ConnectionTestResult> {
    const plain = ConnectionTestPlain.parse(await this.keys.open(sealed));
    this.tested.push(plain);
    this.atOnce = Math.max(this.atOnce, ++this.now);
    try {
      return await this.answer(plain);
    } finally {
      this.now--;
    }
  }
}

function moduleOf(host: FakeAgentHost) {
  @Controller()
  class HostListener {
    @HandleServiceCommand(describeHost)
    describe() {
      return { protocol: { min: 1, max: 1 }, boxKey: host.boxKey, agents: [] };
    }

    @HandleServiceCommand(testServer)
    test({ sealed }: { sealed: string }) {
      return host.test(sealed);
    }

    @HandleServiceCommand(adoptAgent)
    adopt({ serverId }: { serverId: string }) {
      host.adopted.push(serverId);
      return { agentId: uuidv7() };
    }

    @HandleServiceCommand(retireAgent)
    retire({ serverId }: { serverId: string }) {
      host.retired.push(serverId);
      return { retired: true };
    }
  }

  @Module({ controllers: [HostListener] })
  class HostModule {}
  return HostModule;
}
