import { startFailure } from '@usher/platform';
import { brokerConfig } from './commands/broker-config.js';

const COMMANDS: Record<string, () => Promise<void>> = {
  'broker-config': () => brokerConfig(),
  host: async () => (await import('./host.js')).runHost(),
};

const name = process.argv[2] ?? 'host';
const command = COMMANDS[name];
if (!command) {
  process.stderr.write(`error: there is no host command "${name}"\n  next   one of: ${Object.keys(COMMANDS).join(', ')}\n`);
  process.exitCode = 2;
} else {
  command().catch((error: unknown) => {
    process.stderr.write(startFailure(error));
    process.exit(1);
  });
}
