import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { check as checkEnv } from '../lint-env.mjs';
import { check as checkRooms } from '../lint-rooms.mjs';
import { check as checkSecrets } from '../lint-secrets.mjs';

const root = join(import.meta.dirname, '..', '..');
const use = (name: string, as = 'x') => `import { ${as} } from '${name}';\nconsole.log(${as});\n`;

/** One violating file per rule: path, text, the rule that must fail. */
const VIOLATIONS: [name: string, path: string, text: string, rule: string][] = [
  ['contracts may import no workspace', 'libs/contracts/src/a.ts', use('@usher/platform'), 'no-restricted-imports'],
  ['contracts stay safe in a browser: node', 'libs/contracts/src/b.ts', use('node:fs'), 'no-restricted-imports'],
  ['contracts stay safe in a browser: nest', 'libs/contracts/src/c.ts', use('@nestjs/common'), 'no-restricted-imports'],
  ['contracts stay safe in a browser: pg', 'libs/contracts/src/d.ts', use('pg'), 'no-restricted-imports'],
  ['api-client may import no workspace', 'libs/api-client/src/a.ts', use('@usher/contracts'), 'no-restricted-imports'],
  ['resilience may import contracts only', 'libs/resilience/src/a.ts', use('@usher/platform'), 'no-restricted-imports'],
  ['the migration service reaches media servers by agents only', 'apps/migration/src/a.ts', use('@usher/media-server'), 'no-restricted-imports'],
  ['the router has no database', 'apps/router/src/a.ts', use('@usher/database'), 'no-restricted-imports'],
  ['matching may import contracts only', 'libs/matching/src/a.ts', use('@usher/database'), 'no-restricted-imports'],
  ['security may import contracts only', 'libs/security/src/a.ts', use('@usher/bus'), 'no-restricted-imports'],
  ['platform may not import the bus', 'libs/platform/src/a.ts', use('@usher/bus'), 'no-restricted-imports'],
  ['bus may not import the database', 'libs/bus/src/a.ts', use('@usher/database'), 'no-restricted-imports'],
  ['database may not import platform', 'libs/database/src/a.ts', use('@usher/platform'), 'no-restricted-imports'],
  ['media-server may not import security', 'libs/media-server/src/a.ts', use('@usher/security'), 'no-restricted-imports'],
  ['testing may not import the bus', 'libs/testing/src/a.ts', use('@usher/bus'), 'no-restricted-imports'],
  ['controller may not import media-server', 'apps/controller/src/a.ts', use('@usher/media-server'), 'no-restricted-imports'],
  ['no app imports an app', 'apps/controller/src/b.ts', use('@usher/agent'), 'no-restricted-imports'],
  ['no deep import of a library', 'apps/controller/src/c.ts', use('@usher/bus/src/bus-server.js'), 'no-restricted-imports'],
  ['no path into another workspace', 'apps/controller/src/d.ts', use('../../../libs/bus/src/index.js'), 'no-restricted-imports'],
  ['production never imports testing', 'apps/controller/src/e.ts', use('@usher/testing'), 'no-restricted-imports'],
  ['only the bus knows NATS', 'apps/controller/src/f.ts', use('@nats-io/transport-node'), 'no-restricted-imports'],
  ['agent may not import the database', 'apps/agent/src/a.ts', use('@usher/database'), 'no-restricted-imports'],
  ['usher may not import media-server', 'apps/usher/src/a.ts', use('@usher/media-server'), 'no-restricted-imports'],
  ['cli may not import platform', 'apps/cli/src/a.ts', use('@usher/platform'), 'no-restricted-imports'],
  ['console takes types only from contracts', 'apps/console/src/a.ts', use('@usher/contracts'), 'no-restricted-imports'],
  ['console runs in a browser', 'apps/console/src/b.ts', use('node:path'), 'no-restricted-imports'],
  ['e2e may not import the database', 'apps/e2e/src/a.ts', use('@usher/database'), 'no-restricted-imports'],
  ['bench may not import an app', 'bench/src/a.ts', use('@usher/controller'), 'no-restricted-imports'],
  ['no import cycle', 'libs/bus/src/one.ts', "import { two } from './two.js';\nexport const one = (): number => two();\n", 'no-cycle'],
  ['300 lines', 'libs/bus/src/long.ts', 'export {};\n'.repeat(301), 'max-lines'],
  ['7 constructor parameters', 'libs/bus/src/wide.ts', 'export class W { constructor(a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1) { console.log(a, b, c, d, e, f, g, h); } }\n', 'max-params'],
  ['no empty catch', 'libs/bus/src/empty.ts', 'export function f(): void {\n  try {\n    f();\n  } catch {}\n}\n', 'no-empty'],
  ['no floating promise', 'libs/bus/src/floating.ts', 'async function f(): Promise<void> {}\nexport function g(): void {\n  f();\n}\n', 'no-floating-promises'],
  ['no any', 'libs/bus/src/any.ts', 'export const a = (b: any): string => String(b);\n', 'no-explicit-any'],
];

