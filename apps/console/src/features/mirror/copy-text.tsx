import { useEffect, useState, type ReactNode } from 'react';

/** A link that copies a text and says so in its place for two seconds. */
export function CopyText({ text, label, className = 'link' }: { text: string; label: string; className?: string }): ReactNode {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => setState('idle'), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    // Over plain http browsers offer no clipboard.
    const done = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    done.then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  return (
    <button type="button" className={className} onClick={copy}>
      <span aria-live="polite">{{ idle: label, copied: 'Copied', failed: 'Copying is not allowed here' }[state]}</span>
    </button>
  );
}
