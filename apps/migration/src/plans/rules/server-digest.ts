import { createHash } from 'node:crypto';
import type { Capability, Library, MediaUser } from '@usher/contracts';
import { canonicalJson } from './canonical-json.js';

export interface ServerFacts {
  readonly users: readonly MediaUser[];
  readonly libraries: readonly Library[];
  readonly capabilities: readonly Capability[];
}

/** The accounts and libraries that a plan concerns. */
export interface Concerned {
  readonly users: readonly string[];
  readonly libraries: readonly string[];
}

/**
 * Changes when anything does on which a plan rests, and not by what its own run writes: settings, states and accounts
 * that it makes are left out.
 */
export function serverDigest({ users, libraries, capabilities }: ServerFacts, concerned: Concerned): string {
  const accounts = [...new Set(concerned.users)].sort().map((id) => {
    const user = users.find(({ vendorId }) => vendorId === id);
    return user ? { id, name: user.name, isAdministrator: user.isAdministrator } : { id, gone: true };
  });
  const shelves = [...new Set(concerned.libraries)].sort().map((id) => {
    const library = libraries.find(({ vendorId }) => vendorId === id);
    return library ? { id, name: library.name, type: library.type, folders: [...library.folders].sort() } : { id, gone: true };
  });
  return createHash('sha256').update(canonicalJson({ accounts, shelves, capabilities: [...capabilities].sort() })).digest('hex');
}

/** What comes before the first dot: another one may behave differently. */
export function majorOf(version: string): string {
  return version.split('.', 1)[0]!;
}