/** Legal imports that the same rules must let pass. */
const ALLOWED: [path: string, text: string][] = [
  ['apps/agent/src/ok.ts', use('@usher/media-server')],
  ['apps/usher/src/ok.ts', use('@usher/controller')],
  ['apps/controller/src/match.ts', use('@usher/matching')],
  ['apps/controller/src/ok.spec.ts', use('@usher/testing')],
  ['apps/console/src/ok.ts', "import type { X } from '@usher/contracts';\nexport type Y = X;\n"],
  ['libs/bus/test/ok.medium-spec.ts', use('@usher/bus')],
];

interface Diagnostic {
  code: string;
  filename: string;
}

describe('oxlint', () => {
  let folder: string;
  let found: Diagnostic[];

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'usher-lint-')));
    // A repository of its own: the ignore files of one above it do not count.
    mkdirSync(join(folder, '.git'));
    copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    copyFileSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const files: [string, string][] = [...VIOLATIONS.map(([, path, text]): [string, string] => [path, text]), ...ALLOWED];
    for (const [path, text] of [...files, ['libs/bus/src/two.ts', "import { one } from './one.js';\nexport const two = (): number => one();\n"] as [string, string]]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
    const run = promisify(execFile)(process.execPath, [oxlint, '--type-aware', '-f', 'json', 'apps', 'libs', 'bench'], { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
    const { stdout } = (await run.catch((error: unknown) => error)) as { stdout: string };
    found = (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(VIOLATIONS)('fails: %s', (_name, path, _text, rule) => {
    const codes = found.filter(({ filename }) => filename.endsWith(path)).map(({ code }) => code);
    expect(codes.some((code) => code.includes(`(${rule})`))).toBe(true);
  });

  it.each(ALLOWED)('lets pass: %s', (path) => {
    expect(found.filter(({ filename, code }) => filename.endsWith(path) && code.includes('no-restricted-imports'))).toEqual([]);
  });
});

describe('own rules', () => {
  it('the environment is read in config.ts only', () => {
    const text = 'export const port = process.env.PORT;\n';
    expect(checkEnv('apps/controller/src/servers/a.service.ts', text)).toHaveLength(1);
    expect(checkEnv('apps/console/src/a.ts', 'export const url = import.meta.env.URL;\n')).toHaveLength(1);
    expect(checkEnv('apps/controller/src/config.ts', text)).toEqual([]);
  });

  it('no raw SQL from text', () => {
    expect(checkSecrets('apps/controller/src/servers/a.repository.ts', 'await client.$queryRawUnsafe(sql);\n')).toHaveLength(1);
    expect(checkSecrets('apps/controller/src/servers/a.repository.ts', 'await client.$executeRawUnsafe(sql);\n')).toHaveLength(1);
  });

  it('a secret is no plain string', () => {
    for (const name of ['token', 'agentToken', 'apiKey', 'password', 'newPassword']) {
      expect(checkSecrets('apps/agent/src/server/a.service.ts', `function f(${name}: string): void {}\n`)).toHaveLength(1);
    }
    expect(checkSecrets('apps/agent/src/server/a.service.ts', 'function f(token: Secret, key: string): void {}\n')).toEqual([]);
  });

  it('a room hears of the rooms above it by event only', () => {
    const text = "import { History } from '../history/history.service.js';\n";
    expect(checkRooms('apps/controller/src/servers/a.service.ts', text)).toHaveLength(1);
    expect(checkRooms('apps/controller/src/history/a.service.ts', "import { S } from '../servers/servers.service.js';\n")).toEqual([]);
    expect(checkRooms('apps/controller/src/servers/a.service.ts', "import { A } from '../audit/audit.service.js';\n")).toEqual([]);
  });

  it('a room keeps its SQL and its edges to itself', () => {
    expect(checkRooms('apps/controller/src/history/a.service.ts', "import { S } from '../servers/servers.repository.js';\n")).toHaveLength(1);
    expect(checkRooms('apps/controller/src/history/a.service.ts', "import { S } from '../servers/servers.resolver.js';\n")).toHaveLength(1);
  });

  it('a room without a place in the order is refused', () => {
    expect(checkRooms('apps/controller/src/history/a.service.ts', "import { S } from '../attic/attic.service.js';\n")).toHaveLength(1);
  });

  it('rooms of the agent use only what stands below all', () => {
    expect(checkRooms('apps/agent/src/load/a.ts', "import { S } from '../sessions/session-watcher.js';\n")).toHaveLength(1);
    expect(checkRooms('apps/agent/src/load/a.ts', "import { S } from '../spool/fact-spool.js';\n")).toEqual([]);
    expect(checkRooms('apps/agent/src/host/agent-host.ts', "import { S } from '../sessions/session-watcher.js';\n")).toEqual([]);
  });
});
