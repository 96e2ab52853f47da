import { ConsoleReplayPlacementDocument } from '@usher/api-client';
import { Ban, CircleCheck } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf } from '../../api/problem.js';
import { CopyButton } from '../../components/copy-button.js';
import { MarkIcon, VendorGlyph } from '../../components/glyphs.js';
import { Poster } from '../../components/poster.js';
import { MARK_WORDS } from '../../format/media.js';
import { age, mbps, plural } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { LoadBar } from './load-bar.js';
import { adjustmentWords, decidedWords, headline, PLANNED_MARKS, reasonWords, share, verdictWords, type Candidate, type PlacementRow } from './routing-words.js';

type ById = ReadonlyMap<string, FleetServer>;
const seconds = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

function Delivers({ candidate }: { candidate: Candidate }): ReactNode {
  if (!candidate.delivery) return <span className="faint">–</span>;
  const mark = PLANNED_MARKS[candidate.delivery];
  const smaller = candidate.targetHeight ? `${candidate.targetHeight}p, ` : '';
  return (
    <>
      <span className={`badge delivery text-${mark}`}>
        <MarkIcon mark={mark} size={12} />
        {MARK_WORDS[mark]}
        {mark === 'transcode' && <span className="badge-suffix">{candidate.hardware ? 'HW' : 'SW'}</span>}
      </span>
      <span className="small dim block">
        {smaller}
        <span className="nowrap">{mbps(candidate.bitRateKbps)} Mbps,</span> <span className="nowrap">c {share(candidate.cost)}</span>
      </span>
    </>
  );
}

function Parts({ candidate }: { candidate: Candidate }): ReactNode {
  const unsure = [...candidate.assumed.map((name) => `${name} assumed`), ...candidate.unknownParts.map((name) => `${name} not known`)];
  return (
    <>
      {candidate.parts.map(({ part, now, after, reserved }) => {
        const decides = part === candidate.deciding;
        return (
          <div key={part} className={`load-part small ${decides ? 'decides' : ''}`}>
            <span className={decides ? '' : 'dim'}>{part}</span>
            <LoadBar now={now} reserved={reserved} after={after} gate={candidate.gate} />
            <span className="num dim">
              {share(now)} → <span className={decides ? (after > candidate.gate ? 'part-over' : 'part-decides') : ''}>{share(after)}</span>
            </span>
          </div>
        );
      })}
      {unsure.length > 0 && <span className="small faint block">{unsure.join(', ')}</span>}
    </>
  );
}

function Verdict({ candidate }: { candidate: Candidate }): ReactNode {
  const told = candidate.sentence.includes('Adjusted: ');
  const adjusted = told ? '' : adjustmentWords(candidate.adjustments);
  return (
    <>
      {candidate.chosen && (
        <span className="inline accent strong">
          <CircleCheck size={14} aria-hidden />
          Chosen
        </span>
      )}
      {!candidate.chosen && candidate.reason && (
        <span className={`inline strong ${candidate.eligible ? '' : 'text-danger'}`}>
          {!candidate.eligible && <Ban size={14} aria-hidden />}
          {reasonWords(candidate.reason)}
        </span>
      )}
      <span className="small dim block">{verdictWords(candidate.sentence)}</span>
      {adjusted && <span className="small faint block">{adjusted}</span>}
      {candidate.code && <code className="text-danger">{candidate.code}</code>}
    </>
  );
}

function Row({ candidate, server }: { candidate: Candidate; server: FleetServer | undefined }): ReactNode {
  const name = (
    <span className="inline">
      {server && <VendorGlyph kind={server.kind} />}
      <span className={candidate.parts.length > 0 ? 'strong clip' : 'clip'}>{server?.alias ?? 'removed server'}</span>
    </span>
  );
  if (candidate.parts.length === 0) {
    return (
      <tr className="candidate-out">
        <td>{name}</td>
        <td className="dim">{reasonWords(candidate.reason)}</td>
        <td className="dim" colSpan={2}>
          {candidate.sentence}
        </td>
        <td>
          <code className="dim">{candidate.reason}</code>
        </td>
      </tr>
    );
  }
  return (
    <tr className={candidate.chosen ? 'chosen' : undefined}>
      <td>
        {name}
        {candidate.loadAgeMs !== null && <span className="small dim block">load {age(candidate.loadAgeMs)} old</span>}
      </td>
      <td>
        <Delivers candidate={candidate} />
      </td>
      <td>
        <Parts candidate={candidate} />
      </td>
      <td className={`num ${candidate.chosen ? 'strong' : 'dim'}`}>{candidate.rank === null ? '–' : share(candidate.rank)}</td>
      <td>
        <Verdict candidate={candidate} />
      </td>
    </tr>
  );
}

