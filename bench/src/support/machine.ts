import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { findNatsServer } from '@usher/testing';

/** Where the numbers come from; printed with every result. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly broker: string;
  readonly cores: number;
  readonly cpu: string;
  /** One-minute load average before the run: others work on the machine too. */
  readonly load: number;
}

export async function thisMachine(): Promise<Machine> {
  const broker = execFileSync(await findNatsServer(), ['--version'], { encoding: 'utf8' }).trim().replace(/^.*v/, '');
  const cpus = os.cpus();
  return { date: new Date().toISOString().slice(0, 10), node: process.versions.node, broker, cores: cpus.length, cpu: cpus[0]?.model ?? 'unknown', load: os.loadavg()[0]! };
}

export const describeMachine = ({ date, node, broker, cores, cpu, load }: Machine): string =>
  `${date} · Node ${node} · nats-server ${broker} · ${cores} × ${cpu} · load before ${load.toFixed(1)}`;
