import { CliServerCapacityDocument, CliUpdateServerCapacityDocument, type CliServerCapacityQuery } from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, parseCount, parsePositive, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { Column } from '../output/columns.js';
import { findServer } from './find-server.js';

interface CapacityOptions {
  readonly cores?: number;
  readonly uplink?: number;
  readonly transcodes?: number;
  readonly weight?: number;
  readonly hardware?: boolean;
  readonly machine?: string;
  readonly viewerUrl?: string;
  readonly forget?: string;
}

type Capacity = CliServerCapacityQuery['serverCapacity'];

/** Name on the command line → field of the API. */
const FORGETTABLE: Readonly<Record<string, keyof Capacity>> = { cores: 'cores', uplink: 'uplinkKbps', transcodes: 'transcodeLimit', machine: 'machine', 'viewer-url': 'viewerUrl' };

const COLUMNS: readonly Column<Capacity>[] = [
  { title: 'cores', value: (row) => row.cores ?? 'not known: 4 assumed' },
  { title: 'uplink', value: (row) => (row.uplinkKbps == null ? 'not known: 100 Mbit/s assumed' : `${row.uplinkKbps / 1000} Mbit/s`) },
  { title: 'transcodes', value: (row) => row.transcodeLimit ?? 'no limit' },
  { title: 'hardware', value: (row) => (row.hardware ? 'yes' : 'no') },
  { title: 'machine', value: (row) => row.machine ?? 'its own' },
  { title: 'viewer url', value: (row) => row.viewerUrl ?? 'the registered address' },
  { title: 'weight', value: (row) => row.weight },
];

export function addCapacityCommand(routes: Command): void {
  routes
    .command('capacity <server>')
    .description('what the machine of a server has; without options: what is known')
    .option('--cores <number>', 'processor cores that it may use', parsePositive)
    .option('--uplink <Mbit/s>', 'what its line sends', parsePositive)
    .option('--transcodes <number>', "the media server's own maximum", parseCount)
    .option('--weight <number>', '0.1 to 10; more = preferred', parsePositive)
    .option('--hardware', 'its transcodes use hardware')
    .option('--no-hardware', 'its transcodes use the processor')
    .option('--machine <name>', 'servers with one name share cores and uplink')
    .option('--viewer-url <url>', 'where viewers reach it')
    .option('--forget <fields>', `of ${Object.keys(FORGETTABLE).join(', ')}, separated by commas`)
    .action((server: string, options: CapacityOptions, command: Command) => capacity(contextOf(command), server, options));
}

async function capacity(context: CommandContext, name: string, options: CapacityOptions): Promise<void> {
  const client = await context.client();
  const { id, slug } = await findServer(client, name);
  const change = changeOf(options);
  const known =
    Object.keys(change).length === 0
      ? (await client.run(CliServerCapacityDocument, { serverId: id })).serverCapacity
      : (await client.run(CliUpdateServerCapacityDocument, { input: { serverId: id, ...change } })).updateServerCapacity;
  await context.printer.one(known, COLUMNS, () => slug);
}

function changeOf({ cores, uplink, transcodes, weight, hardware, machine, viewerUrl, forget }: CapacityOptions): Record<string, unknown> {
  const forgotten = (forget?.split(',') ?? []).map((field) => {
    const key = FORGETTABLE[field.trim()];
    if (!key) throw new CliError('USAGE', `--forget ${field}: must be one of ${Object.keys(FORGETTABLE).join(', ')}`);
    return [key, null] as const;
  });
  const given = { cores, uplinkKbps: uplink === undefined ? undefined : Math.round(uplink * 1000), transcodeLimit: transcodes, weight, hardware, machine, viewerUrl };
  return Object.fromEntries([...Object.entries(given).filter(([, value]) => value !== undefined), ...forgotten]);
}
