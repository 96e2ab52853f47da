import { randomUUID } from 'node:crypto';
import { CliAcceptHardeningDocument, CliRevokeHardeningDocument, CliServerDocument, type CliHardeningFieldsFragment } from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';
import type { Column } from '../output/columns.js';
import { parseMoment } from '../output/time-text.js';
import { findServer } from './find-server.js';
import { defaultList, group } from './group.js';

type Entry = CliHardeningFieldsFragment;

interface AcceptOptions {
  readonly reason: string;
  readonly until?: string;
}

const COLUMNS: readonly Column<Entry>[] = [
  { title: 'entry', value: (row) => row.code },
  { title: 'state', value: (row) => row.state },
  { title: 'evidence', value: (row) => row.evidence },
  { title: 'accepted', value: (row) => (row.accepted ? `by ${row.acceptance!.acceptedBy}: ${row.acceptance!.reason}` : row.acceptance ? `no more: ${row.acceptance.lapsed!.toLowerCase()}` : null) },
  { title: 'until', value: (row) => row.acceptance?.until },
  { title: 'advice', wide: true, value: (row) => row.advice },
];

/** What a media server leaves open, and what was accepted of it. */
export function addHardeningCommands(program: Command): void {
  const hardening = group(program, 'servers', 'the media servers of the fleet').command('hardening').description('what a media server leaves open by itself');
  defaultList(hardening, '<server>')
    .description('all of it, what is accepted too')
    .action((server: string, _options: object, command: Command) => list(contextOf(command), server));
  hardening
    .command('accept <server> <entry>')
    .description('it may stay open, as it is now: when it changes, it is open again')
    .requiredOption('--reason <text>', 'why; kept in the audit log')
    .option('--until <time>', 'open again from then on; until it is revoked when absent')
    .addHelpText('after', '\nExamples:\n  usher servers hardening attic\n  usher servers hardening accept attic names-public --reason "Only reachable at home"\n  usher servers hardening accept attic no-lock-out --reason "Moves to 12 next week" --until +14d')
    .action((server: string, code: string, options: AcceptOptions, command: Command) => accept(contextOf(command), server, code, options));
  hardening
    .command('revoke <server> <entry>')
    .description('it is open again')
    .option('--reason <text>', 'why; kept in the audit log')
    .action((server: string, code: string, options: { reason?: string }, command: Command) => revoke(contextOf(command), server, code, options));
}

async function list(context: CommandContext, name: string): Promise<void> {
  const { server, entries } = await read(context, name);
  if (entries.length === 0) context.printer.note(`Nothing is known to be open on ${server.alias}.`);
  await context.printer.list(entries, COLUMNS, (row) => row.code);
}

async function accept(context: CommandContext, name: string, code: string, { reason, until }: AcceptOptions): Promise<void> {
  const end = until === undefined ? null : parseMoment('--until', until).toISOString();
  const { client, server, entries } = await read(context, name);
  const entry = found(entries, code, server.slug);
  const input = { idempotencyKey: randomUUID(), serverId: server.id, code: entry.code, reason, until: end, evidence: entry.evidence };
  const { acceptHardening } = await client.run(CliAcceptHardeningDocument, { input });
  await print(context, acceptHardening.hardening, entry.code);
}

async function revoke(context: CommandContext, name: string, code: string, { reason }: { reason?: string }): Promise<void> {
  const client = await context.client();
  const server = await findServer(client, name);
  const { revokeHardening } = await client.run(CliRevokeHardeningDocument, { input: { idempotencyKey: randomUUID(), serverId: server.id, code, reason } });
  await print(context, revokeHardening.hardening, code);
}

const print = (context: CommandContext, entries: readonly Entry[], code: string) => context.printer.list(entries.filter((entry) => entry.code === code), COLUMNS, (row) => row.code);

async function read(context: CommandContext, name: string) {
  const client = await context.client();
  const { id } = await findServer(client, name);
  const { server } = await client.run(CliServerDocument, { id });
  return { client, server, entries: server.hardening };
}

function found(entries: readonly Entry[], code: string, slug: string): Entry {
  const entry = entries.find((each) => each.code === code);
  if (entry) return entry;
  const near = nearest(code, entries.map((each) => each.code));
  throw new CliError('NOT_FOUND', `There is no entry "${code}" in the hardening list of ${slug}.`, { next: near ? `Did you mean ${near}?` : `See what there is:  usher servers hardening ${slug}` });
}
