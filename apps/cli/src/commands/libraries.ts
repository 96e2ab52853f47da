import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CliLibrariesDocument,
  CliLibraryOverlapDocument,
  CliLibraryPlanDocument,
  CliPlanLibraryDocument,
  CliUpdatePathMapDocument,
  type CliLibrariesQuery,
  type CliLibraryOverlapQuery,
  type CliLibraryPlanFieldsFragment,
  type PathMapRowInput,
} from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, interruptSignal, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';
import type { Column } from '../output/columns.js';
import { planLines, progressText } from '../output/plan-text.js';
import { findServer } from './find-server.js';
import { aliasesOf, serverIdsOf } from './server-names.js';

interface PrecheckOptions {
  readonly library?: string[];
  readonly path?: string[];
  readonly wait: boolean;
}

type Library = CliLibrariesQuery['libraries'][number] & { readonly server: string };
type OverlapRow = CliLibraryOverlapQuery['libraryOverlap']['libraries'][number];

const LIBRARY_COLUMNS: readonly Column<Library>[] = [
  { title: 'server', value: (row) => row.server },
  { title: 'library', value: (row) => row.name },
  { title: 'type', value: (row) => row.type },
  { title: 'titles', align: 'right', value: (row) => row.itemCount },
  { title: 'below', align: 'right', value: (row) => row.childCount },
  { title: 'read', value: (row) => row.readAt },
  { title: 'id', wide: true, value: (row) => row.vendorId },
];

const tierCount = (row: Pick<OverlapRow, 'tiers'>, tier: string) => row.tiers.find((entry) => entry.tier === tier)?.count ?? 0;
const OVERLAP_COLUMNS: readonly Column<OverlapRow>[] = [
  { title: 'library', value: (row) => row.libraryName },
  { title: 'titles', align: 'right', value: (row) => row.titles },
  { title: 'on both', align: 'right', value: (row) => row.onBoth },
  { title: 'only here', align: 'right', value: (row) => row.onlySource },
  ...['A', 'B', 'C'].map((tier): Column<OverlapRow> => ({ title: tier, align: 'right', wide: true, value: (row) => tierCount(row, tier) })),
];

const POLL_MS = 1_000;

export function addLibraryCommands(program: Command): void {
  const libraries = program.command('libraries').description('libraries, what they share, and prechecks of a migration');
  libraries.command('list').description('libraries of all servers').option('--server <aliases>', 'only these servers, separated by commas').action((options: { server?: string }, command: Command) => list(contextOf(command), options.server));
  libraries.command('overlap <source> <target>').description('which titles of one server another one has too').action((source: string, target: string, _options: object, command: Command) => overlap(contextOf(command), source, target));
  libraries
    .command('precheck <source> <target>')
    .description('what a migration would copy, and what is in its way; nothing is changed')
    .option('--library <names...>', 'these libraries of the source, SOURCE or SOURCE=TARGET; all when absent')
    .option('--path <rows...>', 'the path map, FROM=TO; suggested when absent')
    .option('--no-wait', 'print the plan at once and do not wait for its check')
    .addHelpText('after', '\nExamples:\n  usher libraries precheck seedbox attic\n  usher libraries precheck seedbox attic --library Movies --path /srv/films=/data/movies\n  usher libraries precheck seedbox attic -o json | jq .problems\n\nExit code 1: something blocks the migration.')
    .action((source: string, target: string, options: PrecheckOptions, command: Command) => precheck(contextOf(command), source, target, options));
  libraries
    .command('plan <id>')
    .description('a precheck that was made, or the same one again with another path map')
    .option('--path <rows...>', 'the whole path map, FROM=TO; checked again')
    .option('--no-wait', 'do not wait for its check')
    .action((id: string, options: PrecheckOptions, command: Command) => plan(contextOf(command), id, options));
}

async function list(context: CommandContext, names: string | undefined): Promise<void> {
  const client = await context.client();
  const serverIds = await serverIdsOf(client, names);
  const [{ libraries }, aliases] = await Promise.all([client.run(CliLibrariesDocument, { serverIds }), aliasesOf(client)]);
  const rows = libraries.map((library): Library => ({ ...library, server: aliases.get(library.serverId) ?? library.serverId })).sort((a, b) => a.server.localeCompare(b.server));
  if (rows.length === 0) context.printer.note('No libraries yet: they are read after a server was probed.');
  await context.printer.list(rows, LIBRARY_COLUMNS, (row) => row.name);
}

async function overlap(context: CommandContext, source: string, target: string): Promise<void> {
  const client = await context.client();
  const [from, to] = [await findServer(client, source), await findServer(client, target)];
  const { libraryOverlap: found } = await client.run(CliLibraryOverlapDocument, { sourceServerId: from.id, targetServerId: to.id });
  const { printer } = context;
  if (printer.format === 'json' || printer.format === 'yaml') return printer.one(found, [], () => from.slug);
  for (const [server, at] of [[from, found.sourceReadAt], [to, found.targetReadAt]] as const) if (!at) printer.note(`The items of ${server.alias} were not read yet.`);
  await printer.list(found.libraries, OVERLAP_COLUMNS, (row) => row.libraryName);
  printer.note(`${found.onBoth} of ${found.titles} titles of ${from.alias} are on ${to.alias}; ${found.onlySource} are not; ${found.onlyTarget} are on ${to.alias} only.`);
}

