import type { ReactNode } from 'react';
import { Dialog } from '../../components/dialog.js';
import { useSession } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { FORM_TITLES, SessionFormBody, type SessionForm } from './session-forms.js';

/** An order to a stream from its row. */
export default function FormDialog({ form, server, sessionId, onClose }: { form: SessionForm; server: FleetServer; sessionId: string; onClose(): void }): ReactNode {
  const session = useSession(server.id, sessionId);
  return (
    <Dialog title={session ? FORM_TITLES[form] : 'This stream has ended'} width={400} onClose={onClose}>
      {session ? <SessionFormBody form={form} server={server} session={session} onDone={onClose} /> : <p className="dialog-body dim">{server.alias} lists it no more.</p>}
    </Dialog>
  );
}