/** Every server that was looked at: what it would deliver, its load before and after, or why it was not taken. */
export function Candidates({ placement, byId }: { placement: PlacementRow; byId: ById }): ReactNode {
  const eligible = placement.candidates.filter((candidate) => candidate.eligible).length;
  const gate = placement.candidates.find(({ parts }) => parts.length > 0)?.gate;
  return (
    <>
      <div className="candidates-legend small">
        <span className="dim">
          {plural(placement.candidates.length, 'server')}: {eligible} eligible, {placement.candidates.length - eligible} not
        </span>
        <span className="legend">
          <span>
            <i className="key-now" aria-hidden /> now
          </span>
          <span>
            <i className="key-reserved" aria-hidden /> reserved
          </span>
          <span>
            <i className="key-this" aria-hidden /> this playback
          </span>
          {gate !== undefined && (
            <span>
              <i className="key-gate" aria-hidden /> gate {share(gate)}
            </span>
          )}
        </span>
      </div>
      <table className="table candidates">
        <thead>
          <tr>
            <th scope="col">Candidate</th>
            <th scope="col">Would deliver</th>
            <th scope="col">Load now → with this playback</th>
            <th scope="col" className="num">Rank</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {placement.candidates.map((candidate) => (
            <Row key={candidate.serverId} candidate={candidate} server={byId.get(candidate.serverId)} />
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Decides the stored inputs again and says whether the outcome is the same. */
function Replay({ id, byId }: { id: string; byId: ById }): ReactNode {
  const client = useClient();
  const [outcome, setOutcome] = useState('');
  const replay = async () => {
    const { data, error } = await client.query(ConsoleReplayPlacementDocument, { id }, { requestPolicy: 'network-only' }).toPromise();
    const name = (serverId: string | null | undefined) => (serverId ? (byId.get(serverId)?.alias ?? 'a removed server') : 'no server');
    if (data) setOutcome(data.replayPlacement.same ? 'The same again.' : `Now it would be ${name(data.replayPlacement.serverId)}, not ${name(data.replayPlacement.storedServerId)}.`);
    if (error) setOutcome(problemOf(error).message);
  };
  return (
    <>
      <span role="status" className="small dim">
        {outcome}
      </span>
      <button type="button" className="button small" onClick={() => void replay()}>
        Replay
      </button>
    </>
  );
}

/** One decision and why: the sentence, then every server. */
export function Decision({ placement, byId }: { placement: PlacementRow; byId: ById }): ReactNode {
  const alias = placement.serverId ? (byId.get(placement.serverId)?.alias ?? 'a removed server') : null;
  const facts = [
    seconds.format(Date.parse(placement.at)),
    decidedWords(placement),
    placement.queuedMs > 0 ? `waited ${age(placement.queuedMs)}` : '',
    placement.confirmedMs !== null && alias ? `confirmed by ${alias} in ${Math.round(placement.confirmedMs)} ms` : '',
    `${placement.client}, ${placement.network}`,
  ];
  return (
    <section className="panel decision" aria-label="Decision">
      <div className="decision-head">
        <Poster item={{ title: placement.title, seriesTitle: null }} large />
        <div className="decision-what">
          <div className="small dim decision-facts">
            <code>{placement.id.slice(-8)}</code>
            <CopyButton text={placement.id} label="Copy the id of this decision" />
            {facts.filter(Boolean).map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </div>
          <h2 className={placement.verdict === 'REFUSED' ? 'text-danger' : ''}>{headline(placement, alias)}</h2>
          <p className="dim">
            {placement.sentence} {placement.code && <code className="text-danger">{placement.code}</code>}
          </p>
        </div>
        {placement.kind !== 'SIMULATE' && (
          <div className="inline decision-actions">
            <Replay key={placement.id} id={placement.id} byId={byId} />
          </div>
        )}
      </div>
      <Candidates placement={placement} byId={byId} />
    </section>
  );
}
