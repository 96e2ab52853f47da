import { randomUUID } from 'node:crypto';
import { CliControlSessionDocument, CliSendSessionNoticeDocument, CliStopSessionDocument, type CliStopSessionMutation, type ControlSessionInput } from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { parsePosition, titleOf } from '../output/session-text.js';
import { findSession, type SessionRow } from './find-session.js';

type Result = CliStopSessionMutation['stopSession'] & { readonly note?: string | null };
type Order = Omit<ControlSessionInput, 'sessionId' | 'idempotencyKey'>;

/** A player may take seconds to show what it was told; the control plane looks until then. */
const ORDER_MS = 40_000;

const NO_EFFECT_HELP = '\nExit code 1: the server took the order, and nothing happened.';

/** Orders to one session. What is told is what happened, not that the server took the order. */
export function addSessionControls(sessions: Command): void {
  const order = (name: string, description: string) => sessions.command(name).description(description).addHelpText('after', NO_EFFECT_HELP);
  order('stop <session>', 'stop a stream').option('--reason <text>', 'told to the viewer where the server can').action((id: string, options: { reason?: string }, command: Command) => stop(contextOf(command), id, options.reason));
  order('pause <session>', 'pause a stream').action((id: string, _options: object, command: Command) => control(contextOf(command), id, { action: 'PAUSE' }, 'paused'));
  order('resume <session>', 'resume a paused stream').action((id: string, _options: object, command: Command) => control(contextOf(command), id, { action: 'RESUME' }, 'resumed'));
  order('seek <session>', 'jump to a position')
    .requiredOption('--to <position>', 'such as 0:31:12')
    .action((id: string, options: { to: string }, command: Command) => control(contextOf(command), id, { action: 'SEEK', positionMs: positionOf('--to', options.to) }, `moved to ${options.to}`));
  order('play <session> <item>', "start a title at the client, by the server's own id of it")
    .option('--from <position>', 'such as 0:31:12')
    .action((id: string, itemId: string, options: { from?: string }, command: Command) => control(contextOf(command), id, { action: 'PLAY', itemId, positionMs: options.from === undefined ? undefined : positionOf('--from', options.from) }, 'told to play it'));
  order('limit <session> <kbps>', 'limit the bit rate in kbit/s; off lifts the limit').action((id: string, kbps: string, _options: object, command: Command) => limit(contextOf(command), id, kbps));
  sessions
    .command('message <session> <text>')
    .alias('notice')
    .description('show a text to the viewer')
    .action((id: string, text: string, _options: object, command: Command) => message(contextOf(command), id, text));
}

const describe = (row: SessionRow) => `${row.item ? titleOf(row.item) : 'the session'} of ${row.userName ?? 'an unknown viewer'} on ${row.server}`;

function positionOf(flag: string, text: string): number {
  const positionMs = parsePosition(text);
  if (positionMs === null) throw new CliError('USAGE', `${flag} ${text}: must be a position such as 0:31:12`);
  return positionMs;
}

async function stop(context: CommandContext, id: string, reason: string | undefined): Promise<void> {
  const client = await context.client();
  const session = await findSession(client, id);
  await context.confirm(`Stop ${describe(session)}?`);
  const { stopSession } = await client.run(CliStopSessionDocument, { input: { sessionId: session.id, reason, idempotencyKey: randomUUID() } }, ORDER_MS);
  await tell(context, session, stopSession, 'stopped');
}

async function control(context: CommandContext, id: string, order: Order, done: string): Promise<void> {
  const client = await context.client();
  const session = await findSession(client, id);
  const { controlSession } = await client.run(CliControlSessionDocument, { input: { sessionId: session.id, ...order } }, ORDER_MS);
  await tell(context, session, controlSession, done);
}

async function limit(context: CommandContext, id: string, text: string): Promise<void> {
  const kbps = text === 'off' ? null : /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;
  if (kbps === undefined) throw new CliError('USAGE', `"${text}" is no bit rate: must be kbit/s such as 8000, or off`);
  await control(context, id, { action: 'LIMIT_BIT_RATE', kbps }, kbps === null ? 'free to use up to 1,000 Mbps' : `limited to ${kbps} kbit/s`);
}

/** 1 as the exit code when the server took the order and nothing changed. */
async function tell(context: CommandContext, session: SessionRow, result: Result, done: string): Promise<void> {
  const { printer } = context;
  if (printer.format === 'json' || printer.format === 'yaml') await printer.one(result, [], () => session.id);
  const what = describe(session);
  if (result.outcome === 'DONE') printer.note(`${what} is ${done}.`.replace(/^./, (letter) => letter.toUpperCase()));
  else if (result.outcome === 'SENT') printer.note(`Asked ${session.server}; it does not tell whether ${what} is ${done}.`);
  else printer.note(`${session.server} took the order, and nothing happened: ${what} is not ${done}.`);
  if (result.note) printer.note(result.note);
  if (result.outcome === 'NO_EFFECT') process.exitCode = 1;
}

async function message(context: CommandContext, id: string, text: string): Promise<void> {
  if (!text.trim()) throw new CliError('USAGE', 'the text is empty');
  const client: UsherClient = await context.client();
  const session = await findSession(client, id);
  await client.run(CliSendSessionNoticeDocument, { input: { sessionId: session.id, text } });
  context.printer.note(`Sent to ${session.deviceName ?? 'the device'} of ${session.userName ?? 'an unknown viewer'}; no server confirms that it was seen.`);
}
