import { ConsoleCancelActivityDocument, ConsoleServerBackupsDocument, ConsoleServerTasksDocument, ConsoleStartServerTaskDocument, ConsoleTriggerBackupDocument, type ConsoleServerTasksQuery } from '@usher/api-client';
import { Archive, CalendarClock, Play, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useClient, useQuery } from 'urql';
import { EmptyState, ProblemNote } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { duration } from '../../format/units.js';
import { useRepeat } from '../../live/use-repeat.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { bytes } from '../libraries/plan-words.js';
import { whyNoChange } from './capability-words.js';
import { Confirm, ReadPanel, Reasons, Unknown, useMayRead, useOrder } from './detail-parts.js';
import type { ServerDetail } from './server-page.js';
import { WorkPanel } from './work-panel.js';

type Task = ConsoleServerTasksQuery['serverTasks'][number];
const EVERY_MS = 10_000;
const RESULTS = { COMPLETED: 'done', FAILED: 'failed', CANCELLED: 'canceled', ABORTED: 'broken off', UNKNOWN: 'unknown' } as const;

interface RowProps {
  task: Task;
  off: { start: string | null; cancel: string | null };
  onStart(task: Task): void;
  onCancel(task: Task): void;
}

function TaskRow({ task, off, onStart, onCancel }: RowProps): ReactNode {
  const { state, progressPercent: percent, lastResult } = task;
  const idle = state === 'IDLE';
  return (
    <tr>
      <td>
        <span className="strong block">{task.name}</span>
        <span className="small dim block">{task.category}</span>
      </td>
      <td className="task-state">
        {idle ? (
          <span className="dim">idle</span>
        ) : (
          <span className="task-progress">
            <span>{state === 'RUNNING' ? 'running' : 'ending'}</span>
            <span className="meter" aria-hidden>
              <span className="fill-neutral" style={{ transform: `scaleX(${(percent ?? 0) / 100})` }} />
            </span>
            <span className="num">{percent === null ? <Unknown /> : `${Math.round(percent)} %`}</span>
          </span>
        )}
      </td>
      <td>
        {lastResult === null ? <Unknown /> : <span className={lastResult === 'FAILED' || lastResult === 'ABORTED' ? 'text-danger' : 'dim'}>{RESULTS[lastResult]}</span>}
        {task.lastEndedAt !== null && (
          <span className="small dim block">
            <Age atMs={Date.parse(task.lastEndedAt)} suffix=" ago" />
            {task.lastDurationMs !== null && `, took ${duration(task.lastDurationMs)}`}
          </span>
        )}
      </td>
      <td className="num">
        {idle ? (
          <button type="button" className="button small" aria-disabled={off.start !== null || !task.canStart || undefined} onClick={off.start !== null || !task.canStart ? undefined : () => onStart(task)}>
            <Play size={12} aria-hidden />
            Start<span className="sr-only"> {task.name}</span>
          </button>
        ) : (
          <button type="button" className="button small" aria-disabled={off.cancel !== null || !task.canCancel || undefined} onClick={off.cancel !== null || !task.canCancel ? undefined : () => onCancel(task)}>
            <X size={12} aria-hidden />
            Cancel<span className="sr-only"> {task.name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

function Tasks({ server }: { server: FleetServer }): ReactNode {
  const client = useClient();
  const order = useOrder();
  const operator = useRole('OPERATOR');
  const mayRead = useMayRead(server, 'tasks.list', false);
  const [{ data, error }, read] = useQuery({ query: ConsoleServerTasksDocument, variables: { serverId: server.id }, pause: !mayRead, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  useRepeat(() => mayRead && reread(), EVERY_MS);
  const [canceled, setCanceled] = useState<Task | null>(null);
  const tasks = data?.serverTasks.toSorted((a, b) => Number(a.state === 'IDLE') - Number(b.state === 'IDLE') || a.name.localeCompare(b.name));
  const running = tasks?.filter(({ state }) => state !== 'IDLE').length ?? 0;
  const off = {
    start: whyNoChange(server, { capability: 'tasks.start', what: 'be told to start a task', allowed: operator }),
    cancel: whyNoChange(server, { capability: 'activities.cancel', what: 'end running work', allowed: operator }),
  };
  const start = (task: Task) => void order.send((idempotencyKey) => client.mutation(ConsoleStartServerTaskDocument, { input: { serverId: server.id, taskId: task.vendorId, idempotencyKey } }).toPromise()).then(reread);
  const cancel = async (task: Task) => {
    if (!(await order.send((idempotencyKey) => client.mutation(ConsoleCancelActivityDocument, { input: { id: `${server.id}:${task.vendorId}`, idempotencyKey } }).toPromise()))) return;
    setCanceled(null);
    reread();
  };
  return (
    <ReadPanel title="Scheduled tasks" note={tasks && `${tasks.length}, ${running} running`} server={server} needs={{ capability: 'tasks.list', what: 'list its tasks' }} ready={!!tasks} error={error} onRetry={reread}>
      {order.problem && !canceled && (
        <div className="panel-body">
          <ProblemNote problem={order.problem} />
        </div>
      )}
      {tasks?.length === 0 ? (
        <EmptyState icon={CalendarClock} title="No tasks">
          {server.alias} has no tasks of its own.
        </EmptyState>
      ) : (
        <table className="table detail-table stacked">
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col">Now</th>
              <th scope="col">Last time</th>
              <th scope="col"><span className="sr-only">Action</span></th>
            </tr>
          </thead>
          <tbody>
            {tasks?.map((task) => (
              <TaskRow key={task.vendorId} task={task} off={off} onStart={start} onCancel={setCanceled} />
            ))}
          </tbody>
        </table>
      )}
      <Reasons reasons={[off.start, off.cancel]} />
      {canceled && (
        <Confirm title={`Cancel “${canceled.name}”?`} verb="Cancel task" no="Let it run" danger order={order} onClose={() => setCanceled(null)} onSubmit={() => void cancel(canceled)}>
          <p className="dim">{server.alias} is told to end it now. What is done already stays.</p>
        </Confirm>
      )}
    </ReadPanel>
  );
}

function Backups({ server }: { server: FleetServer }): ReactNode {
  const client = useClient();
  const order = useOrder();
  const operator = useRole('OPERATOR');
  const mayRead = useMayRead(server, 'backup.list', false);
  const [{ data, error }, read] = useQuery({ query: ConsoleServerBackupsDocument, variables: { serverId: server.id }, pause: !mayRead, requestPolicy: 'cache-and-network' });
  const [asks, setAsks] = useState(false);
  const [taken, setTaken] = useState(false);
  const off = whyNoChange(server, { capability: 'backup.trigger', what: 'be told to make a backup', allowed: operator });
  const trigger = async () => {
    if (!(await order.send((idempotencyKey) => client.mutation(ConsoleTriggerBackupDocument, { input: { serverId: server.id, idempotencyKey } }).toPromise()))) return;
    setAsks(false);
    setTaken(true);
    read({ requestPolicy: 'network-only' });
  };
  const button = (
    <button type="button" className="button small" aria-disabled={off !== null || undefined} onClick={off === null ? () => setAsks(true) : undefined}>
      <Archive size={13} aria-hidden />
      Make a backup…
    </button>
  );
  return (
    <ReadPanel title="Backups" note="of the server’s own settings and database" aside={button} server={server} needs={{ capability: 'backup.list', what: 'list backups' }} ready={!!data} error={error} onRetry={() => read({ requestPolicy: 'network-only' })}>
      {data?.serverBackups.length === 0 && (
        <EmptyState icon={Archive} title="No backup yet">
          {server.alias} knows of none.
        </EmptyState>
      )}
      {data && data.serverBackups.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Backup</th>
              <th scope="col">Version</th>
              <th scope="col" className="num">Size</th>
              <th scope="col" className="num">Made</th>
            </tr>
          </thead>
          <tbody>
            {data.serverBackups.map((backup) => (
              <tr key={backup.name}>
                <td className="wrap-any">{backup.name}</td>
                <td className="dim">{backup.serverVersion ?? <Unknown />}</td>
                <td className="num dim">{backup.sizeBytes === null ? <Unknown /> : bytes(backup.sizeBytes)}</td>
                <td className="num dim"><Age atMs={backup.at === null ? null : Date.parse(backup.at)} suffix=" ago" /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Reasons reasons={[off]} />
      {taken && <p className="small panel-body" role="status">{server.alias} took the order. The backup shows here when it is made.</p>}
      {asks && (
        <Confirm title={`Make a backup on ${server.alias}?`} verb="Make a backup" no="Not now" order={order} onClose={() => setAsks(false)} onSubmit={() => void trigger()}>
          <p className="dim">{server.alias} writes it to its own backup folder. While it works the server may answer slowly.</p>
        </Confirm>
      )}
    </ReadPanel>
  );
}

/** What the server does by its own timetable, what runs now, and its backups. */
export function TasksTab({ server, detail }: { server: FleetServer; detail: ServerDetail }): ReactNode {
  return (
    <div className="server-columns">
      <div className="stack-panels">
        <Tasks server={server} />
        <Backups server={server} />
      </div>
      <div className="stack-panels">
        <WorkPanel server={server} detail={detail} />
      </div>
    </div>
  );
}
