import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { AppError, uuidv7, type PlanRow, type UserPolicy } from '@usher/contracts';
import { InMemoryMediaServer, STARTING_CAPABILITIES } from '@usher/media-server';
import { ConcurrencyLimit, ManualClock } from '@usher/resilience';
import type { VerifiedTicket } from '@usher/security';
import { makePlan } from '../../test/plans.js';
import { recordingLogger, tempFolder } from '../../test/support.js';
import { Grant } from '../tickets/grant.js';
import { HeldPlans } from '../tickets/held-plans.js';
import { AccountChanges } from './account-changes.service.js';
import { CreatedAccounts } from './created-accounts.js';
import { PolicyList } from './policy-list.service.js';

const POLICY: UserPolicy = { enabled: true, libraries: ['films'], hidden: false, remoteAccess: true, bitRateLimitKbps: 0, videoTranscoding: true, audioTranscoding: true, remuxing: true, downloads: true, streamLimit: 0 };
const ENSURE: PlanRow = { n: 0, u: 0, op: 'user.ensure', name: 'Ada' };
const APPLY: PlanRow = { n: 1, u: 0, op: 'policy.apply', from: null, to: { libraries: ['films'], downloads: false }, loss: [] };
const remove = (userVendorId: string): PlanRow => ({ n: 2, u: 0, op: 'user.remove', name: 'Ada', userVendorId });
const account = (vendorId: string, name: string, change: object = {}) => ({ vendorId, name, email: null, isAdministrator: false, enabled: true, lastSeenAt: null, ...change });

async function setUp(options: { account?: string | null; capabilities?: ConstructorParameters<typeof InMemoryMediaServer>[1] } = {}) {
  const folder = await tempFolder();
  const clock = new ManualClock();
  const { logger } = recordingLogger();
  const server = new InMemoryMediaServer('jellyfin', options.capabilities ?? STARTING_CAPABILITIES.jellyfin);
  server.libraryList = [{ vendorId: 'films', name: 'Films', type: 'movies', itemCount: 1, childCount: null, folders: [] }];
  const serverId = uuidv7();
  const plan = makePlan(serverId, [ENSURE, APPLY, remove('made-1')], { account: options.account === undefined ? null : options.account });
  const world = { refusal: null as AppError | null, maxWrites: 100, row: ENSURE };
  const open = async () => {
    const plans = await HeldPlans.open(path.join(folder, 'plans'), clock, logger);
    const verified = { ticket: { plan_sha256: plan.sha256 }, approvals: [], maxWrites: 0 } as unknown as VerifiedTicket;
    return new AccountChanges({
      provider: { current: () => server },
      guard: { with: (_commandId, work) => work(new Grant({ ...verified, maxWrites: world.maxWrites }, plan.header, [world.row], [{ n: world.row.n, to: null }], () => world.refusal)) },
      plans,
      created: await CreatedAccounts.open(path.join(folder, 'created-accounts.json')),
      writes: new ConcurrencyLimit({ max: 1, queue: 4 }),
      clock,
    });
  };
  const as = async <T>(row: PlanRow, call: (changes: AccountChanges) => Promise<T>, changes?: AccountChanges): Promise<T> => {
    world.row = row;
    return await call(changes ?? (await open()));
  };
  const ensure = () => as(ENSURE, (changes) => changes.ensure(uuidv7()));
  const apply = (row = APPLY) => as(row, (changes) => changes.apply(uuidv7()));
  const drop = (id = 'made-1') => as(remove(id), (changes) => changes.remove(uuidv7()));
  return { server, clock, world, plan, open, ensure, apply, drop };
}

describe('an account that a plan makes', () => {
  it('is made once, however often it is asked for and by whatever process', async () => {
    const { server, ensure } = await setUp();
    for (let i = 0; i < 3; i++) expect(await ensure()).toEqual({ userVendorId: 'made-1', created: true });
    expect(server.userList.map(({ name }) => name)).toEqual(['Ada']);
    expect(server.accounts.policies.get('made-1')).toMatchObject({ libraries: [] });
  });

  it('is never one that somebody else made', async () => {
    const { server, ensure } = await setUp();
    server.userList = [account('theirs', 'ADA')];
    await expect(ensure()).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT' });
    expect(server.userList).toHaveLength(1);
  });

  it('is found again when the answer was lost, by the next process', async () => {
    const { server, ensure } = await setUp();
    const { users } = server;
    const create = users.create.bind(users);
    users.create = async (name) => {
      await create(name);
      throw new AppError('SERVER_UNREACHABLE', 'no answer', { reason: 'timeout' });
    };
    await expect(ensure()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(await ensure()).toEqual({ userVendorId: 'made-1', created: true });
    expect(server.userList).toHaveLength(1);
  });

  it('is not claimed after the server had refused it', async () => {
    const { server, ensure } = await setUp();
    const { users } = server;
    const create = users.create.bind(users);
    users.create = async () => Promise.reject(new AppError('VALIDATION_FAILED', 'not this name'));
    await expect(ensure()).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    users.create = create;
    server.userList = [account('theirs', 'Ada')];
    await expect(ensure()).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT' });
  });

  it('is not made where the vendor lets nobody, nor without leave, nor beyond the limit', async () => {
    const plex = await setUp({ capabilities: STARTING_CAPABILITIES.plex });
    await expect(plex.ensure()).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    const { server, world, ensure } = await setUp();
    world.maxWrites = 0;
    await expect(ensure()).rejects.toMatchObject({ code: 'TICKET_INVALID', details: { reason: 'limit' } });
    world.maxWrites = 1;
    world.refusal = new AppError('TICKET_REVOKED', 'no');
    await expect(ensure()).rejects.toMatchObject({ code: 'TICKET_REVOKED' });
    expect(server.userList).toEqual([]);
  });

  it('is given up when the server hangs', async () => {
    const { server, clock, world, open } = await setUp();
    server.users.list = () => new Promise(() => undefined);
    const changes = await open();
    world.row = ENSURE;
    const late = expect(changes.ensure(uuidv7())).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'timeout' } });
    await clock.advance(25_000);
    await late;
  });
});

