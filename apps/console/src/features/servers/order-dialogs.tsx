import { Link } from '@tanstack/react-router';
import type { RefreshMode } from '@usher/api-client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { plural } from '../../format/units.js';
import { useSnapshot } from '../../live/live-context.js';
import { sumsOf } from '../../live/totals.js';
import type { FleetServer } from '../../live/live-types.js';
import type { ServerDetail } from './server-page.js';
import { useOrders } from './use-orders.js';

type Libraries = ServerDetail['libraries'];

interface OrderDialogProps {
  server: FleetServer;
  onClose(): void;
  /** The media server took the order; what it was, in words. */
  onTaken(what: string): void;
}

function Foot({ verb, off, onClose, danger = false }: { verb: string; off: boolean; onClose(): void; danger?: boolean }): ReactNode {
  return (
    <div className="inline form-foot">
      <button type="button" className="button push" onClick={onClose}>
        Cancel
      </button>
      <button type="submit" className={`button ${danger ? 'destroy' : 'primary'}`} aria-disabled={off || undefined}>
        {verb}
      </button>
    </div>
  );
}

function LibrarySelect({ libraries, value, all, onValue }: { libraries: Libraries; value: string; all: boolean; onValue(value: string): void }): ReactNode {
  return (
    <div className="field">
      <label className="label" htmlFor="order-library">
        Library
      </label>
      <select id="order-library" className="input" data-autofocus value={value} onChange={(event) => onValue(event.target.value)}>
        {all && <option value="">All libraries</option>}
        {libraries.map(({ vendorId, name }) => (
          <option key={vendorId} value={vendorId}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

const nameOf = (libraries: Libraries, id: string): string => libraries.find(({ vendorId }) => vendorId === id)?.name ?? 'all libraries';

export function ScanDialog({ server, libraries, onClose, onTaken }: OrderDialogProps & { libraries: Libraries }): ReactNode {
  const orders = useOrders();
  const [libraryId, setLibraryId] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await orders.scan(server.id, libraryId || null))) return;
    onTaken(`Scan of ${nameOf(libraries, libraryId)}`);
    onClose();
  };
  return (
    <Dialog title={`Scan ${server.alias}?`} width={440} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p className="dim">{server.alias} looks for new, changed and missing files. A scan reads many disks; people who watch there may notice it.</p>
        <LibrarySelect libraries={libraries} value={libraryId} all onValue={setLibraryId} />
        {orders.problem && <ProblemNote problem={orders.problem} />}
        <Foot verb="Start scan" off={orders.busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

const MODES: readonly (readonly [RefreshMode, string, string])[] = [
  ['MISSING', 'Only what is missing', 'Titles without metadata or pictures are looked up.'],
  ['FULL', 'Everything again', 'All titles are looked up; what was edited by hand and is not locked may be lost.'],
];

export function RefreshDialog({ server, libraries, onClose, onTaken }: OrderDialogProps & { libraries: Libraries }): ReactNode {
  const orders = useOrders();
  const [libraryId, setLibraryId] = useState(libraries[0]?.vendorId ?? '');
  const [mode, setMode] = useState<RefreshMode>('MISSING');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!libraryId || !(await orders.refresh(server.id, libraryId, mode))) return;
    onTaken(`Refresh of ${nameOf(libraries, libraryId)}`);
    onClose();
  };
  return (
    <Dialog title={`Refresh metadata on ${server.alias}?`} width={440} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        {libraries.length === 0 ? <p className="dim">No library of {server.alias} is known yet.</p> : <LibrarySelect libraries={libraries} value={libraryId} all={false} onValue={setLibraryId} />}
        <fieldset className="choices stack tight">
          <legend className="label">What</legend>
          {MODES.map(([value, word, why]) => (
            <label key={value} className="choice">
              <input type="radio" name="mode" checked={mode === value} onChange={() => setMode(value)} />
              <span>
                {word}
                <span className="small dim block">{why}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {orders.problem && <ProblemNote problem={orders.problem} />}
        <Foot verb="Start refresh" off={orders.busy || !libraryId} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** Everybody who watches there is cut off, so it is said how many, and the alias has to be typed. */
export function RestartDialog({ server, onClose, onTaken }: OrderDialogProps): ReactNode {
  const orders = useOrders();
  const { streams } = sumsOf(useSnapshot(server.id));
  const [typed, setTyped] = useState('');
  const matches = typed.trim() === server.alias;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!matches || !(await orders.restart(server.id, typed.trim()))) return;
    onTaken('Restart');
    onClose();
  };
  return (
    <Dialog title={`Restart ${server.alias}?`} width={440} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p className={streams > 0 ? 'callout warning' : 'dim'}>
          {streams > 0 ? `${plural(streams, 'stream')} ${streams === 1 ? 'is' : 'are'} cut off. ` : 'Nobody watches there now. '}
          {streams > 0 && (
            <Link to="/notices" className="link">
              Tell the viewers first
            </Link>
          )}
        </p>
        <p className="dim">The media server ends and starts again; that takes seconds to minutes, and its row here says when it is back.</p>
        <Field label={`Type ${server.alias} to confirm`} value={typed} onValue={setTyped} autoComplete="off" data-autofocus />
        {orders.problem && <ProblemNote problem={orders.problem} />}
        <Foot verb="Restart server" off={!matches || orders.busy} onClose={onClose} danger />
      </form>
    </Dialog>
  );
}
