import { ConsoleActivityPageChangedDocument, ConsoleActivityPageDocument } from '@usher/api-client';
import { useCallback, useState } from 'react';
import { useQuery, type CombinedError } from 'urql';
import { usePaused } from '../../live/live-context.js';
import { usePageFeed } from '../../live/page-feed.js';
import { countChanges, type ActivityPage, type variablesOf } from './activity-words.js';

interface Feed {
  /** Null before the first answer. */
  readonly page: ActivityPage | null;
  /** Changes that wait while live updates are paused. */
  readonly waiting: number;
  readonly reading: boolean;
  readonly error: CombinedError | undefined;
  reread(): void;
}

/** One page of activities, pushed as it changes; while paused the newest push waits and is applied once on resume. */
export function useActivityPage(variables: ReturnType<typeof variablesOf>): Feed {
  const paused = usePaused();
  const [page, setPage] = useState<ActivityPage | null>(null);
  const [held, setHeld] = useState<ActivityPage | null>(null);
  const [{ data, error, fetching, stale }, read] = useQuery({ query: ConsoleActivityPageDocument, variables, requestPolicy: 'cache-and-network' });
  const reread = useCallback(() => read({ requestPolicy: 'network-only' }), [read]);
  const [answer, setAnswer] = useState<typeof data>(undefined);
  if (data && data !== answer) {
    setAnswer(data);
    setPage(data.activityPage);
    setHeld(null);
  } else if (!paused && held) {
    setPage(held);
    setHeld(null);
  }
  usePageFeed(ConsoleActivityPageChangedDocument, variables, ({ activityPageChanged: pushed }) => (paused ? setHeld(pushed) : setPage(pushed)), reread, { throughPause: true });
  return { page, waiting: page && held ? countChanges(page.rows, held.rows) : 0, reading: fetching || stale, error, reread };
}
