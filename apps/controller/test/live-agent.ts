import { AgentLink, MemoryFleetStateStore, type AgentLinkOptions, type CommandJournal, type FactBatch, type FenceStore, type JournalEntry } from '@usher/bus';
import { agentHello, heartbeatState, sessionsState, uuidv7, type AgentConfig, type Heartbeat, type Session, type TrustedKey } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import { AgentKeys, enrollmentProof, makeEnrollmentToken, parseEnrollmentToken } from '@usher/security';
import type { Pool } from 'pg';

class TestJournal implements CommandJournal {
  readonly entries = new Map<string, JournalEntry>();

  async find(commandId: string): Promise<JournalEntry | null> {
    return this.entries.get(commandId) ?? null;
  }

  async intent(commandId: string, argsSha256: string, op: string): Promise<void> {
    this.entries.set(commandId, { commandId, argsSha256, op, state: 'intent', at: Date.now() });
  }

  async done(commandId: string, outcome: NonNullable<JournalEntry['outcome']>): Promise<void> {
    this.entries.set(commandId, { ...this.entries.get(commandId)!, state: 'done', outcome });
  }

  async acknowledged(): Promise<void> {
    await Promise.resolve();
  }
}

class TestFences implements FenceStore {
  private readonly epochs = new Map<string, number>();

  highest(name: string): number {
    return this.epochs.get(name) ?? 0;
  }

  async raise(name: string, epoch: number): Promise<void> {
    this.epochs.set(name, epoch);
  }
}

/** Where an agent lives: its broker, its clock, its log. */
export interface Surroundings {
  readonly logger: Logger;
  brokerUrl(): string;
  /** ISO time. */
  time(): string;
}

/** What an agent does, by hand: enrolls over HTTP, links over its own account, and says what the test wants. */
export class TestAgent {
  readonly commands: { name: string; args: unknown }[] = [];
  /** States of the fleet that were believed, newest last. */
  readonly fleetStates: { name: string; body: unknown }[] = [];
  readonly handlers = new Map<string, (args: unknown) => Promise<unknown>>();
  readonly spoolEpoch = uuidv7();
  readonly fences = new TestFences();
  link!: AgentLink;
  config!: AgentConfig;
  credential: string | null = null;
  private seq = Date.now();

  constructor(
    readonly surroundings: Surroundings,
    readonly keys: AgentKeys,
    readonly serverId: string,
    public agentId: string,
    public userJwt: string,
    readonly trusted: TrustedKey[],
  ) {}

  async connect(refuse?: AgentLinkOptions['refuse']): Promise<void> {
    const { keys, userJwt, serverId, agentId } = this;
    const { logger } = this.surroundings;
    this.link = new AgentLink({
      url: this.surroundings.brokerUrl(), keys, userJwt, serverId, agentId, logger,
      trustedKeys: () => this.trusted,
      journal: new TestJournal(),
      fences: this.fences,
      fleetStates: { store: new MemoryFleetStateStore(), take: ({ name }, body) => void this.fleetStates.push({ name, body }) },
      ...(refuse && { refuse }),
      dispatch: async (name, args) => {
        this.commands.push({ name, args });
        return (await this.handlers.get(name)?.(args)) ?? {};
      },
    });
    const connected = new Promise<void>((resolve) => this.link.onConnected(resolve));
    this.link.start();
    await connected;
  }

  hello(more: Partial<{ protocol: { min: number; max: number }; configRev: number; credentialRev: number; sentAt: string }> = {}) {
    const sentAt = this.surroundings.time();
    return this.link.ask(agentHello, { agentId: this.agentId, protocol: { min: 1, max: 1 }, agentVersion: '0.1.0', configRev: 0, credentialRev: 0, sentAt, ...more });
  }

  beat(vendor: Partial<Heartbeat['vendor']> = {}, spoolPending = 0): void {
    const at = this.surroundings.time();
    this.link.publishState(heartbeatState, {
      seq: this.nextSeq(), at, agentId: this.agentId, agentVersion: '0.1.0', configRev: 1, credentialRev: 1, spoolPending,
      vendor: { status: 'online', reason: null, code: null, since: at, latencyMs: 5, ...vendor },
      live: { mode: 'push', lastPollAt: at, lastPushAt: at, sessionCallsLastHour: 3, otherCallsLastHour: 2 },
    });
  }

