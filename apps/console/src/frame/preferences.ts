import { useCallback, useSyncExternalStore } from 'react';

/** What this browser remembers about how its operator likes the console. Nothing secret, nothing of the fleet's data. */
interface Preferences {
  density: 'auto' | 'comfortable' | 'compact' | 'cards';
  singleKeys: 'on' | 'off';
  /** Server id → opened by hand; without an entry the page decides. */
  opened: Readonly<Record<string, boolean>>;
}

const DEFAULTS: Preferences = { density: 'auto', singleKeys: 'on', opened: {} };
const listeners = new Set<() => void>();
const cache = new Map<string, unknown>();

function read<K extends keyof Preferences>(key: K): Preferences[K] {
  if (!cache.has(key)) {
    let value: unknown = DEFAULTS[key];
    try {
      const stored = localStorage.getItem(`usher.${key}`);
      if (stored !== null) value = JSON.parse(stored);
    } catch {
      value = DEFAULTS[key];
    }
    cache.set(key, typeof value === typeof DEFAULTS[key] ? value : DEFAULTS[key]);
  }
  return cache.get(key) as Preferences[K];
}

function write<K extends keyof Preferences>(key: K, value: Preferences[K]): void {
  cache.set(key, value);
  try {
    localStorage.setItem(`usher.${key}`, JSON.stringify(value));
  } catch (error) {
    console.warn('This browser does not keep preferences.', error);
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreference<K extends keyof Preferences>(key: K): [Preferences[K], (value: Preferences[K]) => void] {
  const value = useSyncExternalStore(subscribe, () => read(key));
  return [value, useCallback((next) => write(key, next), [key])];
}
