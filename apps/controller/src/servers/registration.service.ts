import { Inject, Injectable } from '@nestjs/common';
import { AppError, type ConnectionTestResult } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { Secret } from '@usher/security';
import { Pool } from 'pg';
import type { Actor } from '../auth/actor.js';
import { parseInput } from '../graphql/parse-input.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { CLOCK } from '../infrastructure.js';
import { isSaveableAsPending, testObject } from './connection-test.js';
import { ConnectionTestService, refuse } from './connection-test.service.js';
import { CredentialsService } from './credentials.service.js';
import { diffServer, reconnects } from './server-diff.js';
import type { RegisterServerInput, TestServerConnectionInput, UpdateServerInput } from './server-inputs.graphql.js';
import type { ServerConnectionTestObject } from './server-results.graphql.js';
import { mergedTls, NEW_SERVER, patched, RegisterServer, TestConnection, UpdateServer } from './server-settings.js';
import { ServerWriter } from './server-writer.service.js';
import { aliasTaken, alreadyRegistered, type ServerRow } from './servers.repository.js';
import { ServersService } from './servers.service.js';
import { slugOf } from './slug.js';
import { normalizeUrl } from './url-normalizer.js';

interface Registered {
  readonly serverId: string;
  readonly test: ServerConnectionTestObject;
}

