import { commonVars, envVar, EnvBoolean, loadConfig } from '@usher/platform';
import { z } from 'zod';

/** What the host reads besides the variables of the services it carries. */
export const hostVars = {
  logLevel: commonVars.logLevel,
  dataDir: commonVars.dataDir,
  bind: commonVars.bind,
  port: commonVars.port,
  metrics: commonVars.metrics,
  metricsPort: commonVars.metricsPort,
  supervised: envVar({
    name: 'USHER_SUPERVISED',
    schema: EnvBoolean,
    default: false,
    description: 'set by `npm start`: progress goes to file descriptor 3, orders come from 4',
  }),
  signIn: envVar({
    name: 'USHER_SIGN_IN',
    schema: z.enum(['auto', 'force']),
    default: 'auto',
    description: 'a one-time sign-in code: `auto` while nobody can sign in, `force` always',
  }),
};

/** Of the host command `broker-config`. */
export const brokerVars = {
  dataDir: commonVars.dataDir,
  keyRingFile: envVar({ name: 'USHER_KEYRING_FILE', schema: z.string().min(1).optional(), description: 'the key ring; default <data>/keys/keyring.json' }),
  natsPort: envVar({
    name: 'USHER_NATS_PORT',
    schema: z.coerce.number().int().min(1).max(65_535),
    default: 4222,
    description: 'port of the broker, for `broker-config`',
  }),
  natsHost: envVar({ name: 'USHER_NATS_HOST', schema: z.string().min(1), default: '127.0.0.1', description: 'address that the broker listens on, for `broker-config`' }),
  natsCertFile: envVar({ name: 'USHER_NATS_CERT_FILE', schema: z.string().min(1).optional(), description: 'certificate of a broker off loopback, for `broker-config`' }),
  natsKeyFile: envVar({ name: 'USHER_NATS_KEY_FILE', schema: z.string().min(1).optional(), description: 'private key of that certificate, for `broker-config`' }),
  natsStoreDir: envVar({ name: 'USHER_NATS_STORE_DIR', schema: z.string().min(1).optional(), description: 'where the broker keeps accounts; default <data>/nats/accounts' }),
};

export const readHostConfig = (env: Record<string, string | undefined> = process.env) => loadConfig(hostVars, env);
export const readBrokerConfig = (env: Record<string, string | undefined> = process.env) => loadConfig(brokerVars, env);

/** What the services of this process read: a home fleet lives in private networks, so these may be reached unless said otherwise. */
export const homeEnvironment = (env: Record<string, string | undefined> = process.env) => ({ USHER_EGRESS: 'home', ...env });
