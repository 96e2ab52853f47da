import { useEffect, useRef } from 'react';
import { usePreference } from './preferences.js';

/** `g o`, `/`, `mod+k`, `⇧K` (as the key that arrives: `K`). */
export type Keys = Readonly<Record<string, () => void>>;

const SEQUENCE_MS = 1_000;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The name of a key press, or null for one that belongs to the browser. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string | null {
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === 'k' ? 'mod+k' : null;
  return event.key;
}

/**
 * Listens for single keys and two-key sequences. They never fire in fields nor below an open window, and can be switched
 * off; `mod+k` always works.
 */
export function useKeys(keys: Keys): void {
  const [singleKeys] = usePreference('singleKeys');
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let prefix: { key: string; at: number } | null = null;
    const onKey = (event: KeyboardEvent) => {
      const name = keyName(event);
      if (name === null || event.defaultPrevented) return;
      const single = name !== 'mod+k';
      if (single && (singleKeys === 'off' || typing(event.target) || document.querySelector('[role="dialog"],[role="menu"]'))) return;
      const sequence = prefix && event.timeStamp - prefix.at < SEQUENCE_MS ? `${prefix.key} ${name}` : name;
      prefix = name === 'g' ? { key: name, at: event.timeStamp } : null;
      const run = latest.current[sequence];
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [singleKeys]);
}

/** Puts the cursor into the search field of the page. */
export function focusPageSearch(): void {
  document.querySelector<HTMLInputElement>('[data-page-search]')?.focus();
}

/** Presses the button that reads the page anew, where there is one. */
export function pressPageRefresh(): void {
  document.querySelector<HTMLElement>('[data-page-refresh]')?.click();
}
