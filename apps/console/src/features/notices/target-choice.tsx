import type { ReactNode } from 'react';
import { VendorGlyph } from '../../components/glyphs.js';
import { mainTitle } from '../../format/media.js';
import { useSnapshots } from '../../live/live-context.js';
import { playing } from '../../live/totals.js';
import type { FleetServer } from '../../live/live-types.js';
import type { NoticeDraft, TargetKind } from './notice-draft.js';

const KINDS: readonly (readonly [TargetKind, string])[] = [
  ['linked', 'Whole fleet'],
  ['servers', 'Servers'],
  ['sessions', 'Sessions'],
];

const toggled = (ids: readonly string[], id: string): string[] => (ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]);

function Sessions({ servers, chosen, onChange }: { servers: readonly FleetServer[]; chosen: readonly string[]; onChange(ids: string[]): void }): ReactNode {
  const snapshots = useSnapshots();
  const rows = servers.flatMap((server) => playing(snapshots.get(server.id)).map((session) => ({ server, session })));
  if (rows.length === 0) return <p className="small dim">Nobody watches anything now.</p>;
  return (
    <div className="session-choices" role="group" aria-label="Sessions" tabIndex={0}>
      {rows.map(({ server, session }) => (
        <label key={session.id} className="choice">
          <input type="checkbox" checked={chosen.includes(session.id)} onChange={() => onChange(toggled(chosen, session.id))} />
          <span className="clip">
            {session.userName ?? 'Unknown viewer'}, {session.item && mainTitle(session.item)}{' '}
            <span className="small dim">
              {server.alias}, {session.deviceName}
              {!session.controls.message && ', cannot show text'}
            </span>
          </span>
        </label>
      ))}
    </div>
  );
}

interface TargetChoiceProps {
  draft: NoticeDraft;
  servers: readonly FleetServer[];
  error: string | undefined;
  onDraft(change: Partial<NoticeDraft>): void;
}

/** Who gets the notice: the whole fleet, some servers, or some sessions. */
export function TargetChoice({ draft, servers, error, onDraft }: TargetChoiceProps): ReactNode {
  const linked = servers.filter(({ role }) => role !== 'UNLINKED');
  const left = servers.length - linked.length;
  return (
    <fieldset className="field choices" aria-describedby={error ? 'targets-error' : undefined}>
      <legend className="label">To</legend>
      <div className="inline">
        <span className="segmented">
          {KINDS.map(([kind, word]) => (
            <label key={kind}>
              <input type="radio" name="targets" checked={draft.kind === kind} onChange={() => onDraft({ kind })} />
              {word}
            </label>
          ))}
        </span>
        {draft.kind === 'servers' && (
          <button type="button" className="button small quiet push" onClick={() => onDraft({ serverIds: servers.map(({ id }) => id) })}>
            All {servers.length}
          </button>
        )}
      </div>
      {draft.kind === 'linked' && (
        <p className="hint">
          The primary server and all linked ones, {linked.length} in all.{left > 0 && ` ${left} not linked ${left === 1 ? 'is' : 'are'} left out.`}
        </p>
      )}
      {draft.kind === 'servers' && (
        <div className="server-chips">
          {servers.map((server) => (
            <label key={server.id} className="server-chip">
              <input type="checkbox" className="sr-only" checked={draft.serverIds.includes(server.id)} onChange={() => onDraft({ serverIds: toggled(draft.serverIds, server.id) })} />
              <VendorGlyph kind={server.kind} size={14} />
              {server.alias}
            </label>
          ))}
        </div>
      )}
      {draft.kind === 'sessions' && <Sessions servers={servers} chosen={draft.sessionIds} onChange={(sessionIds) => onDraft({ sessionIds })} />}
      {error && (
        <span className="field-error" id="targets-error">
          {error}
        </span>
      )}
    </fieldset>
  );
}
