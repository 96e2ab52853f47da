import { ConsoleRevokeMigrationApprovalDocument } from '@usher/api-client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import type { Approval } from './migration-words.js';
import { useWizard } from './wizard.js';

/** Takes one signature back. It only takes rights away, so it asks for no password. */
export function RevokeDialog({ approval, isOwn, onClose }: { approval: Approval; isOwn: boolean; onClose(): void }): ReactNode {
  const { plan, orders, put } = useWizard();
  const [reason, setReason] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim().length < 3) return;
    const revoked = await orders.send('revoke', ConsoleRevokeMigrationApprovalDocument, { input: { id: plan.id, approverId: approval.operatorId, reason: reason.trim() } }, ({ revokeMigrationApproval }) => revokeMigrationApproval);
    if (!revoked) return;
    put(revoked);
    onClose();
  };
  return (
    <Dialog title={isOwn ? 'Revoke your signature?' : `Revoke the signature of ${approval.name}?`} width={440} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p className="dim">{plan.run ? 'All writes under this plan end within a second where the agent is connected, and the run pauses. What was written stays.' : 'The plan goes back to Frozen. Nothing has been written yet. A new signature needs a fresh sign-in.'}</p>
        <Field label="Reason, kept in the audit log" value={reason} maxLength={500} onValue={setReason} autoComplete="off" data-autofocus />
        {orders.problem && <ProblemNote problem={orders.problem} />}
        <div className="inline form-foot">
          <button type="button" className="button push" onClick={onClose}>
            Keep it
          </button>
          <button type="submit" className="button destroy" aria-disabled={reason.trim().length < 3 || orders.busy !== null || undefined}>
            Revoke
          </button>
        </div>
      </form>
    </Dialog>
  );
}
