import { Flag } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SessionFields } from '../../live/live-types.js';

type Flags = SessionFields['flags'];

/** Red flag and what it says; with more than one, the first and how many more. Never the mark alone. */
export function FlagWords({ flags, short = false }: { flags: Flags; short?: boolean }): ReactNode {
  const [first] = flags;
  if (!first) return null;
  const words = flags.map(({ text }) => text).join('; ');
  return (
    <span className="flag-words text-danger" title={words}>
      <Flag size={12} aria-hidden />
      <span className={short ? 'sr-only' : 'clip'}>
        {short ? words : first.text}
        {!short && flags.length > 1 && ` and ${flags.length - 1} more`}
      </span>
    </span>
  );
}
