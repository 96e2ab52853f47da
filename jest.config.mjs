import { readFileSync } from 'node:fs';

const swc = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));

/** What every project shares. Sources are read through the `@usher/source` condition: nothing is built before a test. */
const shared = {
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': ['@swc/jest', { ...swc, swcrc: false }] },
  moduleNameMapper: {
    '\\.(css|svg|png|woff2)$': '<rootDir>/tools/jest/asset-stub.mjs',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/(apps|libs)/[^/]+/dist/', '<rootDir>/bench/dist/', '<rootDir>/\\.usher/'],
  testEnvironment: '<rootDir>/tools/jest/environment.mjs',
  // Nothing else may stand here: 'import' or 'require' break Jest's own dependencies.
  testEnvironmentOptions: { customExportConditions: ['@usher/source', 'node', 'node-addons'] },
};

const project = (displayName, testMatch, more = {}) => ({ ...shared, ...more, displayName, testMatch });

const secondTry = { setupFilesAfterEnv: ['<rootDir>/tools/jest/second-try.mjs'] };

export default {
  coverageProvider: 'v8',
  testTimeout: 90_000,
  projects: [
    project('unit', ['<rootDir>/{apps,libs}/*/src/**/*.spec.{ts,tsx}', '<rootDir>/bench/src/**/*.spec.ts']),
    project('contract', ['<rootDir>/**/*.contract-spec.ts']),
    project('medium', ['<rootDir>/{apps,libs}/*/test/**/*.medium-spec.ts'], secondTry),
    project('e2e', ['<rootDir>/apps/e2e/src/scenarios/*.e2e-spec.ts', '<rootDir>/apps/console/test/*.e2e-spec.ts'], secondTry),
    project('tools', ['<rootDir>/tools/test/*.spec.ts', '<rootDir>/tools/test/*.medium-spec.ts']),
  ],
};
