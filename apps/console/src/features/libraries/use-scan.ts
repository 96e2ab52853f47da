import { ConsoleScanLibraryDocument } from '@usher/api-client';
import { useClient } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf } from '../../api/problem.js';
import { useToast } from '../../components/toast.js';

/** Tells a media server to look for new files. How it goes on stands in the row. */
export function useScan(): (library: { serverId: string; vendorId: string; name: string }, alias: string) => void {
  const client = useClient();
  const toast = useToast();
  return (library, alias) => {
    const input = { serverId: library.serverId, libraryId: library.vendorId, idempotencyKey: newIdempotencyKey() };
    void client
      .mutation(ConsoleScanLibraryDocument, { input })
      .toPromise()
      .then(({ error }) => {
        if (!error) return toast(`${alias} took the order to scan ${library.name}.`);
        const problem = problemOf(error);
        return toast(`${alias}: ${problem.message} ${problem.next ?? ''} ${problem.code ?? ''}`);
      });
  };
}
