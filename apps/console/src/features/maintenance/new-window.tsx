import { useNavigate, useSearch } from '@tanstack/react-router';
import { ConsoleScheduleMaintenanceDocument } from '@usher/api-client';
import type { ReactNode } from 'react';
import { useClient } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { LoadingRows } from '../../components/state-view.js';
import { zone } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import { useLive, useServers } from '../../live/live-context.js';
import { addDays, dayOf } from './week.js';
import { emptyDraft, inputOf } from './window-draft.js';
import { WindowForm, type SendWindow } from './window-form.js';

/** Plans a window; it opens above the calendar. */
export default function NewWindow(): ReactNode {
  const client = useClient();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const { store } = useLive();
  const servers = useServers();
  const { zone: otherTimeZone } = useSearch({ from: '/frame/maintenance' });
  const close = () => void navigate({ to: '/maintenance', search: (old) => old });
  const send: SendWindow = async (draft) => {
    const { data, error } = await client.mutation(ConsoleScheduleMaintenanceDocument, { input: { idempotencyKey: newIdempotencyKey(), window: inputOf(draft) } }).toPromise();
    if (!data) return problemOf(error);
    void navigate({ to: '/maintenance', search: (old) => ({ ...old, window: data.scheduleMaintenance.id }) });
    return null;
  };
  return (
    <Dialog title="Plan a maintenance window" width={920} fullScreen={narrow} onClose={close}>
      {servers ? (
        <WindowForm first={emptyDraft(addDays(dayOf(store.clock.now()), 1), zone())} servers={servers} otherTimeZone={otherTimeZone ?? null} verb="Plan window" send={send} onClose={close} />
      ) : (
        <LoadingRows rows={6} height={48} label="Loading the fleet" />
      )}
    </Dialog>
  );
}
