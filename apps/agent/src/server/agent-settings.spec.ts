import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AgentConfig, CredentialPlain } from '@usher/contracts';
import { AgentKeys, sealTo } from '@usher/security';
import { tempFolder } from '../../test/support.js';
import { AgentSettings } from './agent-settings.js';

const config: AgentConfig = { rev: 5, readOnly: false, poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 }, ignoredDevices: [] };
const credential: CredentialPlain = { origin: 'http://127.0.0.1:8096', token: 'the-key', kind: 'jellyfin', tls: { verify: true }, rev: 5 };

describe('AgentSettings', () => {
  let folder: string;
  let keys: AgentKeys;
  const sealed = (given: Partial<CredentialPlain> = {}) => sealTo(keys.boxPub, { ...credential, ...given });

  beforeEach(async () => {
    folder = await tempFolder();
    keys = await AgentKeys.loadOrCreate(folder);
    await AgentSettings.create(folder, config, await sealed());
  });

  it('are read back after a restart; the key is never in clear', async () => {
    const settings = await AgentSettings.open(folder, keys);
    expect(settings.config).toEqual(config);
    expect(settings.credential!.token.reveal()).toBe('the-key');
    expect(JSON.stringify(settings.credential)).not.toContain('the-key');
    expect(await readFile(path.join(folder, 'credential.jwe'), 'utf8')).not.toContain('the-key');
  });

  it('may be without a credential', async () => {
    const other = await tempFolder();
    await AgentSettings.create(other, config, null);
    const settings = await AgentSettings.open(other, keys);
    expect([settings.credential, settings.credentialRev]).toEqual([null, -1]);
  });

  it('change nothing when a command is repeated or late', async () => {
    const settings = await AgentSettings.open(folder, keys);
    expect(await settings.apply({ config, credential: await sealed() }, 'command')).toEqual({ config: false, credential: false });
    expect(await settings.apply({ config: { ...config, rev: 4, readOnly: true }, credential: await sealed({ rev: 4, token: 'old' }) }, 'command')).toEqual({ config: false, credential: false });
    expect(settings.config.readOnly).toBe(false);
  });

  it('take newer settings, each for itself, and keep them', async () => {
    const settings = await AgentSettings.open(folder, keys);
    expect(await settings.apply({ config: { ...config, rev: 6, readOnly: true }, credential: null }, 'command')).toEqual({ config: true, credential: false });
    expect(await settings.apply({ config: { ...config, rev: 6, readOnly: true }, credential: await sealed({ rev: 6, token: 'new-key' }) }, 'command')).toEqual({ config: false, credential: true });
    const again = await AgentSettings.open(folder, keys);
    expect([again.config.readOnly, again.credential!.token.reveal(), again.credentialRev]).toEqual([true, 'new-key', 6]);
  });

  it('take a lower revision from hello: the controller came back from a backup', async () => {
    const settings = await AgentSettings.open(folder, keys);
    const change = await settings.apply({ config: { ...config, rev: 2, readOnly: true }, credential: await sealed({ rev: 2, token: 'old-key' }) }, 'hello');
    expect(change).toEqual({ config: true, credential: true });
    expect([settings.config.readOnly, settings.credentialRev]).toEqual([true, 2]);
  });

  it('refuse a credential for another agent and one of another shape, and keep what they have', async () => {
    const settings = await AgentSettings.open(folder, keys);
    const foreign = await sealTo((await AgentKeys.loadOrCreate(await tempFolder())).boxPub, { ...credential, rev: 9 });
    const shapeless = await sealTo(keys.boxPub, { rev: 9 });
    for (const wrong of [foreign, shapeless, 'junk']) {
      await expect(settings.apply({ config: { ...config, rev: 9 }, credential: wrong }, 'command')).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    }
    expect([settings.config.rev, settings.credentialRev]).toEqual([5, 5]);
  });

  it('do not open from a damaged folder', async () => {
    await writeFile(path.join(folder, 'config.json'), '{}');
    await expect(AgentSettings.open(folder, keys)).rejects.toMatchObject({ code: 'INTERNAL', details: { reason: 'corrupt' } });
    await expect(AgentSettings.open(await tempFolder(), keys)).rejects.toMatchObject({ code: 'INTERNAL', details: { reason: 'missing' } });
  });
});
