// One writer per directory: an exclusive file that names its owner so precisely that a stale one can be told.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { bootId, startTimeOf } from './processes.mjs';

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Stale: another boot, or nobody has that process id with that start time. */
function isStale(owner) {
  return owner.bootId !== bootId() || owner.pid === undefined || startTimeOf(owner.pid) !== owner.startTime;
}

/** The living owner of a lock file, or null. */
export function lockOwner(path) {
  const owner = read(path);
  return owner === null || isStale(owner) ? null : owner;
}

/**
 * Takes the lock at `path`.
 * @returns {{ owner: object } | { update(more: object): void, release(): void }} the living owner, or the lock itself
 */
export function takeLock(path, more = {}) {
  const own = { pid: process.pid, startTime: startTimeOf(process.pid), bootId: bootId(), host: hostname(), since: new Date().toISOString(), ...more };
  const draft = `${path}.${process.pid}`;
  const write = () => writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  for (;;) {
    write();
    try {
      linkSync(draft, path);
      rmSync(draft);
      break;
    } catch (error) {
      rmSync(draft, { force: true });
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = read(path);
    if (owner !== null && !isStale(owner)) return { owner };
    if (owner !== null) setAside(path, owner);
  }
  return {
    update(fields) {
      Object.assign(own, fields);
      write();
      renameSync(draft, path);
    },
    release() {
      const owner = read(path);
      if (owner?.pid === own.pid && owner.startTime === own.startTime) rmSync(path, { force: true });
    },
  };
}

/** Removes a stale lock; when a racing starter has replaced it meanwhile, theirs is put back. */
function setAside(path, stale) {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
    const moved = read(aside);
    if (moved !== null && moved.pid !== undefined && !isStale(moved) && moved.startTime !== stale.startTime) linkSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  rmSync(aside, { force: true });
}
