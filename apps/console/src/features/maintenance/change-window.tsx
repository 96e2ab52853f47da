import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ConsoleMaintenanceWindowDocument, ConsoleUpdateMaintenanceDocument } from '@usher/api-client';
import type { ReactNode } from 'react';
import { useClient, useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { ErrorState, LoadingRows } from '../../components/state-view.js';
import { useNarrow } from '../../frame/use-media.js';
import { useServers } from '../../live/live-context.js';
import { changeOf, draftOf } from './window-draft.js';
import { WindowForm, type SendWindow } from './window-form.js';

/** Changes a window; only what was changed is sent. */
export default function ChangeWindow(): ReactNode {
  const client = useClient();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const servers = useServers();
  const { id } = useParams({ from: '/frame/maintenance/$id/edit' });
  const { zone: otherTimeZone } = useSearch({ from: '/frame/maintenance' });
  const [{ data, error }, reread] = useQuery({ query: ConsoleMaintenanceWindowDocument, variables: { id, otherTimeZone: otherTimeZone ?? null }, requestPolicy: 'network-only' });
  const window = data?.maintenanceWindow;
  const close = () => void navigate({ to: '/maintenance', search: (old) => old });
  const send: SendWindow = async (draft) => {
    if (!window) return null;
    const answer = await client.mutation(ConsoleUpdateMaintenanceDocument, { input: changeOf(window, draft) }).toPromise();
    if (!answer.data) return problemOf(answer.error);
    close();
    return null;
  };
  return (
    <Dialog title={window ? `Change ${window.title}` : 'Change a maintenance window'} width={920} fullScreen={narrow} onClose={close}>
      {error && !window && <ErrorState title="Usher could not read this window" problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} />}
      {!error && !(window && servers) && <LoadingRows rows={6} height={48} label="Loading the window" />}
      {window && servers && <WindowForm key={window.id} first={draftOf(window)} servers={servers} otherTimeZone={otherTimeZone ?? null} verb="Save changes" send={send} onClose={close} />}
    </Dialog>
  );
}
