import path from 'node:path';
import { commonVars, EnvList, envVar, loadConfig, type ConfigOf } from '@usher/platform';
import { z } from 'zod';

const HttpUrl = z.url({ protocol: /^https?$/, error: 'must start with http:// or https://' });

/** Everything that the bundled agent host can be told. */
export const agentVars = {
  logLevel: commonVars.logLevel,
  dataDir: commonVars.dataDir,
  natsUrl: commonVars.natsUrl,
  natsCaFile: commonVars.natsCaFile,
  bind: commonVars.bind,
  healthPort: envVar({
    name: 'USHER_AGENT_PORT',
    schema: z.coerce.number().int().min(0).max(65_535),
    default: 8749,
    description: 'port of the health checks, when the agent host runs as a process of its own',
  }),
  controllerUrl: envVar({
    name: 'USHER_CONTROLLER_URL',
    schema: HttpUrl.optional(),
    description: 'where the agent host reaches the controller; without it the address in the enrollment token',
  }),
  credsFile: envVar({
    name: 'USHER_AGENT_HOST_CREDS_FILE',
    schema: z.string().min(1).optional(),
    description: 'broker login of the agent host, made by `broker-config`; default keys/agent-host.creds in the data directory',
  }),
  egress: envVar({
    name: 'USHER_EGRESS',
    schema: z.enum(['home', 'hosted']),
    default: 'hosted',
    description: 'what media servers may be reached: `home` adds private networks and this machine, `hosted` is public addresses only',
  }),
  allowPrivateCidrs: envVar({
    name: 'USHER_ALLOW_PRIVATE_CIDRS',
    schema: EnvList,
    default: '',
    description: 'private networks that may be reached all the same, comma separated',
  }),
  plexTvUrl: envVar({ name: 'USHER_PLEX_TV_URL', schema: HttpUrl, default: 'https://plex.tv', description: 'plex.tv, or a proxy that stands for it' }),
};

export type AgentHostConfig = ConfigOf<typeof agentVars>;

/** @throws ConfigError with all problems */
export function readConfig(env: Record<string, string | undefined> = process.env): AgentHostConfig {
  return loadConfig(agentVars, env);
}

/** The broker login of the agent host. */
export function credsFileOf(config: Pick<AgentHostConfig, 'credsFile' | 'dataDir'>): string {
  return config.credsFile ?? path.join(config.dataDir, 'keys', 'agent-host.creds');
}
