import { ConsoleRefreshServerDocument } from '@usher/api-client';
import { useCallback } from 'react';
import { useClient } from 'urql';
import { problemOf } from '../../api/problem.js';
import { useToast } from '../../components/toast.js';
import { useLive } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';

/** Asks one media server again now. The row shows the outcome; only a refusal by Usher itself is said. */
export function useRefreshServer(): (server: FleetServer) => void {
  const client = useClient();
  const toast = useToast();
  const { store } = useLive();
  return useCallback(
    (server) => {
      void client
        .mutation(ConsoleRefreshServerDocument, { id: server.id })
        .toPromise()
        .then(({ data, error }) => {
          if (data) store.applyServer(data.refreshServer);
          if (!error) return;
          const problem = problemOf(error);
          toast(`${server.alias}: ${problem.message} ${problem.code ?? ''}`);
        });
    },
    [client, toast, store],
  );
}
