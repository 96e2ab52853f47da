import { randomUUID } from 'node:crypto';
import { CliCheckWatchStatesDocument, CliForgetMismatchAllowanceDocument, CliIgnoreMismatchDocument, CliMismatchComparisonDocument, CliMismatchesDocument, CliResolveMismatchDocument, type CliMismatchFieldsFragment, type MismatchRule, type MismatchState } from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, parseCount, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { comparisonLines } from '../output/comparison-text.js';
import { printable, type Column } from '../output/columns.js';
import { countText } from '../output/time-text.js';
import { identityOf } from './find-identity.js';
import { defaultList, group } from './group.js';
import { serverIdsOf } from './server-names.js';

type Mismatch = CliMismatchFieldsFragment;

interface ListOptions {
  readonly server?: string;
  readonly rule?: string;
  readonly state?: string;
  readonly rules?: boolean;
}

const RULES: readonly MismatchRule[] = ['TWO_PLACES', 'IMPOSSIBLE_TRAVEL', 'SAME_EMAIL', 'LOOK_ALIKE_NAME', 'DISABLED_ELSEWHERE', 'WATCH_STATE', 'SHARED_DEVICE', 'NO_IDENTITY', 'UNKNOWN_USER', 'PERMISSION_DRIFT', 'GHOST'];
const STATES: readonly MismatchState[] = ['OPEN', 'IGNORED', 'RESOLVED'];
const typed = (word: string) => word.toLowerCase().replaceAll('_', '-');

const COLUMNS: readonly Column<Mismatch>[] = [
  { title: 'severity', value: (row) => row.severity.toLowerCase() },
  { title: 'rule', value: (row) => typed(row.rule) },
  { title: 'what', value: (row) => row.text },
  { title: 'servers', value: (row) => [...new Set(row.evidence.map(({ serverAlias }) => serverAlias))].join(', ') },
  { title: 'last seen', value: (row) => row.lastSeenAt },
  { title: 'state', value: (row) => row.state.toLowerCase() },
  { title: 'id', value: (row) => row.id.slice(-8) },
  { title: 'why', wide: true, value: (row) => row.why },
  { title: 'said', wide: true, value: (row) => saidOf(row) },
  { title: 'resolution', wide: true, value: (row) => row.resolution },
];

/** What each server says of a title or a library, where a rule compares that. */
function saidOf({ evidence }: Mismatch): string | null {
  return evidence.flatMap(({ serverAlias, item, detail }) => (detail ? `${item ?? ''} ${detail} on ${serverAlias}` : [])).slice(0, 6).join('; ') || null;
}

/** Sessions and accounts that do not fit what is known of a person. */
export function addMismatchCommands(program: Command): void {
  const mismatches = group(program, 'users', 'accounts of all servers, and the people behind them').command('mismatches').description('sessions and accounts that do not fit together');
  defaultList(mismatches, '')
    .description('the open ones, worst first')
    .option('--server <aliases>', 'only these servers, separated by commas')
    .option('--rule <rules>', `${RULES.map(typed).join(', ')}; separated by commas`)
    .option('--state <states>', `${STATES.map(typed).join(', ')}; separated by commas`, 'open')
    .option('--rules', 'the rules in place of what they found: which run, and why the others cannot')
    .action((options: ListOptions, command: Command) => list(contextOf(command), options));
  mismatches.command('show <mismatch>').description('one of them: its sides, what speaks for and against it, where the person usually is').action((id: string, _options: object, command: Command) => show(contextOf(command), id));
  mismatches
    .command('resolve <mismatch>')
    .description('it is explained or corrected')
    .requiredOption('--as <text>', 'what it was; kept in the audit log')
    .option('--keep-flag', 'the answer is kept, and the flag stays')
    .option('--allow-networks', 'it is one person: say nothing of these networks together any more')
    .action((id: string, options: ResolveOptions, command: Command) => resolve(contextOf(command), id, options));
  mismatches
    .command('ignore <mismatch>')
    .description('say nothing of it for some days')
    .option('--days <n>', 'so long', parseCount, 30)
    .option('--note <text>', 'why')
    .action((id: string, options: { days: number; note?: string }, command: Command) => ignore(contextOf(command), id, options));
  mismatches.command('check <person>').description('read now what a person watched on their servers; by itself it is done within a day').action((person: string, _options: object, command: Command) => check(contextOf(command), person));
  mismatches.command('ask-again <mismatch> <allowance>').description('takes back that two networks are allowed; both ids stand in show').action((id: string, allowance: string, _options: object, command: Command) => askAgain(contextOf(command), id, allowance));
}

interface ResolveOptions {
  readonly as: string;
  readonly keepFlag?: boolean;
  readonly allowNetworks?: boolean;
}

function wordsOf<Word extends string>(flag: string, text: string | undefined, words: readonly Word[]): Word[] | null {
  if (text === undefined) return null;
  return text.split(',').map((part) => {
    const found = words.find((word) => typed(word) === typed(part.trim()));
    if (!found) throw new CliError('USAGE', `${flag} ${part.trim()}: must be one of ${words.map(typed).join(', ')}`);
    return found;
  });
}

