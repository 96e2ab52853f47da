import path from 'node:path';
import { commonVars, envVar, EnvBoolean, EnvList, loadConfig, type ConfigOf } from '@usher/platform';
import { z } from 'zod';

const HttpUrl = z.string().regex(/^https?:\/\/[^/?#]+[^?#]*$/, 'must be an http or https address without query');

/** Every variable that the controller reads. */
export const controllerVars = {
  logLevel: commonVars.logLevel,
  dataDir: commonVars.dataDir,
  databaseUrl: commonVars.databaseUrl,
  redisUrl: commonVars.redisUrl,
  natsUrl: commonVars.natsUrl,
  natsCaFile: commonVars.natsCaFile,
  bind: commonVars.bind,
  port: commonVars.port,
  publicUrl: envVar({
    name: 'USHER_PUBLIC_URL',
    schema: HttpUrl.optional(),
    description: 'the one address that people use, with its path; default http://127.0.0.1:<port>',
  }),
  controllerUrl: envVar({
    name: 'USHER_CONTROLLER_URL',
    schema: HttpUrl.optional(),
    description: 'where the bundled agent host reaches the controller; default http://127.0.0.1:<port>',
  }),
  keyRingFile: envVar({ name: 'USHER_KEYRING_FILE', schema: z.string().min(1).optional(), description: 'the key ring; default <data>/keys/keyring.json' }),
  consoleDir: envVar({ name: 'USHER_CONSOLE_DIR', schema: z.string().min(1).optional(), description: 'folder of the built console; without it only the API is served' }),
  trustedProxies: envVar({
    name: 'USHER_TRUSTED_PROXIES',
    schema: EnvList,
    default: '',
    description: 'addresses or networks of reverse proxies, comma separated; only their X-Forwarded-For names a caller',
  }),
  demo: envVar({ name: 'USHER_DEMO', schema: EnvBoolean, default: false, description: 'the fleet is simulated; the console says so' }),
  development: envVar({ name: 'USHER_DEVELOPMENT', schema: EnvBoolean, default: false, description: 'answers GraphQL introspection; never for a server that others can reach' }),
};

export type ControllerConfig = ConfigOf<typeof controllerVars>;

/** Throws ConfigError with every problem at once. */
export function readControllerConfig(env: Record<string, string | undefined> = process.env): ControllerConfig {
  return loadConfig(controllerVars, env);
}

export function keyRingPath(config: ControllerConfig): string {
  return config.keyRingFile ?? path.join(config.dataDir, 'keys', 'keyring.json');
}

/** Without trailing slash. */
export function publicUrlOf(config: ControllerConfig): URL {
  return new URL((config.publicUrl ?? `http://127.0.0.1:${config.port}`).replace(/\/+$/, ''));
}

/** The path in front of every route: empty, or `/media/usher`. */
export function basePathOf(config: ControllerConfig): string {
  return publicUrlOf(config).pathname.replace(/\/+$/, '');
}

/** Where an agent of the bundled host redeems its enrollment token; without trailing slash. */
export function internalUrlOf(config: ControllerConfig): string {
  return (config.controllerUrl ?? `http://127.0.0.1:${config.port}${basePathOf(config)}`).replace(/\/+$/, '');
}
