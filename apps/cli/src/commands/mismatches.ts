import { randomUUID } from 'node:crypto';
import { CliCheckWatchStatesDocument, CliIgnoreMismatchDocument, CliMismatchesDocument, CliResolveMismatchDocument, type CliMismatchFieldsFragment, type MismatchRule, type MismatchState } from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, parseCount, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { Column } from '../output/columns.js';
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
  mismatches.command('resolve <mismatch>').description('it is explained or corrected').requiredOption('--as <text>', 'what it was; kept in the audit log').action((id: string, options: { as: string }, command: Command) => resolve(contextOf(command), id, options.as));
  mismatches.command('check <person>').description('read now what a person watched on their servers; by itself it is done within a day').action((person: string, _options: object, command: Command) => check(contextOf(command), person));
  mismatches.command('ignore <mismatch>').description('say nothing of it for some days').option('--days <n>', 'so long', parseCount, 30).action((id: string, options: { days: number }, command: Command) => ignore(contextOf(command), id, options.days));
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

async function resolve(context: CommandContext, id: string, text: string): Promise<void> {
  if (!text.trim()) throw new CliError('USAGE', '--as: the text is empty');
  const client = await context.client();
  const { resolveMismatch } = await client.run(CliResolveMismatchDocument, { input: { id: (await findMismatch(client, id)).id, resolution: text, idempotencyKey: randomUUID() } });
  await context.printer.list([resolveMismatch], COLUMNS, (row) => row.id);
}

async function check(context: CommandContext, person: string): Promise<void> {
  const client = await context.client();
  const { id, displayName } = await identityOf(client, person);
  const { checkWatchStates } = await client.run(CliCheckWatchStatesDocument, { identityId: id });
  if (context.printer.format === 'json') context.printer.data(JSON.stringify({ identityId: id, accounts: checkWatchStates }));
  context.printer.note(`${countText(checkWatchStates, 'account')} of ${displayName} were looked at. What differs:  usher users mismatches --rule watch-state`);
}

async function ignore(context: CommandContext, id: string, days: number): Promise<void> {
  const client = await context.client();
  const { ignoreMismatch } = await client.run(CliIgnoreMismatchDocument, { input: { id: (await findMismatch(client, id)).id, days, idempotencyKey: randomUUID() } });
  await context.printer.list([ignoreMismatch], COLUMNS, (row) => row.id);
}