async function list(context: CommandContext, options: ListOptions): Promise<void> {
  const filter = { rules: wordsOf('--rule', options.rule, RULES), states: wordsOf('--state', options.state, STATES) };
  const client = await context.client();
  const { mismatches: found } = await client.run(CliMismatchesDocument, { filter: { ...filter, serverIds: await serverIdsOf(client, options.server) } });
  if (options.rules) {
    await context.printer.list(found.rules, [{ title: 'rule', value: (row) => typed(row.rule) }, { title: 'runs', value: (row) => (row.runs ? 'yes' : 'no') }, { title: 'why not', value: (row) => row.reason }], (row) => typed(row.rule));
    return;
  }
  if (found.mismatches.length === 0) context.printer.note(found.checkedAt ? `Nothing stands out; looked at last at ${String(found.checkedAt)}.` : 'Nobody has looked yet.');
  await context.printer.list(found.mismatches, COLUMNS, (row) => row.id);
  const idle = found.rules.filter(({ runs }) => !runs).length;
  if (idle > 0) context.printer.note(`${countText(idle, 'rule')} cannot run; see why:  usher users mismatches --rules`);
}

/** By its whole id or the last six or more characters. */
async function findMismatch(client: UsherClient, id: string): Promise<Mismatch> {
  const { mismatches } = await client.run(CliMismatchesDocument, { filter: { states: [...STATES] } });
  const found = mismatches.mismatches.filter((row) => row.id === id || (id.length >= 6 && row.id.endsWith(id)));
  if (found.length === 1) return found[0]!;
  const next = 'See what there is:  usher users mismatches';
  throw found.length === 0 ? new CliError('NOT_FOUND', `There is no mismatch "${id}".`, { next }) : new CliError('VALIDATION_FAILED', `"${id}" fits ${found.length} mismatches; give more of the id.`, { next });
}

async function show(context: CommandContext, id: string): Promise<void> {
  const client = await context.client();
  const { printer } = context;
  const { mismatchComparison: found } = await client.run(CliMismatchComparisonDocument, { id: (await findMismatch(client, id)).id });
  if (context.options.quiet || printer.format === 'name') printer.lines([found.mismatch.id]);
  else if (printer.format === 'table' || printer.format === 'wide') printer.lines(comparisonLines(found).map(printable));
  else await printer.one(found, COLUMNS.map(({ title, value }) => ({ title, value: (row: typeof found) => value(row.mismatch) })), (row) => row.mismatch.id);
}

async function resolve(context: CommandContext, id: string, { as: text, keepFlag = false, allowNetworks = false }: ResolveOptions): Promise<void> {
  if (!text.trim()) throw new CliError('USAGE', '--as: the text is empty');
  if (keepFlag && allowNetworks) throw new CliError('USAGE', '--keep-flag and --allow-networks: what is allowed has no flag any more');
  const client = await context.client();
  const found = await findMismatch(client, id);
  const allowable = allowNetworks ? (await client.run(CliMismatchComparisonDocument, { id: found.id })).mismatchComparison.allowable : [];
  if (allowNetworks && allowable.length === 0) throw new CliError('VALIDATION_FAILED', 'Nothing of this mismatch can be allowed: it is not about one person in two networks that are known.');
  const { resolveMismatch } = await client.run(CliResolveMismatchDocument, { input: { id: found.id, resolution: text, ...(keepFlag && { keepFlag }), ...(allowNetworks && { allowNetworks: allowable }), idempotencyKey: randomUUID() } });
  await context.printer.list([resolveMismatch], COLUMNS, (row) => row.id);
}

async function check(context: CommandContext, person: string): Promise<void> {
  const client = await context.client();
  const { id, displayName } = await identityOf(client, person);
  const { checkWatchStates } = await client.run(CliCheckWatchStatesDocument, { identityId: id });
  if (context.printer.format === 'json') context.printer.data(JSON.stringify({ identityId: id, accounts: checkWatchStates }));
  context.printer.note(`${countText(checkWatchStates, 'account')} of ${displayName} were looked at. What differs:  usher users mismatches --rule watch-state`);
}

async function ignore(context: CommandContext, id: string, { days, note }: { days: number; note?: string }): Promise<void> {
  const client = await context.client();
  const { ignoreMismatch } = await client.run(CliIgnoreMismatchDocument, { input: { id: (await findMismatch(client, id)).id, days, ...(note !== undefined && { note }), idempotencyKey: randomUUID() } });
  await context.printer.list([ignoreMismatch], COLUMNS, (row) => row.id);
}

async function askAgain(context: CommandContext, id: string, allowance: string): Promise<void> {
  const client = await context.client();
  const { mismatchComparison } = await client.run(CliMismatchComparisonDocument, { id: (await findMismatch(client, id)).id });
  const found = mismatchComparison.allowances.filter((row) => row.id === allowance || (allowance.length >= 6 && row.id.endsWith(allowance)));
  if (found.length !== 1) throw new CliError('NOT_FOUND', `There is no allowance "${allowance}" of this person.`, { next: `See them:  usher users mismatches show ${id}` });
  await client.run(CliForgetMismatchAllowanceDocument, { id: found[0]!.id });
  context.printer.note(`${found[0]!.networks.join(' and ')} are asked about again.`);
}
