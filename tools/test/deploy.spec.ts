import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { runSource } from '../generate.mjs';

const root = join(import.meta.dirname, '..', '..');
const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const deployFiles = readdirSync(join(root, 'deploy'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

interface Variable {
  name: string;
  apps: string[];
}

/** The `environment:` of one service, name → value. */
function environmentOf(service: string): Record<string, string> {
  const block = new RegExp(`^  ${service}:\\n((?:    .*\\n|\\n)*)`, 'm').exec(compose)?.[1] ?? '';
  const lines = /^    environment:\n((?:      .*\n)*)/m.exec(block)?.[1] ?? '';
  return Object.fromEntries([...lines.matchAll(/^ {6}([A-Z_]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

describe('docker-compose.yml and deploy/', () => {
  let variables: Variable[];
  beforeAll(async () => {
    variables = JSON.parse(await runSource('tools/reference.mjs', ['--variables'])) as Variable[];
  });
  const readersOf = (name: string): string[] => variables.find((variable) => variable.name === name.replace(/_FILE$/, '') || variable.name === name)?.apps ?? [];

  it('names no variable that nobody reads', () => {
    const texts = [compose, ...deployFiles.map((path) => readFileSync(path, 'utf8'))];
    const named = new Set(texts.flatMap((text) => text.match(/\bUSHER_[A-Z0-9_]+\b/g) ?? []));
    expect(named.size).toBeGreaterThan(10);
    expect([...named].filter((name) => readersOf(name).length === 0)).toEqual([]);
  });

  it.each([
    ['controller', 'controller'],
    ['agent-host', 'agent'],
    ['router', 'router'],
    ['migration', 'migration'],
    ['setup', 'usher'],
    ['migrate', 'tools'],
  ])('%s gets only what %s reads', (service, app) => {
    const given = Object.keys(environmentOf(service));
    expect(given.length).toBeGreaterThan(1);
    const allowed = service === 'migrate' ? ['USHER_DATABASE_URL'] : [];
    expect(given.filter((name) => !readersOf(name).includes(app) && !allowed.includes(name))).toEqual([]);
  });

  it.each([
    ['controller', 'controller'],
    ['agent-host', 'agent'],
    ['router', 'router'],
    ['migration', 'migration'],
  ])('%s gets everything that %s requires', async (service, app) => {
    const vars = Object.keys(environmentOf(service));
    const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8');
    const required = [...page.matchAll(/^\| `(USHER_[A-Z_]+)` \| ([^|]*) \| required \|/gm)].filter(([, , apps = '']) => apps.split(', ').includes(app)).map(([, name]) => name);
    expect(required.length).toBeGreaterThan(0);
    expect(required.filter((name) => !vars.includes(name ?? ''))).toEqual([]);
  });

  it('pins a broker that may stand off loopback', () => {
    const [, minor, patch] = /image: nats:2\.(\d+)\.(\d+)/.exec(compose) ?? [];
    expect(Number(minor)).toBeGreaterThanOrEqual(14);
    expect(Number(minor) * 1000 + Number(patch)).toBeGreaterThanOrEqual(14_003);
  });

  it('pins every image to a version', () => {
    const images = [...compose.matchAll(/image: (\S+)/g)].map(([, image]) => image);
    expect(images).toHaveLength(3);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+/);
  });
});