  show(sessions: Session[]): number {
    const seq = this.nextSeq();
    this.link.publishState(sessionsState, { seq, part: 0, parts: 1, at: new Date().toISOString(), source: 'push', sessions });
    return seq;
  }

  batch(first: number, facts: { contract: string; body: unknown; seq?: number }[], spoolEpoch = this.spoolEpoch): FactBatch {
    const at = new Date().toISOString();
    return { spoolEpoch, first, facts: facts.map((fact, i) => ({ seq: first + i, id: uuidv7(), at, class: 'result', ...fact })) };
  }

  nextSeq(): number {
    return (this.seq = Math.max(this.seq + 1, Date.now()));
  }
}

/** How a test reaches a controller, and what stands behind it. */
export interface Enrolling {
  readonly post: (path: string, body: unknown) => Promise<{ status: number; body: Record<string, unknown> }>;
  readonly pool: Pool;
  /** A folder for the agent's keys. */
  readonly folder: string;
  readonly surroundings: Surroundings;
}

export async function addToken(pool: Pool, serverId: string, ttlMs = 60_000): Promise<string> {
  const { token, tokenId, secretSha256 } = makeEnrollmentToken({ controllerUrl: 'http://127.0.0.1:8747' });
  await pool.query(`INSERT INTO enrollment_token (id, secret_sha256, server_id, expires_at) VALUES ($1, $2, $3, now() + $4::interval)`, [
    tokenId, secretSha256, serverId, `${ttlMs} milliseconds`,
  ]);
  return token;
}

/** The body of an enrollment that would be accepted. */
export async function enrollmentBody(post: Enrolling['post'], token: string, keys: AgentKeys): Promise<Record<string, unknown>> {
  const { i: tokenId, secret } = parseEnrollmentToken(token);
  const { body } = await post('/agents/enroll/challenge', { tokenId });
  const nonce = body['nonce'] as string;
  return { tokenId, secret, nkeyPub: keys.nkeyPub, sigPub: keys.sigPub, boxPub: keys.boxPub, nonce, sig: enrollmentProof(keys, { tokenId, nonce }) };
}

/** A new agent for a server: enrolled over HTTP and linked. */
export async function enrollAgent({ post, pool, folder, surroundings }: Enrolling, serverId: string, refuse?: AgentLinkOptions['refuse']): Promise<TestAgent> {
  const keys = await AgentKeys.loadOrCreate(folder);
  const { status, body } = await post('/agents/enroll', await enrollmentBody(post, await addToken(pool, serverId), keys));
  if (status !== 200) throw new Error(`enrollment answered ${status}: ${JSON.stringify(body)}`);
  const agent = new TestAgent(surroundings, keys, serverId, body['agentId'] as string, body['userJwt'] as string, body['keys'] as TrustedKey[]);
  agent.config = body['config'] as AgentConfig;
  agent.credential = body['credential'] as string | null;
  await agent.connect(refuse);
  return agent;
}

/** A session that plays a film, unless told otherwise. */
export function sessionOf(vendorId: string, more: Partial<Session> = {}): Session {
  return {
    vendorId, userId: 'u1', userName: 'Ada', deviceId: 'd1', deviceName: 'TV', client: 'Web', clientVersion: '1', address: '203.0.113.7', network: 'wan',
    lastSeenAt: new Date().toISOString(), controls: { stop: true, pause: true, seek: true, message: true, limitBitRate: false, play: false }, ghost: false,
    item: { itemId: 'i1', type: 'movie', title: 'A Film', seriesTitle: null, seasonNumber: null, episodeNumber: null, year: 2001, durationMs: 6_000_000 },
    stream: {
      playbackId: uuidv7(), startedAt: new Date().toISOString(), positionMs: 1_000, bufferPositionMs: null, state: 'playing', delivery: 'direct-play', container: 'mkv',
      bitRateKbps: 8_000, sourceBitRateKbps: 8_000, video: null, audio: null, subtitle: null, transcode: null,
    },
    ...more,
  };
}
