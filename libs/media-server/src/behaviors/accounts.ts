import { MediaUser, UserPolicy } from '@usher/contracts';
import { expect } from 'expect';
import { behavior, GONE, NOT_OFFERED, type Behavior } from './behavior.js';
import { failsWith, INVALID, NOT_FOUND, refused } from './failing.js';

/** Accounts: who there is, what they may do, and how they come and go. */
export const ACCOUNTS: readonly Behavior[] = [
  behavior('users.list() names the accounts', [], async ({ server }) => {
    const users = await server.users.list();
    for (const user of users) expect(MediaUser.parse(user)).toEqual(user);
    expect(new Set(users.map(({ vendorId }) => vendorId)).size).toBe(users.length);
    expect(users.filter((user) => user.isAdministrator).length).toBeGreaterThan(0);
  }),

  behavior('users.list() tells administrators from others', [], async ({ facts }) => {
    const [administrator, ordinary] = [await facts.administrator(), await facts.ordinary()];
    expect([administrator.isAdministrator, ordinary.isAdministrator]).toEqual([true, false]);
    expect(ordinary.vendorId).not.toBe(administrator.vendorId);
  }),

  behavior('users.policy() tells what an account may do', [], async ({ server, facts }) => {
    const policy = await server.users.policy((await facts.person()).vendorId);
    expect(UserPolicy.parse(policy)).toEqual(policy);
    expect(policy.enabled).toBe(true);
    const all = (await server.libraries.list()).map(({ vendorId }) => vendorId);
    if (policy.libraries !== 'all') expect(all).toEqual(expect.arrayContaining(policy.libraries));
    await failsWith(server.users.policy(GONE), NOT_FOUND);
  }),

  behavior('users.policy() of one who sees everything names all libraries', ['own-account'], async ({ server, own }) => {
    const { libraries } = await server.users.policy((await own()).vendorId);
    expect(['all', (await server.libraries.list()).map(({ vendorId }) => vendorId)]).toContainEqual(libraries);
  }),

  behavior('users.reach() names the accounts whose states can be read and written', [], async ({ server, facts }) => {
    const [owner, person] = [await facts.administrator(), await facts.person()];
    const ids = [...new Set([owner.vendorId, person.vendorId])];
    expect(await server.users.reach([...ids, 'nobody'])).toEqual(ids);
    if (!(await facts.has('watchStates.ownTokenOnly'))) {
      const all = (await server.users.list()).map(({ vendorId }) => vendorId);
      expect(await server.users.reach(all)).toEqual(all);
    }
  }),

  behavior('users.reach() names everybody who lets themselves be reached', ['store'], async ({ server }) => {
    const ids = (await server.users.list()).map(({ vendorId }) => vendorId);
    expect(await server.users.reach([...ids, 'nobody'])).toEqual(ids);
  }),

  behavior('users.create() makes an account without any right', ['own-account'], async ({ server: { users }, facts, nameOf }) => {
    const name = nameOf('Quill');
    if (!(await facts.has('users.create'))) return await refused(users.create(name));
    const made = await users.create(name);
    expect(MediaUser.parse(made)).toEqual(made);
    expect((await users.list()).find(({ vendorId }) => vendorId === made.vendorId)).toMatchObject({ name, isAdministrator: false });
    expect(await users.policy(made.vendorId)).toMatchObject({ enabled: true, libraries: [] });
  }),

  behavior('users.create() refuses names that the vendor refuses, and names that are taken in any case', ['own-account'], async ({ server, facts, own, nameOf }) => {
    if (!(await facts.has('users.create'))) return NOT_OFFERED;
    const { users } = server;
    const { name: taken } = await own();
    const before = (await users.list()).length;
    const blank = nameOf('Blank');
    for (const name of ['', '  ', ` ${blank}`, `${blank} `, ...(server.kind === 'jellyfin' ? [nameOf('a/b'), nameOf('a:b')] : [])]) {
      await failsWith(users.create(name), { ...INVALID, details: { field: 'name' } });
    }
    await failsWith(users.create(taken.toUpperCase()), { code: 'IDENTITY_CONFLICT' });
    expect(await users.list()).toHaveLength(before);
  }),

  behavior('users.applyPolicy() changes what is named, and nothing else', ['own-account'], async ({ server, facts, own }) => {
    const { users } = server;
    const { vendorId } = await own();
    if (!(await facts.has('users.policy'))) return await refused(users.applyPolicy(vendorId, { downloads: false }));
    const before = await users.policy(vendorId);
    const library = (await facts.library('movies')).vendorId;
    const change = { libraries: [library], downloads: false, bitRateLimitKbps: 8_000, streamLimit: 2 };
    try {
      const changed = await users.applyPolicy(vendorId, change);
      expect(changed).toEqual({ ...before, ...change });
      expect(await users.policy(vendorId)).toEqual(changed);
    } finally {
      await users.applyPolicy(vendorId, before);
    }
    expect(await users.policy(vendorId)).toEqual(before);
  }),

  behavior('users.applyPolicy() refuses unknown libraries before it writes', ['own-account'], async ({ server: { users }, facts, own }) => {
    if (!(await facts.has('users.policy'))) return NOT_OFFERED;
    const { vendorId } = await own();
    const before = await users.policy(vendorId);
    await failsWith(users.applyPolicy(vendorId, { libraries: [GONE], downloads: false }), { ...INVALID, details: { field: 'libraries' } });
    expect(await users.policy(vendorId)).toEqual(before);
    await failsWith(users.applyPolicy(GONE, { downloads: false }), NOT_FOUND);
  }),

  behavior('users.setEnabled() locks an account out and lets it in again', ['own-account'], async ({ server: { users }, facts, own }) => {
    if (!(await facts.has('users.policy'))) return NOT_OFFERED;
    const { vendorId } = await own();
    const before = await users.policy(vendorId);
    try {
      await users.setEnabled(vendorId, false);
      expect(await users.policy(vendorId)).toEqual({ ...before, enabled: false });
      expect((await users.list()).find((user) => user.vendorId === vendorId)?.enabled).toBe(false);
    } finally {
      await users.setEnabled(vendorId, true);
    }
    expect(await users.policy(vendorId)).toEqual(before);
    await failsWith(users.setEnabled(GONE, false), NOT_FOUND);
  }),

  behavior('users.setPassword() takes one, never none', ['own-account'], async ({ server: { users }, facts, own }) => {
    if (!(await facts.has('users.password'))) return NOT_OFFERED;
    const { vendorId } = await own();
    await expect(users.setPassword(vendorId, 'correct horse & "battery"')).resolves.toBeUndefined();
    await failsWith(users.setPassword(vendorId, ''), INVALID);
    await failsWith(users.setPassword(GONE, 'correct horse'), NOT_FOUND);
  }),

  behavior('users.setPassword() sets what it was given', ['own-account', 'store'], async ({ server: { users }, facts, own, stage }) => {
    if (!(await facts.has('users.password'))) return NOT_OFFERED;
    const { vendorId, name } = await own();
    await users.setPassword(vendorId, 'correct horse & "battery"');
    expect(stage.passwordOf(name)).toBe('correct horse & "battery"');
    await failsWith(users.setPassword(vendorId, ''), INVALID);
    expect(stage.passwordOf(name)).toBe('correct horse & "battery"');
  }),

  behavior('users.remove() takes an account away', ['own-account'], async ({ server: { users }, facts, own, nameOf }) => {
    if (!(await facts.has('users.remove'))) return await refused(users.remove((await own()).vendorId));
    const made = await users.create(nameOf('Ink'));
    await users.remove(made.vendorId);
    expect((await users.list()).some(({ vendorId }) => vendorId === made.vendorId)).toBe(false);
    await failsWith(users.remove(made.vendorId), NOT_FOUND);
  }),

  behavior('an administrator is never removed, and the last one never locked out', ['whole-server'], async ({ server: { users }, facts }) => {
    const { vendorId } = await facts.administrator();
    if (await facts.has('users.remove')) await failsWith(users.remove(vendorId), INVALID);
    expect((await users.list()).some((user) => user.vendorId === vendorId)).toBe(true);
    if (!(await facts.has('users.policy'))) return NOT_OFFERED;
    await failsWith(users.setEnabled(vendorId, false), INVALID);
    expect((await users.policy(vendorId)).enabled).toBe(true);
  }),
];
