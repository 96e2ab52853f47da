import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where tests find what they need; everything is optional. The only place of this library that reads the environment. */
export interface TestConfig {
  /** Superuser URL of a throw-away PostgreSQL cluster. */
  readonly databaseUrl: string | undefined;
  /** Program of the NATS server. */
  readonly natsServer: string | undefined;
  /** Folder that holds `<vendor>/recorded*`; the comparison with recorded answers runs only when it is given. */
  readonly recordingsDir: string | undefined;
  /** Keeps the ports of the demo fleet from one start to the next. */
  readonly demoDir: string | undefined;
  /** How many servers the demo fleet has. */
  readonly demoServers: string | undefined;
  readonly path: string;
}

/** Empty variables count as absent. */
export function testConfig(env: NodeJS.ProcessEnv = process.env): TestConfig {
  return {
    databaseUrl: env['USHER_TEST_DATABASE_URL'] || undefined,
    natsServer: env['USHER_TEST_NATS_SERVER'] || undefined,
    recordingsDir: env['USHER_RECORDINGS_DIR'] || undefined,
    demoDir: env['USHER_DEMO_DIR'] || undefined,
    demoServers: env['USHER_DEMO_SERVERS'] || undefined,
    path: env['PATH'] ?? '',
  };
}

/** The folder that holds `prisma/` and `node_modules/`: the same from sources and from `dist`. */
export function repositoryRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'nx.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('the test kit works only inside its repository');
    folder = parent;
  }
  return folder;
}
