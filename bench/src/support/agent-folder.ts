import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AgentKeys } from '@usher/security';
import { eventually } from '@usher/testing';
import { RawNats, type RawLogin } from './raw-nats.js';
import type { World } from './world.js';

/** What stands on the disk of one agent: a thief of it has this. */
export interface StolenAgent {
  readonly serverId: string;
  readonly agentId: string;
  /** Public key of its account. */
  readonly acctPub: string;
  readonly login: RawLogin;
}

export async function stealAgent(world: World, serverId: string): Promise<StolenAgent> {
  const folder = path.join(world.stack.dataDir, 'agents', serverId);
  const keys = await AgentKeys.loadOrCreate(folder);
  const identity = await eventually(async () => JSON.parse(await readFile(path.join(folder, 'identity.json'), 'utf8')) as { agentId: string; userJwt: string });
  const { rows } = await world.pool.query<{ acct_pub: string }>('SELECT acct_pub FROM agent WHERE id = $1', [identity.agentId]);
  return { serverId, agentId: identity.agentId, acctPub: rows[0]!.acct_pub, login: { jwt: identity.userJwt, sign: (bytes) => keys.signWithLogin(bytes) } };
}

/** Signs in to the broker with a stolen folder. */
export const connectAs = (world: World, agent: StolenAgent): Promise<RawNats> => RawNats.connect(world.stack.brokerUrl, agent.login);
