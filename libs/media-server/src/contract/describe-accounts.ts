import { expect, it } from '@jest/globals';
import { MediaUser, UserPolicy, type Capability } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';

/** The part of the suite that makes accounts and sets what they may do. */
export function describeAccounts(current: () => MediaServer): void {
  const declares = async (capability: Capability): Promise<boolean> => {
    await current().probe();
    return current().capabilities.has(capability);
  };
  const viewer = async (): Promise<MediaUser> => (await current().users.list()).find((user) => !user.isAdministrator)!;
  const missing = { code: 'CAPABILITY_MISSING' };

  it('users.policy() tells what an account may do', async () => {
    const policy = await current().users.policy((await viewer()).vendorId);
    expect(UserPolicy.parse(policy)).toEqual(policy);
    const all = (await current().libraries.list()).map(({ vendorId }) => vendorId);
    expect(policy.enabled).toBe(true);
    expect(['all', all]).toContainEqual(policy.libraries);
    await expect(current().users.policy('ffffffffffffffffffffffffffffffff')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('users.create() makes an account without any right', async () => {
    const { users } = current();
    if (!(await declares('users.create'))) return await expect(users.create('Quill')).rejects.toMatchObject(missing);
    const made = await users.create('Quill');
    expect(MediaUser.parse(made)).toEqual(made);
    expect((await users.list()).find(({ vendorId }) => vendorId === made.vendorId)).toMatchObject({ name: 'Quill', isAdministrator: false });
    expect(await users.policy(made.vendorId)).toMatchObject({ enabled: true, libraries: [] });
  });

  it('users.create() refuses names that the vendor refuses, and names that are taken in any case', async () => {
    if (!(await declares('users.create'))) return;
    const { users } = current();
    const before = (await users.list()).length;
    for (const name of ['', '  ', ' Quill', 'Quill ', ...(current().kind === 'jellyfin' ? ['a/b', 'a:b'] : [])]) {
      await expect(users.create(name)).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'name' } });
    }
    const { name } = await viewer();
    await expect(users.create(name.toUpperCase())).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT' });
    expect(await users.list()).toHaveLength(before);
  });

  it('users.applyPolicy() changes what is named, and nothing else', async () => {
    const { users } = current();
    const { vendorId } = await viewer();
    if (!(await declares('users.policy'))) return await expect(users.applyPolicy(vendorId, { downloads: false })).rejects.toMatchObject(missing);
    const before = await users.policy(vendorId);
    const library = (await current().libraries.list())[0]!.vendorId;
    const changed = await users.applyPolicy(vendorId, { libraries: [library], downloads: false, bitRateLimitKbps: 8_000, streamLimit: 2 });
    expect(changed).toEqual({ ...before, libraries: [library], downloads: false, bitRateLimitKbps: 8_000, streamLimit: 2 });
    expect(await users.policy(vendorId)).toEqual(changed);
    expect(await users.applyPolicy(vendorId, before)).toEqual(before);
  });

  it('users.applyPolicy() refuses unknown libraries before it writes', async () => {
    if (!(await declares('users.policy'))) return;
    const { users } = current();
    const { vendorId } = await viewer();
    const before = await users.policy(vendorId);
    await expect(users.applyPolicy(vendorId, { libraries: ['ffffffffffffffffffffffffffffffff'], downloads: false })).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'libraries' } });
    expect(await users.policy(vendorId)).toEqual(before);
    await expect(users.applyPolicy('ffffffffffffffffffffffffffffffff', { downloads: false })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('users.remove() takes an account away, but no administrator', async () => {
    const { users } = current();
    if (!(await declares('users.remove'))) return await expect(users.remove((await viewer()).vendorId)).rejects.toMatchObject(missing);
    const made = await users.create('Quill');
    await users.remove(made.vendorId);
    expect((await users.list()).some(({ name }) => name === 'Quill')).toBe(false);
    await expect(users.remove(made.vendorId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const administrator = (await users.list()).find((user) => user.isAdministrator)!;
    await expect(users.remove(administrator.vendorId)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((await users.list()).some(({ vendorId }) => vendorId === administrator.vendorId)).toBe(true);
  });

  it('users.reach() names the accounts whose states can be read and written', async () => {
    const users = await current().users.list();
    const ids = users.map(({ vendorId }) => vendorId);
    expect(await current().users.reach([...ids, 'nobody'])).toEqual(ids);
  });
}
