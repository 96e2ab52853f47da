import path from 'node:path';
import { commonVars, EnvList, envVar, loadConfig, type ConfigOf } from '@usher/platform';
import { z } from 'zod';

/** Everything that the router can be told. */
export const routerVars = {
  logLevel: commonVars.logLevel,
  dataDir: commonVars.dataDir,
  natsUrl: commonVars.natsUrl,
  natsCaFile: commonVars.natsCaFile,
  bind: commonVars.bind,
  port: envVar({
    name: 'USHER_ROUTER_PORT',
    schema: z.coerce.number().int().min(0).max(65_535),
    default: 8748,
    description: 'port of route links and health checks, when the router runs as a process of its own',
  }),
  loginFile: envVar({
    name: 'USHER_ROUTER_LOGIN_FILE',
    schema: z.string().min(1).optional(),
    description: 'broker login and signing key of the router, made by `broker-config`; default keys/router.login.json in the data directory',
  }),
  publicUrl: envVar({
    name: 'USHER_PUBLIC_URL',
    schema: z.string().regex(/^https?:\/\/[^/?#]+[^?#]*$/, 'must be an http or https address without query').optional(),
    description: 'the one address that people use, with its path; default http://127.0.0.1:<port>',
  }),
  trustedProxies: envVar({
    name: 'USHER_TRUSTED_PROXIES',
    schema: EnvList,
    default: '',
    description: 'addresses or networks of reverse proxies, comma separated; only their X-Forwarded-For names a caller',
  }),
};

export type RouterConfig = ConfigOf<typeof routerVars>;

/** @throws ConfigError with all problems */
export function readRouterConfig(env: Record<string, string | undefined> = process.env): RouterConfig {
  return loadConfig(routerVars, env);
}

export function loginFileOf(config: Pick<RouterConfig, 'loginFile' | 'dataDir'>): string {
  return config.loginFile ?? path.join(config.dataDir, 'keys', 'router.login.json');
}

/** Path below which everything is served; empty at the top. */
export function basePathOf(config: Pick<RouterConfig, 'publicUrl'>): string {
  return config.publicUrl === undefined ? '' : new URL(config.publicUrl).pathname.replace(/\/+$/, '');
}
