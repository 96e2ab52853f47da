import { ConsoleAcceptHardeningDocument, ConsoleRevokeHardeningDocument } from '@usher/api-client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useMutation } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { useLive } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import type { HardeningEntry } from './hardening-panel.js';

interface HardeningDialogProps {
  server: FleetServer;
  entry: HardeningEntry;
  onClose(): void;
}

const DAY_MS = 86_400_000;
const LEAST_REASON = 3;
const MOST_REASON = 500;
const ENDS = [['', 'I revoke it'], ['30', '30 days from now'], ['90', '90 days from now'], ['365', 'a year from now']] as const;

function Foot({ verb, off, onClose }: { verb: string; off: boolean; onClose(): void }): ReactNode {
  return (
    <div className="inline form-foot">
      <button type="button" className="button push" onClick={onClose}>
        Cancel
      </button>
      <button type="submit" className="button primary" aria-disabled={off || undefined}>
        {verb}
      </button>
    </div>
  );
}

/** Asks why an entry may stay open, and for how long. What is accepted is exactly what is shown. */
export function AcceptDialog({ server, entry, onClose }: HardeningDialogProps): ReactNode {
  const { store } = useLive();
  const [{ fetching, error }, accept] = useMutation(ConsoleAcceptHardeningDocument);
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [reason, setReason] = useState('');
  const [days, setDays] = useState('');
  const ready = reason.trim().length >= LEAST_REASON && !fetching;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    const until = days ? new Date(store.clock.now() + Number(days) * DAY_MS).toISOString() : null;
    const { data } = await accept({ input: { serverId: server.id, code: entry.code, evidence: entry.evidence, reason: reason.trim(), until, idempotencyKey } });
    if (data) onClose();
  };
  return (
    <Dialog title={`Accept this on ${server.alias}?`} width={460} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p>{entry.evidence}</p>
        <p className="dim">It stays open on the media server and is not shown among what is open any more. When it says something else than this, it is open again.</p>
        <Field label="Reason, kept with your name in the audit log" value={reason} maxLength={MOST_REASON} autoComplete="off" onValue={setReason} hint={`${LEAST_REASON} to ${MOST_REASON} characters`} data-autofocus />
        <div className="field">
          <label className="label" htmlFor="accept-until">
            Until
          </label>
          <select id="accept-until" className="input" value={days} onChange={(event) => setDays(event.target.value)}>
            {ENDS.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        </div>
        {error && <ProblemNote problem={problemOf(error)} />}
        <Foot verb="Accept" off={!ready} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** Takes an acceptance back: the entry is open again. */
export function RevokeDialog({ server, entry, onClose }: HardeningDialogProps): ReactNode {
  const [{ fetching, error }, revoke] = useMutation(ConsoleRevokeHardeningDocument);
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [reason, setReason] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (fetching) return;
    const { data } = await revoke({ input: { serverId: server.id, code: entry.code, reason: reason.trim() || null, idempotencyKey } });
    if (data) onClose();
  };
  return (
    <Dialog title={`Open this again on ${server.alias}?`} width={460} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p>{entry.evidence}</p>
        <p className="dim">
          {entry.acceptance?.acceptedBy} accepted it: {entry.acceptance?.reason}
        </p>
        <Field label="Reason, kept in the audit log" value={reason} maxLength={MOST_REASON} autoComplete="off" onValue={setReason} hint="may stay empty" data-autofocus />
        {error && <ProblemNote problem={problemOf(error)} />}
        <Foot verb="Revoke" off={fetching} onClose={onClose} />
      </form>
    </Dialog>
  );
}
