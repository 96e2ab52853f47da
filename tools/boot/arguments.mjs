import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SERVICE_MODES } from '../services.mjs';
import { Failure } from './failure.mjs';

const OPTIONS = {
  demo: { type: 'boolean' },
  'no-demo': { type: 'boolean' },
  'demo-servers': { type: 'string' },
  'sign-in': { type: 'boolean' },
  port: { type: 'string' },
  data: { type: 'string' },
  services: { type: 'string' },
  'no-install': { type: 'boolean' },
};
const USAGE = 'npm start -- [--demo | --no-demo] [--demo-servers N] [--sign-in] [--port N] [--data DIR] [--services auto|private|docker|local] [--no-install]';
const DEFAULT_PORT = 8747;
const DEMO_SERVERS = 6;

function wrong(why) {
  return new Failure({ id: 'arguments', error: 'wrong arguments', why, next: USAGE, exitCode: 2 });
}

function wholeNumber(name, text, max) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > max) throw wrong(`${name} takes a whole number from 1 to ${max}`);
  return value;
}

/**
 * @returns {{ demo: 'auto' | 'on' | 'off', demoServers: number, signIn: boolean, port: number, portAsked: boolean,
 *   dataDir: string, mode: string, install: boolean }}
 */
export function readArguments(args, env, root) {
  let values;
  try {
    ({ values } = parseArgs({ args, options: OPTIONS, strict: true }));
  } catch (error) {
    throw wrong(error.message.split('. ')[0]);
  }
  if (values.demo && values['no-demo']) throw wrong('--demo and --no-demo exclude each other');
  const mode = values.services ?? env.USHER_SERVICES ?? 'auto';
  if (!SERVICE_MODES.includes(mode)) throw wrong(`services are one of ${SERVICE_MODES.join(', ')}`);
  const portText = values.port ?? env.USHER_PORT;
  const dataDir = values.data ? resolve(values.data) : (env.USHER_DATA_DIR ?? join(root, '.usher'));
  return {
    demo: values.demo ? 'on' : values['no-demo'] ? 'off' : 'auto',
    demoServers: values['demo-servers'] === undefined ? DEMO_SERVERS : wholeNumber('--demo-servers', values['demo-servers'], 200),
    signIn: values['sign-in'] ?? false,
    port: portText === undefined ? DEFAULT_PORT : wholeNumber('--port', portText, 65_535),
    portAsked: portText !== undefined,
    dataDir: isAbsolute(dataDir) ? dataDir : join(root, dataDir),
    mode,
    install: !values['no-install'],
  };
}