describe('the settings of an account', () => {
  it('are those of the plan on the account that the plan made, with what stood there before', async () => {
    const { server, ensure, apply } = await setUp();
    await expect(apply()).rejects.toMatchObject({ code: 'NOT_FOUND', details: { reason: 'account-not-made' } });
    await ensure();
    const { userVendorId, before, now } = await apply();
    expect([userVendorId, before.libraries, now.libraries, now.downloads]).toEqual(['made-1', [], ['films'], false]);
    // asked for again, it still tells what stood there first
    expect(await apply()).toEqual({ userVendorId, before, now });
    expect(server.accounts.policies.get('made-1')).toEqual(now);
  });

  it('are left alone when they moved since the plan was made', async () => {
    const row: PlanRow = { ...APPLY, from: POLICY };
    const { server, apply } = await setUp({ account: 'user-1' });
    server.userList = [account('user-1', 'Ada')];
    server.accounts.policies.set('user-1', { ...POLICY, libraries: ['films'], downloads: true, streamLimit: 4 });
    expect((await apply(row)).now).toMatchObject({ downloads: false, streamLimit: 4 });
    server.accounts.policies.set('user-1', { ...POLICY, libraries: 'all' });
    await expect(apply(row)).rejects.toMatchObject({ code: 'PLAN_STALE', details: { reason: 'policy', fields: ['libraries'] } });
    expect(server.accounts.policies.get('user-1')).toMatchObject({ libraries: 'all' });
  });

  it('are not changed where the vendor cannot', async () => {
    const { server, apply } = await setUp({ account: 'user-1', capabilities: STARTING_CAPABILITIES.plex });
    server.userList = [account('user-1', 'Ada')];
    await expect(apply()).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
  });
});

describe('an account that is taken back', () => {
  it('goes when this agent made it and nobody used it, once', async () => {
    const { server, ensure, drop } = await setUp();
    await ensure();
    expect(await drop()).toEqual({ removed: true, reason: null });
    expect(server.userList).toEqual([]);
    expect(await drop()).toEqual({ removed: false, reason: 'not-made-here' });
  });

  it('counts as removed when the answer to its removal was lost', async () => {
    const { server, ensure, drop } = await setUp();
    await ensure();
    const { users } = server;
    const removeUser = users.remove.bind(users);
    users.remove = async (id) => {
      await removeUser(id);
      throw new AppError('SERVER_UNREACHABLE', 'no answer', { reason: 'timeout' });
    };
    await expect(drop()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(await drop()).toEqual({ removed: true, reason: null });
  });

  it.each([
    ['used', { lastSeenAt: '2026-01-02T00:00:00.000Z' }],
    ['used', { isAdministrator: true }],
    ['renamed', { name: 'Grace' }],
  ])('stays when it is %s: %j', async (reason, change) => {
    const { server, ensure, drop } = await setUp();
    await ensure();
    server.userList = server.userList.map((user) => ({ ...user, ...change }));
    expect(await drop()).toEqual({ removed: false, reason });
    expect(server.userList).toHaveLength(1);
  });

  it('stays when a person made it, and is told as gone when a person removed it', async () => {
    const { server, ensure, drop } = await setUp();
    server.userList = [account('theirs', 'Ada')];
    expect(await drop('theirs')).toEqual({ removed: false, reason: 'not-made-here' });
    expect(server.userList).toHaveLength(1);
    server.userList = [];
    await ensure();
    server.userList = [];
    expect(await drop()).toEqual({ removed: false, reason: 'gone' });
  });
});

describe('PolicyList', () => {
  it('reads what accounts may do and whether their states can be reached, without those that are gone', async () => {
    const server = new InMemoryMediaServer('plex');
    server.userList = [account('a', 'Ada'), account('b', 'Bob')];
    server.accounts.withoutToken.add('b');
    const parts = await new PolicyList({ current: () => server }, new ManualClock()).parts(['a', 'gone', 'b', 'a']);
    expect(parts.flat().map(({ userVendorId, reachable }) => [userVendorId, reachable])).toEqual([['a', true], ['b', false]]);
    server.setFault(new AppError('SERVER_UNREACHABLE', 'away'));
    await expect(new PolicyList({ current: () => server }, new ManualClock()).parts(['a'])).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });
});
