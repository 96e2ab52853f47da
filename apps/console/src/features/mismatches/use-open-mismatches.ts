import { ConsoleOpenMismatchesChangedDocument, ConsoleOpenMismatchesDocument } from '@usher/api-client';
import { useState } from 'react';
import { useQuery } from 'urql';
import { usePageFeed } from '../../live/page-feed.js';
import { useRole } from '../auth/auth-context.js';

/** How many mismatches are open; null for a viewer, who may not see them, and before the first answer. */
export function useOpenMismatches(): number | null {
  const operator = useRole('OPERATOR');
  const [{ data }, read] = useQuery({ query: ConsoleOpenMismatchesDocument, pause: !operator });
  const [pushed, setPushed] = useState<number | null>(null);
  usePageFeed(operator ? ConsoleOpenMismatchesChangedDocument : null, {}, ({ mismatchesChanged }) => setPushed(mismatchesChanged.open), () => {
    setPushed(null);
    if (operator) read({ requestPolicy: 'network-only' });
  });
  return operator ? (pushed ?? data?.mismatches.open ?? null) : null;
}
