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
}

function Figure({ label, of, value, unit, share, limits: [warning, danger] = [70, 90] }: FigureProps): ReactNode {
  const fill = (used: number) => (used >= danger ? 'fill-danger' : used >= warning ? 'fill-warning' : 'fill-neutral');
  return (
    <div className="host-cell">
      <div className="small dim host-label">
        <span className="clip">{label}</span>
        {of && <span className="push">{of}</span>}
      </div>
      <div className="panel-figure">{value === null ? <span className="small faint">not reported</span> : <>{value} <span className="small">{unit}</span></>}</div>
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

function Gpus({ gpus }: { gpus: Metrics['gpus'] }): ReactNode {
  if (gpus.length === 0) return <Figure label="GPU" value={null} />;
  return gpus.map((gpu, index) => {
    const busy = gpu.encoderPercent ?? gpu.busyPercent;
    return <Figure key={`${gpu.name} ${index}`} label={gpu.encoderPercent === null ? 'GPU' : 'Encoder'} of={gpu.name} value={whole(busy)} unit="%" share={busy} />;
  });
}

function Machine({ metrics }: { metrics: Metrics }): ReactNode {
  const memory = (metrics.memoryUsedBytes / metrics.memoryTotalBytes) * 100;
  return (
    <>
      <Figure label="CPU" of={plural(metrics.cores, 'core')} value={whole(metrics.cpuPercent)} unit="%" share={metrics.cpuPercent} />
      <Figure label="Memory" of={`of ${size(metrics.memoryTotalBytes)}`} {...split(metrics.memoryUsedBytes)} share={memory} limits={[85, 95]} />
      <Gpus gpus={metrics.gpus} />
      {metrics.disks.map(({ path, freeBytes, totalBytes }) => (
        <Figure key={path} label={`Disk ${path}`} of={`free of ${size(totalBytes)}`} {...split(freeBytes)} share={totalBytes === 0 ? null : (1 - freeBytes / totalBytes) * 100} limits={[90, 98]} />
      ))}
    </>
  );
}

/** The machine below the media server: read by an agent beside it, or as far as the media server tells. */
export function HostPanel({ server }: { server: FleetServer }): ReactNode {
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
          <Machine metrics={report.metrics} />
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
