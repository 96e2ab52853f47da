import { ConsoleAddIdentityEmailDocument, ConsoleAttestEmailDocument, ConsoleRemoveIdentityEmailDocument } from '@usher/api-client';
import { CircleDashed, MailCheck, X } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { moment } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import { useRole } from '../auth/auth-context.js';
import type { Person } from './identity-words.js';
import { useActs } from './use-acts.js';

const SOURCES: Readonly<Record<string, string>> = { plex: 'told by plex.tv', operator: 'entered here', import: 'from a file' };

function AttestDialog({ person, email, onClose }: { person: Person; email: string; onClose(): void }): ReactNode {
  const acts = useActs();
  const [reason, setReason] = useState('');
  const ready = reason.trim().length >= 3 && !acts.busy;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (ready && (await acts.send(ConsoleAttestEmailDocument, { input: { identityId: person.id, email, reason: reason.trim() } }))) onClose();
  };
  return (
    <Dialog title={`Attest ${email}?`} width={460} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p className="dim">You say that this address is {person.displayName}’s. It counts as proof from then on, with your name beside it.</p>
        <Field label="How you know, kept in the audit log" value={reason} maxLength={500} autoComplete="off" onValue={setReason} data-autofocus />
        {acts.problem && <ProblemNote problem={acts.problem} />}
        <div className="inline form-foot">
          <button type="button" className="button push" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" aria-disabled={!ready || undefined}>
            Attest
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Addresses of a person: verified ones prove, the others only suggest. */
export function EmailPanel({ person }: { person: Person }): ReactNode {
  const acts = useActs();
  const nowMs = useNow(60_000);
  const superadmin = useRole('SUPERADMIN');
  const [typed, setTyped] = useState<string | null>(null);
  const [attesting, setAttesting] = useState<string | null>(null);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (typed?.trim() && (await acts.send(ConsoleAddIdentityEmailDocument, { input: { identityId: person.id, email: typed.trim() } }))) setTyped(null);
  };
  const unverified = person.emails.some(({ verifiedAt }) => verifiedAt === null);
  return (
    <section className="panel" aria-labelledby="emails-head">
      <div className="panel-head">
        <h3 id="emails-head">E-mail</h3>
        <span className="small dim">verified ones prove</span>
        <button type="button" className="button small aside" aria-expanded={typed !== null} onClick={() => setTyped(typed === null ? '' : null)}>
          Add…
        </button>
      </div>
      {typed !== null && (
        <form className="panel-body stack tight" onSubmit={(event) => void add(event)}>
          <Field label="Address" type="email" value={typed} onValue={setTyped} autoComplete="off" hint="Kept as not verified: it only suggests." />
          <button type="submit" className="button small" aria-disabled={!typed.trim() || acts.busy || undefined}>
            Add this address
          </button>
        </form>
      )}
      <ul className="id-lines">
        {person.emails.map(({ email, source, verifiedAt, verifiedBy }) => (
          <li key={email}>
            {verifiedAt ? <MailCheck size={14} className="text-play" aria-label="verified" role="img" /> : <CircleDashed size={14} className="dim" aria-label="not verified" role="img" />}
            <span className="id-email">
              <span className="block">{email}</span>
              <span className="small dim">{verifiedAt ? `verified by ${verifiedBy ?? 'an operator'}, ${moment(Date.parse(verifiedAt), nowMs)}` : `${SOURCES[source] ?? source}, not verified`}</span>
            </span>
            {verifiedAt === null && superadmin && (
              <button type="button" className="link" onClick={() => setAttesting(email)}>
                Attest…<span className="sr-only"> {email}</span>
              </button>
            )}
            <button type="button" className="icon-button" aria-label={`Remove ${email}`} title="Remove" aria-disabled={acts.busy || undefined} onClick={() => void acts.send(ConsoleRemoveIdentityEmailDocument, { input: { identityId: person.id, email } })}>
              <X size={14} />
            </button>
          </li>
        ))}
        {person.emails.length === 0 && <li className="dim">No address is known.</li>}
      </ul>
      {acts.problem && (
        <div className="panel-body">
          <ProblemNote problem={acts.problem} />
        </div>
      )}
      <p className="panel-note small dim">Jellyfin and Emby know no e-mail. These are kept by Usher. {unverified && !superadmin && 'Attesting one needs the role superadmin. FORBIDDEN'}</p>
      {attesting && <AttestDialog person={person} email={attesting} onClose={() => setAttesting(null)} />}
    </section>
  );
}
