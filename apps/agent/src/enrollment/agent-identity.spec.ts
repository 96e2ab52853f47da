import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { uuidv7, type TrustedKey } from '@usher/contracts';
import { tempFolder } from '../../test/support.js';
import { AgentIdentity } from './agent-identity.js';

const key = (kid: string): TrustedKey => ({ kid, issuer: 'controller', jwk: { kty: 'OKP', x: kid } });
const fleetId = uuidv7();
const identity = { agentId: uuidv7(), serverId: uuidv7(), userJwt: 'jwt', generation: 1, keys: [key('controller-1')] };

describe('AgentIdentity', () => {
  it('is read back, with the keys of the last hello', async () => {
    const folder = await tempFolder();
    await AgentIdentity.create(folder, identity);
    const first = await AgentIdentity.open(folder);
    await first.trust([key('controller-1'), key('controller-2')], fleetId);
    const second = await AgentIdentity.open(folder);
    expect(second.fleetId).toBe(fleetId);
    expect([second.agentId, second.serverId, second.userJwt]).toEqual([identity.agentId, identity.serverId, 'jwt']);
    expect(second.keys.map(({ kid }) => kid)).toEqual(['controller-1', 'controller-2']);
  });

  it('never trusts nobody', async () => {
    const folder = await tempFolder();
    await AgentIdentity.create(folder, identity);
    const opened = await AgentIdentity.open(folder);
    expect(opened.fleetId).toBeNull();
    await opened.trust([], fleetId);
    expect(opened.keys).toHaveLength(1);
  });

  it('does not open an empty or damaged folder', async () => {
    const folder = await tempFolder();
    await expect(AgentIdentity.open(folder)).rejects.toMatchObject({ code: 'INTERNAL', details: { reason: 'missing' } });
    await writeFile(path.join(folder, 'identity.json'), JSON.stringify({ ...identity, agentId: 'x' }));
    await expect(AgentIdentity.open(folder)).rejects.toMatchObject({ code: 'INTERNAL', details: { reason: 'corrupt' } });
  });
});
