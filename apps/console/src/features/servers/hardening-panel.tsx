import type { ConsoleHardeningEntryFragment } from '@usher/api-client';
import { ChevronRight, CircleHelp, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { absolute, day, plural } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { AcceptDialog, RevokeDialog } from './hardening-dialogs.js';

export type HardeningEntry = ConsoleHardeningEntryFragment;

const STATE_WORDS: Readonly<Record<string, string>> = { found: 'found', 'by-version': 'by version', 'cannot-be-seen': 'cannot be seen' };

/** That somebody had accepted it, and why that does not count any more. */
function Lapsed({ acceptance }: { acceptance: NonNullable<HardeningEntry['acceptance']> }): ReactNode {
  const { lapsed, acceptedBy, acceptedAt, until, evidence } = acceptance;
  return (
    <p className="small text-warning">
      {acceptedBy} accepted this <time title={absolute(Date.parse(acceptedAt))}>{day(Date.parse(acceptedAt))}</time>
      {lapsed === 'CHANGED' ? `, and it changed since. It said: ${evidence}` : `, until ${until ? day(Date.parse(until)) : 'it was revoked'}.`}
    </p>
  );
}

function Open({ entry, onAccept }: { entry: HardeningEntry; onAccept(): void }): ReactNode {
  const hidden = entry.state === 'cannot-be-seen';
  return (
    <li>
      {hidden ? <CircleHelp size={15} className="faint" aria-hidden /> : <ShieldAlert size={15} className={entry.state === 'found' ? 'text-warning' : 'faint'} aria-hidden />}
      <div>
        <div>{entry.evidence}</div>
        <div className="small dim">{entry.advice}</div>
        {entry.acceptance && <Lapsed acceptance={entry.acceptance} />}
        <code className="faint">{entry.code}</code>
      </div>
      <span className="push hardening-side">
        <span className="small dim">{STATE_WORDS[entry.state] ?? entry.state}</span>
        {!hidden && (
          <button type="button" className="button small" onClick={onAccept}>
            Accept…<span className="sr-only"> {entry.code}</span>
          </button>
        )}
      </span>
    </li>
  );
}

function Accepted({ entry, onRevoke }: { entry: HardeningEntry; onRevoke(): void }): ReactNode {
  const { reason, acceptedBy, acceptedAt, until } = entry.acceptance!;
  return (
    <li>
      <ShieldCheck size={15} className="faint" aria-hidden />
      <div>
        <div className="wrap-any">{reason}</div>
        <div className="small dim">
          {acceptedBy}, <time title={absolute(Date.parse(acceptedAt))}>{day(Date.parse(acceptedAt))}</time>
          {until ? ` · until ${day(Date.parse(until))}` : ' · until it is revoked'}
        </div>
        <div className="small dim">{entry.evidence}</div>
        <code className="faint">{entry.code}</code>
      </div>
      <span className="push hardening-side">
        <span className="small dim">{STATE_WORDS[entry.state] ?? entry.state}</span>
        <button type="button" className="button small" onClick={onRevoke}>
          Revoke…<span className="sr-only"> {entry.code}</span>
        </button>
      </span>
    </li>
  );
}

/** What the server leaves open by itself; below it, folded, what somebody accepted. Only operators get entries at all. */
export function HardeningPanel({ server, entries }: { server: FleetServer; entries: readonly HardeningEntry[] }): ReactNode {
  const [asked, setAsked] = useState<{ act: 'accept' | 'revoke'; entry: HardeningEntry } | null>(null);
  const [shown, setShown] = useState(false);
  if (entries.length === 0) return null;
  const open = entries.filter(({ accepted }) => !accepted);
  const accepted = entries.filter((entry) => entry.accepted);
  const close = () => setAsked(null);
  return (
    <section className="panel hardening-panel" aria-labelledby="hardening-head">
      <div className="panel-head">
        <h2 id="hardening-head">Hardening</h2>
        <span className="small dim">{open.length > 0 ? 'what this server leaves open by itself' : 'all that is known to be open is accepted'}</span>
      </div>
      {open.length > 0 && (
        <ul className="hardening">
          {open.map((entry) => (
            <Open key={entry.code} entry={entry} onAccept={() => setAsked({ act: 'accept', entry })} />
          ))}
        </ul>
      )}
      {accepted.length > 0 && (
        <div className="hardening-accepted">
          <button type="button" className="fold-button" aria-expanded={shown} aria-controls="hardening-accepted" onClick={() => setShown(!shown)}>
            <ChevronRight size={14} className={shown ? 'turned' : undefined} aria-hidden />
            {plural(accepted.length, 'accepted entry', 'accepted entries')}
          </button>
          <ul className="hardening" id="hardening-accepted" hidden={!shown}>
            {accepted.map((entry) => (
              <Accepted key={entry.code} entry={entry} onRevoke={() => setAsked({ act: 'revoke', entry })} />
            ))}
          </ul>
        </div>
      )}
      {asked?.act === 'accept' && <AcceptDialog server={server} entry={asked.entry} onClose={close} />}
      {asked?.act === 'revoke' && <RevokeDialog server={server} entry={asked.entry} onClose={close} />}
    </section>
  );
}
