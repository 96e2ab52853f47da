import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppError, sessionIdOf, uuidv7, type Capability, type Session } from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { randomToken, sha256 } from '@usher/security';
import { eventually } from '@usher/testing';
import { ControllerHarness, type GraphqlAnswer, type Wire } from './controller-harness.js';
import { enrollAgent, sessionOf, type TestAgent } from './live-agent.js';

const ALL: Capability[] = ['sessions.message', 'sessions.stop', 'libraries.scan', 'metadata.refresh', 'server.restart', 'activities.list'];

export interface FleetServer {
  readonly id: string;
  readonly alias: string;
  agent: TestAgent | null;
}

/** A controller with servers whose agents are played: what is sent to whom can be looked at. */
export class FleetHarness {
  readonly servers: FleetServer[] = [];
  /** Many who look, so that none meets the limit of requests; who acts is always the same one. */
  private readonly readers: string[] = [];
  private turn = 0;

  private constructor(
    readonly controller: ControllerHarness,
    private readonly folder: string,
  ) {}

  static async start(): Promise<FleetHarness> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-fleet-'));
    const controller = await ControllerHarness.start();
    await controller.addRoles();
    const fleet = new FleetHarness(controller, folder);
    for (let i = 0; i < 20; i++) fleet.readers.push(await fleet.addReader());
    return fleet;
  }

  async close(): Promise<void> {
    for (const { agent } of this.servers) await agent?.link.stop();
    await this.controller.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Registered and probed; without an agent it is one that never came. */
  async addServer(alias: string, more: { kind?: 'jellyfin' | 'plex'; readOnly?: boolean; role?: string; capabilities?: Capability[]; withAgent?: boolean } = {}): Promise<FleetServer> {
    const id = uuidv7();
    const { kind = 'jellyfin', readOnly = false, role = 'linked' } = more;
    const capabilities = more.capabilities ?? (kind === 'plex' ? ['libraries.scan', 'metadata.refresh', 'activities.list'] : ALL);
    const profile = { kind, machineId: id, name: alias, version: '1', versionTested: true, platform: null, updateAvailable: null, capabilities, hardening: [] };
    await this.controller.pool.query(
      `INSERT INTO server (id, alias, slug, url, normalized_url, kind, connection, state, profile, machine_id, read_only, role)
       VALUES ($1, $2, $3, $4, $4, $5, 'remote', 'online', $6, $3, $7, $8)`,
      [id, alias, id, `http://${id}.example`, kind, JSON.stringify(profile), readOnly, role],
    );
    const server: FleetServer = { id, alias, agent: null };
    this.servers.push(server);
    if (more.withAgent !== false) {
      const refuse = (contract: { effect: string }) => (readOnly && contract.effect === 'change' ? new AppError('SERVER_READ_ONLY', 'This server is in read-only mode.') : null);
      server.agent = await enrollAgent({ post: this.post, pool: this.controller.pool, folder: path.join(this.folder, id), surroundings: this.surroundings }, id, refuse);
      await server.agent.hello();
      server.agent.beat();
    }
    return server;
  }

  /** Shows sessions and waits until the controller has them. */
  async show(server: FleetServer, ...sessions: Session[]): Promise<void> {
    server.agent!.beat();
    const seq = server.agent!.show(sessions);
    await eventually(async () => {
      const data = await this.ok('query ($ids: [ID!]) { sessions(serverIds: $ids) { seq } }', { ids: [server.id] });
      if (data['sessions'][0]?.seq !== seq) throw new Error('not yet');
    });
  }

  /** Three viewers: two that can take a text, one that cannot. */
  async showViewers(server: FleetServer): Promise<void> {
    const deaf = { controls: { stop: true, pause: true, seek: true, message: false, limitBitRate: false, play: false }, client: 'LG webOS' };
    await this.show(server, sessionOf('s1'), sessionOf('s2'), sessionOf('s3', deaf));
  }

  /** The link of the agent ends, and the controller knows. */
  async unplug(server: FleetServer): Promise<void> {
    await server.agent!.link.stop();
    await eventually(async () => {
      const data = await this.ok('query ($id: ID) { server(id: $id) { stale } }', { id: server.id });
      const forecast = await this.ok('query ($targets: NoticeTargetsInput!) { noticeForecast(targets: $targets) { servers { code } } }', { targets: { serverIds: [server.id] } });
      if (!['AGENT_OFFLINE'].includes(forecast['noticeForecast'].servers[0].code)) throw new Error(`still there ${JSON.stringify(data)}`);
    });
  }

  async plugIn(server: FleetServer): Promise<void> {
    await server.agent!.connect();
    await server.agent!.hello();
    server.agent!.beat();
  }

  /** Answers `notice.show` as an agent does that reaches these sessions, each once. */
  answerNotices(server: FleetServer, reply: Partial<{ sent: number; unsupported: number; failed: number; again: boolean; reasons: unknown[] }> | (() => Promise<unknown>) = {}): void {
    server.agent!.handlers.set('notice.show@1', typeof reply === 'function' ? reply : async () => ({ sent: 2, unsupported: 1, failed: 0, again: false, reasons: [], ...reply }));
  }

  /** Commands of one name that reached the agent. */
  got(server: FleetServer, name: string): Wire[] {
    return server.agent!.commands.filter((command) => command.name === name).map((command) => command.args);
  }

  sessionId(server: FleetServer, vendorId: string): string {
    return sessionIdOf(server.id, vendorId);
  }

  async ok(query: string, variables: Record<string, unknown> = {}, role: 'viewer' | 'operator' | 'superadmin' = 'operator'): Promise<Record<string, Wire>> {
    const isQuestion = role === 'operator' && /^(query|\{)/.test(query);
    const token = isQuestion ? this.readers[this.turn++ % this.readers.length] : this.controller.tokens[role];
    const answer = await this.controller.gql(query, variables, { token });
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data!;
  }

  async refused(query: string, variables: Record<string, unknown> = {}, role: 'viewer' | 'operator' | 'superadmin' = 'operator'): Promise<NonNullable<GraphqlAnswer['errors']>[number]['extensions']> {
    const answer = await this.controller.gql(query, variables, { token: this.controller.tokens[role] });
    if (!answer.errors) throw new Error(`it was not refused: ${answer.text}`);
    return answer.errors[0]!.extensions;
  }

  /** The token of a new operator without a password. */
  async addReader(): Promise<string> {
    const [id, token] = [uuidv7(), randomToken(32)];
    await this.controller.pool.query(`INSERT INTO operator (id, name, role) VALUES ($1, $2, 'operator')`, [id, `reader ${id}`]);
    await this.controller.pool.query(`INSERT INTO sign_in (id, operator_id, token_sha256, kind, expires_at) VALUES ($1, $2, $3, 'cli', now() + interval '1 hour')`, [uuidv7(), id, sha256(token)]);
    return token;
  }

  private readonly post = async (url: string, body: unknown) => {
    const answer = await fetch(`${this.controller.listener.url}${url}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  private readonly surroundings = {
    logger: createLogger({ service: 'agent', level: 'error', destination: { write: () => undefined } }),
    brokerUrl: () => this.controller.nats.url,
    time: () => new Date().toISOString(),
  };
}

export { eventually, sessionOf };
