import { Check, Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCopy } from './use-copy.js';

/** Copies a text; says so for two seconds in the icon and to a screen reader. */
export function CopyButton({ text, label }: { text: string; label: string }): ReactNode {
  const { state, copy } = useCopy(text);
  const words = { idle: label, copied: 'Copied', failed: 'Copying is not allowed here, select the text instead' }[state];
  return (
    <button type="button" className="icon-button" onClick={copy} aria-label={words} title={words}>
      {state === 'copied' ? <Check size={13} /> : <Copy size={13} />}
    </button>
  );
}
