import { parseArgs } from 'node:util';

/** In the order they run. `jest`: arguments for Jest; `services`: needs PostgreSQL and NATS; `built`: needs the built product. */
export const STAGES = [
  { name: 'generate', command: 'generate' },
  { name: 'types', command: 'types' },
  { name: 'lint', command: 'lint' },
  { name: 'unit', jest: ['--selectProjects', 'unit'] },
  { name: 'contract', jest: ['--selectProjects', 'contract'] },
  { name: 'tools', jest: ['--selectProjects', 'tools'], services: true, built: true },
  { name: 'medium', jest: ['--selectProjects', 'medium'], services: true },
  { name: 'e2e', jest: ['--selectProjects', 'e2e', '--testPathIgnorePatterns', 'console[^/]*\\.e2e-spec', '--maxWorkers=1'], services: true, built: true },
  { name: 'browser', jest: ['--selectProjects', 'e2e', '--testPathPatterns', 'console[^/]*\\.e2e-spec', '--maxWorkers=1'], services: true, built: true, browser: true },
];

const CHECK = ['generate', 'types', 'lint', 'unit', 'contract'];

/**
 * @returns {{ stages: typeof STAGES, changed: boolean, redis: boolean, jestArgs: string[] }}
 * @throws {Error} on unknown arguments
 */
export function readArguments(args) {
  const cut = args.indexOf('--');
  const own = cut < 0 ? args : args.slice(0, cut);
  const { values } = parseArgs({
    args: own,
    options: { only: { type: 'string', multiple: true }, check: { type: 'boolean' }, changed: { type: 'boolean' }, redis: { type: 'boolean' } },
  });
  const names = values.only?.flatMap((text) => text.split(',')) ?? (values.check ? CHECK : STAGES.map(({ name }) => name));
  const unknown = names.find((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown !== undefined) throw new Error(`no stage ${unknown}; there are ${STAGES.map(({ name }) => name).join(', ')}`);
  return {
    stages: STAGES.filter(({ name }) => names.includes(name)),
    changed: values.changed ?? false,
    redis: values.redis ?? false,
    jestArgs: cut < 0 ? [] : args.slice(cut + 1),
  };
}
