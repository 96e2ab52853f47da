import type { ReactNode } from 'react';
import { useCopy } from '../../components/use-copy.js';

/** A link that copies a text and says so in its place for two seconds. */
export function CopyText({ text, label, className = 'link' }: { text: string; label: string; className?: string }): ReactNode {
  const { state, copy } = useCopy(text);
  return (
    <button type="button" className={className} onClick={copy}>
      <span aria-live="polite">{{ idle: label, copied: 'Copied', failed: 'Copying is not allowed here' }[state]}</span>
    </button>
  );
}
