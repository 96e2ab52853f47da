import { Flag, History } from 'lucide-react';
import type { ReactNode } from 'react';
import { isHint } from '../../live/hints.js';
import type { SessionFields } from '../../live/live-types.js';

type Flags = SessionFields['flags'];

/** Red flag and what it says; with more than one, the first and how many more. Never the mark alone. A hint alone is quiet. */
export function FlagWords({ flags, short = false }: { flags: Flags; short?: boolean }): ReactNode {
  const ordered = flags.toSorted((a, b) => Number(isHint(a)) - Number(isHint(b)));
  const [first] = ordered;
  if (!first) return null;
  const words = ordered.map(({ text }) => text).join('; ');
  const Mark = isHint(first) ? History : Flag;
  return (
    <span className={`flag-words ${isHint(first) ? 'dim' : 'text-danger'}`} title={words}>
      <Mark size={12} aria-hidden />
      <span className={short ? 'sr-only' : 'clip'}>
        {short ? words : first.text}
        {!short && flags.length > 1 && ` and ${flags.length - 1} more`}
      </span>
    </span>
  );
}
