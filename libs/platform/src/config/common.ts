import { z } from 'zod';
import { envVar } from './config.js';

const Port = z.coerce.number().int().min(0).max(65_535);

/** Environment switches: `true`, `1`, `yes`, `on` and their opposites. */
export const EnvBoolean = z.union([z.boolean(), z.stringbool()]);

/** Comma separated; blanks around entries are dropped. */
export const EnvList = z.union([z.array(z.string()), z.string().transform((text) => text.split(',').map((entry) => entry.trim()).filter(Boolean))]);

/** Variables that several services share, declared once. */
export const commonVars = {
  logLevel: envVar({
    name: 'USHER_LOG_LEVEL',
    schema: z.enum(['debug', 'info', 'warn', 'error']),
    default: 'info',
    description: 'the least severe log line that is written',
  }),
  dataDir: envVar({ name: 'USHER_DATA_DIR', schema: z.string().min(1), default: '.usher', description: 'folder for keys, agents and private services' }),
  databaseUrl: envVar({
    name: 'USHER_DATABASE_URL',
    schema: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgresql://'),
    description: 'PostgreSQL 15 or newer, as the role that the services use',
    secret: true,
  }),
  natsUrl: envVar({
    name: 'USHER_NATS_URL',
    schema: z.string().regex(/^(nats|tls):\/\//, 'must start with nats:// or tls://'),
    description: 'the NATS broker; its configuration comes from `broker-config`',
  }),
  natsCaFile: envVar({
    name: 'USHER_NATS_CA_FILE',
    schema: z.string().optional(),
    description: 'certificate authority of the broker; a broker off loopback needs TLS',
  }),
  redisUrl: envVar({
    name: 'USHER_REDIS_URL',
    schema: z.string().regex(/^rediss?:\/\//, 'must start with redis://').optional(),
    description: 'queues run on this Redis; without it they run on PostgreSQL',
    secret: true,
  }),
  bind: envVar({ name: 'USHER_BIND', schema: z.string().min(1), default: '127.0.0.1', description: 'address to listen on; 0.0.0.0 for all' }),
  port: envVar({ name: 'USHER_PORT', schema: Port, default: 8747, description: 'port of console and API' }),
  metrics: envVar({ name: 'USHER_METRICS', schema: EnvBoolean, default: false, description: 'serve Prometheus metrics' }),
  metricsPort: envVar({ name: 'USHER_METRICS_PORT', schema: Port, default: 9464, description: 'port of the metrics, if served' }),
};