async function precheck(context: CommandContext, source: string, target: string, options: PrecheckOptions): Promise<void> {
  const client = await context.client();
  const [from, to] = [await findServer(client, source), await findServer(client, target)];
  const { libraries } = await client.run(CliLibrariesDocument, { serverIds: [from.id, to.id] });
  const of = (serverId: string) => libraries.filter((library) => library.serverId === serverId);
  const chosen = options.library?.map((text) => {
    const [ours, theirs] = split(text);
    return { sourceVendorId: libraryNamed(of(from.id), ours, from.alias), targetVendorId: theirs === null ? null : libraryNamed(of(to.id), theirs, to.alias) };
  });
  const all = of(from.id).filter(({ type }) => ['movies', 'shows', 'music', 'mixed'].includes(type)).map(({ vendorId }) => ({ sourceVendorId: vendorId, targetVendorId: null }));
  if ((chosen ?? all).length === 0) throw new CliError('VALIDATION_FAILED', `${from.alias} has no library of films, series or music.`);
  const input = { idempotencyKey: randomUUID(), sourceServerId: from.id, targetServerId: to.id, libraries: chosen ?? all, pathMap: options.path ? rowsOf(options.path) : null };
  const { planLibrary } = await client.run(CliPlanLibraryDocument, { input });
  await show(context, client, planLibrary, options.wait);
}

async function plan(context: CommandContext, id: string, options: PrecheckOptions): Promise<void> {
  const client = await context.client();
  const { libraryPlan } = await client.run(CliLibraryPlanDocument, { id });
  if (!options.path) return show(context, client, libraryPlan, options.wait);
  const { updatePathMap } = await client.run(CliUpdatePathMapDocument, { input: { planId: libraryPlan.id, rev: libraryPlan.rev, rows: rowsOf(options.path) } });
  await show(context, client, updatePathMap, options.wait);
}

async function show(context: CommandContext, client: UsherClient, begun: CliLibraryPlanFieldsFragment, wait: boolean): Promise<void> {
  const { printer } = context;
  const done = wait ? await waited(context, client, begun) : begun;
  if (done.state === 'FAILED') throw new CliError(done.failureCode ?? 'INTERNAL', done.failureMessage ?? 'The check failed.', { next: done.failureNext ?? undefined });
  if (context.options.quiet || (printer.format !== 'table' && printer.format !== 'wide')) await printer.one(done, [{ title: 'plan', value: (row) => row.id }, { title: 'state', value: (row) => row.state }, { title: 'blockers', value: (row) => row.blockers }], () => done.id);
  else if (done.state === 'CHECKING') printer.lines([`plan ${done.id} is being checked: ${progressText(done)}`, `  next  usher libraries plan ${done.id}`]);
  else {
    const aliases = await aliasesOf(client);
    printer.lines(planLines(done, { source: aliases.get(done.sourceServerId) ?? done.sourceServerId, target: aliases.get(done.targetServerId) ?? done.targetServerId }));
  }
  if (done.state === 'READY' && done.blockers > 0) process.exitCode = 1;
}

/** Until its check is done. Ctrl-C leaves it to the control plane and says how to come back. */
async function waited(context: CommandContext, client: UsherClient, begun: CliLibraryPlanFieldsFragment): Promise<CliLibraryPlanFieldsFragment> {
  const interrupted = interruptSignal();
  let plan = begun;
  while (plan.state === 'CHECKING') {
    context.printer.progress(progressText(plan));
    await pause(POLL_MS, undefined, { signal: interrupted }).catch(() => {
      throw new CliError('CANCELED', 'Not waited for any longer; the check goes on.', { next: `usher libraries plan ${plan.id}`, exitCode: 130 });
    });
    ({ libraryPlan: plan } = await client.run(CliLibraryPlanDocument, { id: plan.id }));
  }
  context.printer.progress('');
  return plan;
}

/** By its name in any case, or by its id. */
function libraryNamed(libraries: readonly CliLibrariesQuery['libraries'][number][], name: string, server: string): string {
  const found = libraries.filter((library) => library.vendorId === name || library.name.toLowerCase() === name.toLowerCase());
  if (found.length === 1) return found[0]!.vendorId;
  if (found.length > 1) throw new CliError('VALIDATION_FAILED', `${server} has ${found.length} libraries "${name}".`, { next: 'Give the id:  usher libraries list -o wide' });
  const near = nearest(name, libraries.map((library) => library.name));
  throw new CliError('NOT_FOUND', `${server} has no library "${name}".`, { next: near ? `Did you mean ${near}?` : 'See what it has:  usher libraries list' });
}

function rowsOf(texts: readonly string[]): PathMapRowInput[] {
  return texts.map((text) => {
    const [from, to] = split(text);
    if (!from || !to) throw new CliError('USAGE', `--path ${text}: must be FROM=TO`);
    return { from, to };
  });
}

/** At the first `=`. */
function split(text: string): [string, string | null] {
  const cut = text.indexOf('=');
  return cut < 0 ? [text, null] : [text.slice(0, cut), text.slice(cut + 1)];
}
