import { ConsoleServerHostDocument, type ConsoleServerHostQuery } from '@usher/api-client';
import type { ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { Age } from '../../components/ticking.js';
import { mbps, plural } from '../../format/units.js';
import { useSnapshot } from '../../live/live-context.js';
import { sumsOf } from '../../live/totals.js';
import { useRepeat } from '../../live/use-repeat.js';
import type { FleetServer } from '../../live/live-types.js';
import { Sparkline } from '../efficiency/curve-chart.js';
import { samplesOf, type Curve } from '../efficiency/curve-lines.js';
import { bytes } from '../libraries/plan-words.js';

type Report = ConsoleServerHostQuery['serverHost'];
type Metrics = NonNullable<Report['metrics']>;

const EVERY_MS = 10_000;
const WHY_NOT = {
  NOT_BESIDE: 'No agent stands on the machine of this server, so its processor, memory and disks cannot be read. Run an agent beside it to see them.',
  PLATFORM: 'The agent’s own system does not tell figures of its machine.',
} as const;

const GPU_PROBLEMS = {
  TOOL_MISSING: 'not available: intel_gpu_top is not installed where the agent runs.',
  TOOL_REFUSED: 'not available: intel_gpu_top may not read the counters; it needs the capability PERFMON.',
  NOT_UNDERSTOOD: 'not known: intel_gpu_top wrote something that is not understood.',
} as const;

interface FigureProps {
  label: string;
  /** Right of the label. */
  of?: ReactNode;
  value: string | null;
  unit?: string | undefined;
  /** 0–100; null draws an empty bar, absent none. */
  share?: number | null;
  /** Where it becomes amber and red: a full disk is bad at another height than a busy processor. */
  limits?: readonly [warning: number, danger: number];
  /** The last 24 hours. */
  line?: ReactNode;
}

function Figure({ label, of, value, unit, share, line, limits: [warning, danger] = [70, 90] }: FigureProps): ReactNode {
  const fill = (used: number) => (used >= danger ? 'fill-danger' : used >= warning ? 'fill-warning' : 'fill-neutral');
  return (
    <div className="host-cell">
      <div className="small dim host-label">
        <span className="clip" title={label}>
          {label}
        </span>
        {of && (
          <span className="push clip" title={typeof of === 'string' ? of : undefined}>
            {of}
          </span>
        )}
      </div>
      <div className="host-figure">
        <div className="panel-figure">{value === null ? <span className="small faint">not reported</span> : <>{value} <span className="small">{unit}</span></>}</div>
        {line}
      </div>
      {share !== undefined && (
        <div className="meter" aria-hidden>
          {share !== null && <span className={fill(share)} style={{ transform: `scaleX(${Math.min(1, share / 100)})` }} />}
        </div>
      )}
    </div>
  );
}

const whole = (value: number | null): string | null => (value === null ? null : String(Math.round(value)));
/** `11.2` and `GiB`: no zeros that say nothing. */
const split = (value: number): { value: string; unit: string | undefined } => {
  const [figure = '', unit] = bytes(value).split(' ');
  return { value: String(Number(figure)), unit };
};
const size = (value: number): string => Object.values(split(value)).join(' ');

type Point = Curve['points'][number];

/** What one figure did in the last 24 hours, as far as the agent read it. */
function Line({ day, pick, most, words }: { day: Curve | null; pick: (point: Point) => number | null; most: number; words: string }): ReactNode {
  return day && most > 0 ? <Sparkline samples={samplesOf(day.points, pick)} most={most} label={`${words}, last 24 h`} /> : null;
}

/** The card that the agent reads for its curves is the first that tells its load. */
function Gpus({ gpus, day }: { gpus: Metrics['gpus']; day: Curve | null }): ReactNode {
  const read = gpus.findIndex((gpu) => (gpu.encoderPercent ?? gpu.busyPercent) !== null);
  if (gpus.length === 0) return <Figure label="GPU" value={null} />;
  return gpus.map((gpu, index) => {
    const busy = gpu.encoderPercent ?? gpu.busyPercent;
    return <Figure key={`${gpu.name} ${index}`} label={gpu.encoderPercent === null ? 'GPU' : 'Encoder'} of={gpu.name} value={whole(busy)} unit="%" share={busy} line={index === read && <Line day={day} pick={({ encoderPercent }) => encoderPercent} most={100} words={gpu.encoderPercent === null ? 'GPU' : 'Encoder'} />} />;
  });
}

function Machine({ metrics, day }: { metrics: Metrics; day: Curve | null }): ReactNode {
  const largest = metrics.disks.reduce((most, { totalBytes }) => Math.max(most, totalBytes), 0);
  const diskAt = metrics.disks.findIndex(({ totalBytes }) => totalBytes === largest);
  const memory = (metrics.memoryUsedBytes / metrics.memoryTotalBytes) * 100;
  return (
    <>
      <Figure label="CPU" of={plural(metrics.cores, 'core')} value={whole(metrics.cpuPercent)} unit="%" share={metrics.cpuPercent} line={<Line day={day} pick={({ cpuPercent }) => cpuPercent} most={100} words="CPU" />} />
      <Figure label="Memory" of={`of ${size(metrics.memoryTotalBytes)}`} {...split(metrics.memoryUsedBytes)} share={memory} limits={[85, 95]} line={<Line day={day} pick={({ memoryUsedBytes }) => memoryUsedBytes} most={metrics.memoryTotalBytes} words="Memory" />} />
      <Gpus gpus={metrics.gpus} day={day} />
      {metrics.disks.map(({ path, freeBytes, totalBytes }, index) => (
        <Figure key={path} label={`Disk ${path}`} of={`free of ${size(totalBytes)}`} {...split(freeBytes)} share={totalBytes === 0 ? null : (1 - freeBytes / totalBytes) * 100} limits={[90, 98]} line={index === diskAt && <Line day={day} pick={({ diskUsedBytes }) => diskUsedBytes} most={totalBytes} words={`Used of disk ${path}`} />} />
      ))}
    </>
  );
}

/** The machine below the media server: read by an agent beside it, or as far as the media server tells. */
export function HostPanel({ server, day }: { server: FleetServer; day: Curve | null }): ReactNode {
  const sums = sumsOf(useSnapshot(server.id));
  const [{ data, error }, read] = useQuery({ query: ConsoleServerHostDocument, variables: { serverId: server.id }, requestPolicy: 'cache-and-network' });
  useRepeat(() => read({ requestPolicy: 'network-only' }), EVERY_MS);
  const report = data?.serverHost;
  const { cpuPercent, memoryPercent, latencyMs } = server.live;
  const told = { cpu: report?.told.cpuPercent ?? cpuPercent, memory: report?.told.memoryPercent ?? memoryPercent };
  return (
    <section className="panel" aria-labelledby="host-head">
      <div className="panel-head">
        <h2 id="host-head">Host</h2>
        <span className="small dim">{report?.metrics ? <>read by the agent <Age atMs={Date.parse(report.at)} suffix=" ago" /></> : 'as the media server tells'}</span>
        <span className="aside small dim">
          {plural(sums.streams, 'stream')}, {mbps(sums.kbps)} Mbps
        </span>
      </div>
      <div className="host-cells">
        {report?.metrics ? (
          <Machine metrics={report.metrics} day={day} />
        ) : (
          <>
            <Figure label="CPU" value={whole(told.cpu)} unit="%" share={told.cpu} />
            <Figure label="Memory" value={whole(told.memory)} unit="%" share={told.memory} />
          </>
        )}
        <Figure label="Answer" value={whole(latencyMs)} unit="ms" />
        <Figure label="Transcodes" value={String(sums.transcodes)} unit={sums.software > 0 ? `${sums.software} in software` : ''} />
      </div>
      {report?.metrics?.gpus.map(({ name, problem }, index) => problem && <p key={index} className="small dim host-why">{`${name}: ${GPU_PROBLEMS[problem]}`}</p>)}
      {report?.unavailable && <p className="small dim host-why">Disks, GPU and exact load: not available. {WHY_NOT[report.unavailable]}</p>}
      {error && (
        <p className="small host-why">
          <span className="text-warning">The machine could not be read now: {problemOf(error).message}</span> <code className="dim">{problemOf(error).code}</code>
        </p>
      )}
    </section>
  );
}
