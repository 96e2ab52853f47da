// The stages that are not Jest's: each counts one.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const TSC = 'node_modules/typescript-native/bin/tsc';

function typedProjects(root) {
  const below = (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : []);
  return [...below('libs'), ...below('apps'), 'bench'].filter((folder) => existsSync(join(root, folder, 'tsconfig.json')));
}

/** The programs of a stage: arguments for Node, each must end with code 0. */
export function commandsOf(stage, root) {
  if (stage === 'generate') return [['tools/generate.mjs', '--check']];
  if (stage === 'types') return typedProjects(root).map((folder) => [TSC, '-p', `${folder}/tsconfig.json`, '--noEmit']);
  const lints = readdirSync(join(root, 'tools')).filter((name) => /^lint-.*\.mjs$/.test(name));
  return [['node_modules/oxlint/bin/oxlint', '--type-aware', 'apps', 'libs', 'bench', 'tools'], ...lints.map((name) => [`tools/${name}`])];
}
