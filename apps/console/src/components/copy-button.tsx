import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';

/** Copies a text; says so for two seconds in the icon and to a screen reader. */
export function CopyButton({ text, label }: { text: string; label: string }): ReactNode {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => setState('idle'), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    // Over plain http browsers offer no clipboard; then the text stays selectable beside the button.
    const done = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    done.then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  const words = { idle: label, copied: 'Copied', failed: 'Copying is not allowed here, select the text instead' }[state];
  return (
    <button type="button" className="icon-button" onClick={copy} aria-label={words} title={words}>
      {state === 'copied' ? <Check size={13} /> : <Copy size={13} />}
    </button>
  );
}
