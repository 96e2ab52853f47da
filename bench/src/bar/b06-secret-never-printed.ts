// B06: `util.inspect`, `JSON.stringify`, template, `structuredClone`, Error cause of a `Secret`: no value.
import { format, inspect } from 'node:util';
import { createLogger } from '@usher/platform';
import { Secret, scrubSecrets } from '@usher/security';
import { runBar } from '../support/bar.js';

const MARK = 'b06MarkNeverToBeSeen0123456789';

function lineOf(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let line = '';
  write(createLogger({ service: 'bench', level: 'debug', scrub: scrubSecrets, destination: { write: (text: string) => void (line += text) } }));
  return line;
}

function cloned(secret: Secret): string {
  try {
    return inspect(structuredClone({ secret }), { depth: 9, showHidden: true });
  } catch (error) {
    return String(error); // refusing to be cloned gives nothing away either
  }
}

await runBar('B06', async (bar) => {
  const secret = Secret.of(MARK);
  const cause = new Error('failed', { cause: { secret, list: [secret] } });
  const ways: Record<string, () => string> = {
    inspect: () => inspect({ secret }, { depth: 9, showHidden: true, getters: true }),
    'inspect-proxy': () => inspect(new Proxy(secret, {}), { showProxy: true, depth: 9 }),
    json: () => JSON.stringify({ secret, nested: [secret] }),
    template: () => `${secret as unknown as string}`,
    concatenation: () => 'x' + (secret as unknown as string),
    format: () => format('%s %o %O %j', secret, secret, secret, secret),
    'structured-clone': () => cloned(secret),
    'error-cause': () => inspect(cause, { depth: 9, showHidden: true }),
    keys: () => JSON.stringify([Reflect.ownKeys(secret), Object.entries(secret), Object.getOwnPropertyDescriptors(secret)]),
    'log-field': () => lineOf((logger) => logger.info('secret.tried', 'A secret.', { secret, error: cause })),
    'log-message': () => lineOf((logger) => logger.info('secret.tried', `It is ${MARK} and x${MARK}y`, { url: `http://h/?api_key=${MARK}` })),
    'log-error-text': () => lineOf((logger) => logger.error('secret.tried', 'Failed.', { error: new Error(`no ${MARK}`) })),
  };
  for (const [way, show] of Object.entries(ways)) bar.equal(`${way}.hits`, show().includes(MARK) ? 1 : 0, 0);
  bar.equal('reveal', secret.reveal() === MARK, true);
});