/** Registering and changing one server: nothing is saved that was not tested first. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly servers: ServersService,
    private readonly writer: ServerWriter,
    private readonly credentials: CredentialsService,
    private readonly tests: ConnectionTestService,
    private readonly idempotency: IdempotencyService,
    private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Tests an address without saving anything. A registered server's stored key goes to its stored address only:
   * another address needs the key typed.
   */
  async test(actor: Actor, input: TestServerConnectionInput): Promise<ServerConnectionTestObject> {
    actor.allow('operator');
    const { url: typedUrl, token: typedToken, kind, tls } = parseInput(TestConnection, input);
    const row = input.serverId ? await this.servers.living(input.serverId) : null;
    const url = typedUrl ? normalizeUrl(typedUrl) : row?.url;
    if (!url) throw new AppError('VALIDATION_FAILED', 'Give an address, or the server to test.', { field: 'url' });
    const otherPlace = row !== null && (url !== row.url || tls !== undefined);
    if (!typedToken && (!row || otherPlace)) throw new AppError('VALIDATION_FAILED', 'Give the key to test this address with.', { field: 'token' });
    const token = typedToken ? Secret.of(typedToken) : await this.credentials.tokenOf(row!.id);
    const result = await this.tests.test({ url, token, kind: kind ?? row?.kind ?? null, tls: mergedTls(row?.tls ?? NEW_SERVER.tls, tls) });
    return testObject(result, url, await this.twinWarnings(actor, result, row?.id ?? null));
  }

  /** @throws SERVER_REJECTED_KEY, SERVER_UNREACHABLE, EGRESS_BLOCKED … of the test, SERVER_ALREADY_REGISTERED, VALIDATION_FAILED, IDEMPOTENCY_CONFLICT */
  async register(actor: Actor, input: RegisterServerInput): Promise<{ server: ServerRow; test: ServerConnectionTestObject }> {
    const operator = actor.require('operator');
    const wanted = parseInput(RegisterServer, input);
    if (wanted.role === 'primary') actor.allow('superadmin');
    const url = normalizeUrl(wanted.url);
    const settings = patched({ ...NEW_SERVER, alias: wanted.alias }, wanted);
    const slug = slugOf(settings.alias);
    const token = Secret.of(wanted.token);
    const call = { operator, key: input.idempotencyKey, op: 'registerServer', request: input };
    const done = await this.idempotency.once<Registered>(call, async (save) => {
      const kind = wanted.kind ?? null;
      refuseTaken(await this.servers.list(actor), { slug, url, externalKey: settings.externalKey });
      const result = await this.tests.test({ url, token, kind, tls: settings.tls });
      refuseUnlessSaveable(result, wanted.allowUnreachable === true);
      const test = testObject(result, url, await this.twinWarnings(actor, result, null));
      const registered = await transaction(this.pool, async (tx) => {
        const serverId = await this.writer.create(tx, actor, { settings, url, kind, token, test: result, demo: false });
        await save(tx, { serverId, test });
        return { serverId, test };
      });
      this.servers.announce([registered.serverId]);
      return registered;
    });
    return { server: await this.servers.find(actor, { id: done.serverId }), test: done.test };
  }

  /** A new address or key is tested first, and needs the password again. @throws as `register`, STEP_UP_REQUIRED, NOT_FOUND */
  async update(actor: Actor, input: UpdateServerInput): Promise<ServerRow> {
    actor.allow('operator');
    const wanted = parseInput(UpdateServer, input);
    const row = await this.servers.living(input.id);
    const settings = patched(row, wanted);
    slugOf(settings.alias);
    if (settings.role !== row.role) {
      actor.allow('superadmin');
      actor.requireProof(this.clock.now());
    }
    const url = wanted.url ? normalizeUrl(wanted.url) : row.url;
    const typed = wanted.token ? Secret.of(wanted.token) : null;
    const newToken = typed && !this.credentials.isSame(typed, row.credential?.fingerprint ?? null) ? typed : null;
    const changes = diffServer(row, { ...settings, url, kind: row.kind }, newToken !== null);
    if (changes.length === 0) return row;
    let kind = row.kind;
    if (reconnects(changes)) {
      actor.requireProof(this.clock.now());
      const token = newToken ?? (await this.credentials.tokenOf(row.id));
      const result = await this.tests.test({ url, token, kind: row.kind, tls: settings.tls });
      refuseUnlessSaveable(result, wanted.allowUnreachable === true);
      refuseOtherServer(result, row);
      if (result.ok) kind = result.profile.kind;
    }
    await transaction(this.pool, (tx) =>
      this.writer.change(tx, actor, { row, settings, url, kind, changes, newToken, reconnects: reconnects(changes) }),
    );
    this.servers.announce([row.id]);
    return this.servers.living(row.id);
  }

  /** One media server under two addresses would be counted twice: told, not refused, because copies of an installation share their id. */
  private async twinWarnings(actor: Actor, result: ConnectionTestResult, exceptId: string | null): Promise<string[]> {
    if (!result.ok) return [];
    const twins = (await this.servers.list(actor)).filter((row) => row.machineId === result.profile.machineId && row.id !== exceptId);
    return twins.map((twin) => `The same installation seems to be registered as “${twin.alias}”.`);
  }
}

/** Told before the test, so that a key is not sent anywhere in vain; the database decides again at the commit. */
function refuseTaken(rows: readonly ServerRow[], wanted: { slug: string; url: string; externalKey: string | null }): void {
  if (rows.some((row) => row.url === wanted.url)) throw alreadyRegistered('url', 'A server with this address is registered already.');
  if (wanted.externalKey !== null && rows.some((row) => row.externalKey === wanted.externalKey)) {
    throw alreadyRegistered('externalKey', 'A server with this external key is registered already.');
  }
  if (rows.some((row) => row.slug === wanted.slug)) throw aliasTaken();
}

/** A refused key and what is no media server are never saved; what may come later only when the operator says so. */
export function refuseUnlessSaveable(result: ConnectionTestResult, allowUnreachable: boolean): void {
  if (result.ok || (allowUnreachable && isSaveableAsPending(result))) return;
  throw refuse(result);
}

/** History and users belong to one installation. */
export function refuseOtherServer(result: ConnectionTestResult, row: ServerRow): void {
  if (!result.ok || row.machineId === null || result.profile.machineId === row.machineId) return;
  throw new AppError('VALIDATION_FAILED', 'Another media server answers at this address. Register it as a new server.', { field: 'url' });
}
