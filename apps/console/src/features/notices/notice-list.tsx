import { ConsoleCancelNoticeDocument } from '@usher/api-client';
import { useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { ProblemNote } from '../../components/state-view.js';
import { absolute, moment } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { countWords, isOver, type NoticeRow } from './notice-draft.js';

type Delivery = NoticeRow['deliveries'][number];
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

const STATES: Readonly<Record<Exclude<Delivery['state'], 'ANSWERED'>, { word: string; tone: string }>> = {
  WAITING: { word: 'waiting', tone: 'text-warning' },
  PLANNED: { word: 'planned', tone: 'dim' },
  EXPIRED: { word: 'expired', tone: 'text-danger' },
  REFUSED: { word: 'refused', tone: 'text-danger' },
  CANCELED: { word: 'canceled', tone: 'dim' },
};

/** Codes that are no failure: the words beside them say all. */
const PLAIN_CODES: readonly string[] = ['NOBODY', 'CAPABILITY_MISSING'];

function DeliveryLine({ delivery, server }: { delivery: Delivery; server: FleetServer | undefined }): ReactNode {
  const answered = delivery.state === 'ANSWERED';
  // A server that shows no texts at all: nothing failed and nothing is to be done.
  const cannot = delivery.state === 'REFUSED' && delivery.code === 'CAPABILITY_MISSING';
  const counted = answered || delivery.sent + delivery.unsupported + delivery.failed > 0;
  const figure = (value: number, tone = '') => (counted ? <span className={value === 0 ? 'dim' : tone || 'strong'}>{value}</span> : <span className="faint">–</span>);
  return (
    <tr>
      <td data-cell="server">
        <span className="inline">
          <VendorGlyph kind={server?.kind ?? null} />
          <span className="clip">{delivery.serverAlias}</span>
        </span>
      </td>
      <td className="num" data-label="Sent">{figure(delivery.sent)}</td>
      <td className="num" data-label="Unsupported">{figure(delivery.unsupported)}</td>
      <td className="num" data-label="Failed">{figure(delivery.failed, 'text-danger strong')}</td>
      <td className="num" data-label="Answered">
        {delivery.state !== 'ANSWERED' && (cannot ? <span className="dim">not sent</span> : <span className={STATES[delivery.state].tone}>{STATES[delivery.state].word}</span>)}
        {answered && delivery.answeredAt && <span title={absolute(Date.parse(delivery.answeredAt))}>{clock.format(Date.parse(delivery.answeredAt))}</span>}
      </td>
      <td className="num dim" data-label="Took">{delivery.tookMs !== null ? `${(delivery.tookMs / 1_000).toFixed(1)} s` : delivery.tries > 1 ? `try ${delivery.tries}` : '–'}</td>
      <td className="dim" data-cell="reason">
        {delivery.reason ?? '–'} {delivery.code && !PLAIN_CODES.includes(delivery.code) && <code>{delivery.code}</code>}
      </td>
    </tr>
  );
}

function CancelButton({ notice, onChanged }: { notice: NoticeRow; onChanged(notice: NoticeRow): void }): ReactNode {
  const client = useClient();
  const operator = useRole('OPERATOR');
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const cancel = async () => {
    if (!operator || state.busy) return;
    setState({ busy: true, problem: null });
    const { data, error } = await client.mutation(ConsoleCancelNoticeDocument, { input: { id: notice.id } }).toPromise();
    setState({ busy: false, problem: error ? problemOf(error) : null });
    if (data) onChanged(data.cancelNotice);
  };
  return (
    <div className="notice-cancel">
      {state.problem && <ProblemNote problem={state.problem} />}
      <div className="inline">
        <span className="small dim push-right">{operator ? 'What a server took already cannot be called back.' : 'Canceling needs the role operator. FORBIDDEN'}</span>
        <button type="button" className="button small" aria-disabled={!operator || state.busy || undefined} onClick={() => void cancel()}>
          {notice.state === 'PLANNED' ? 'Cancel notice' : 'Stop trying'}
        </button>
      </div>
    </div>
  );
}

/** What became of one notice at every server, with the reason where not everybody was sent it. */
export function DeliveryTable({ notice, byId, onChanged }: { notice: NoticeRow; byId: ReadonlyMap<string, FleetServer>; onChanged(notice: NoticeRow): void }): ReactNode {
  const { counts } = notice;
  return (
    <div className="delivery">
      <p className="delivery-text">{notice.text}</p>
      <table className="table delivery-table">
        <thead>
          <tr>
            <th scope="col">Server</th>
            <th scope="col" className="num">Sent</th>
            <th scope="col" className="num">Unsupported</th>
            <th scope="col" className="num">Failed</th>
            <th scope="col" className="num">Answered</th>
            <th scope="col" className="num">Took</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          {notice.deliveries.map((delivery) => (
            <DeliveryLine key={delivery.serverId} delivery={delivery} server={byId.get(delivery.serverId)} />
          ))}
          <tr className="delivery-sum">
            <th scope="row" data-cell="server">
              In all
            </th>
            <td className="num" data-label="Sent">{counts.sent}</td>
            <td className="num" data-label="Unsupported">{counts.unsupported}</td>
            <td className={`num ${counts.failed > 0 ? 'text-danger' : ''}`} data-label="Failed">{counts.failed}</td>
            <td className="num" data-label="Waiting">{counts.waiting > 0 ? <span className="text-warning">{counts.waiting} waiting</span> : '–'}</td>
            <td />
            <td className="dim" data-cell="reason">
              {notice.canceledAt && `Canceled by ${notice.canceledBy ?? 'somebody'}.`}
            </td>
          </tr>
        </tbody>
      </table>
      {!isOver(notice.state) && <CancelButton key={notice.id} notice={notice} onChanged={onChanged} />}
    </div>
  );
}

/** One notice in the list: its first words, when and by whom, what became of it. */
export function NoticeEntry({ notice, chosen, onChoose }: { notice: NoticeRow; chosen: boolean; onChoose(): void }): ReactNode {
  const nowMs = useNow(60_000);
  const showMs = Date.parse(notice.showAt);
  return (
    <li>
      <button type="button" className="notice-row" aria-current={chosen || undefined} data-list-item onClick={onChoose}>
        <span className="strong clip block">{notice.text}</span>
        <span className="small dim block" title={absolute(showMs)}>
          {moment(showMs, nowMs)} · {notice.createdBy}
          {notice.minutesBefore !== null && ` · ${notice.minutesBefore === 0 ? 'at the start of a window' : `${notice.minutesBefore} min before a window`}`}
        </span>
        <span className="small block">{notice.state === 'PLANNED' ? 'planned' : notice.state === 'CANCELED' ? `canceled, ${countWords(notice.counts)}` : countWords(notice.counts)}</span>
      </button>
    </li>
  );
}
