import { CliControlSessionDocument, CliSendSessionNoticeDocument, CliServersDocument, CliSessionsChangedDocument, CliSessionsDocument, CliStopSessionDocument, type CliSessionFieldsFragment } from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, interruptSignal, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { Column } from '../output/columns.js';
import { deliveryText, durationText, parsePosition, titleOf } from '../output/session-text.js';
import { findServer } from './find-server.js';

interface SessionOptions {
  readonly server?: string;
  readonly all?: boolean;
  readonly reason?: string;
  readonly to?: string;
}

type Row = CliSessionFieldsFragment & { readonly server: string; readonly stale: boolean };

const COLUMNS: readonly Column<Row>[] = [
  { title: 'server', value: (row) => row.server },
  { title: 'user', value: (row) => row.userName },
  { title: 'title', value: (row) => (row.item ? titleOf(row.item) : null) },
  { title: 'state', value: (row) => [row.stream?.state.toLowerCase() ?? 'idle', row.stale ? 'stale' : null, row.ghost ? 'ghost' : null].filter(Boolean).join(' ') },
  { title: 'delivery', value: deliveryText },
  { title: 'kbit/s', align: 'right', value: (row) => row.stream?.bitRateKbps },
  { title: 'position', align: 'right', value: (row) => (row.stream ? durationText(row.stream.positionMs) : null) },
  { title: 'device', value: (row) => row.deviceName },
  { title: 'id', value: (row) => shortSessionId(row.id) },
  { title: 'client', wide: true, value: (row) => row.client },
  { title: 'network', wide: true, value: (row) => row.network.toLowerCase() },
];

const shortSessionId = (id: string) => id.slice(-8);

export function addSessionCommands(program: Command): void {
  const sessions = program.command('sessions').description('who watches what, live');
  const act = (work: (context: CommandContext, id: string, options: SessionOptions) => Promise<void>) => (id: string, options: SessionOptions, command: Command) => work(contextOf(command), id, options);
  sessions.command('list').description('streams of all servers').option('--server <aliases>', 'only these servers, separated by commas').option('--all', 'also clients that play nothing').action((options: SessionOptions, command: Command) => list(contextOf(command), options));
  sessions.command('watch').description('streams as they change, until Ctrl-C').option('--server <aliases>', 'only these servers, separated by commas').action((options: SessionOptions, command: Command) => watch(contextOf(command), options));
  sessions.command('stop <session>').description('stop a stream').option('--reason <text>', 'told to the viewer where the server can').action(act(stop));
  sessions.command('pause <session>').description('pause a stream').action(act((context, id) => control(context, id, 'PAUSE')));
  sessions.command('resume <session>').description('resume a paused stream').action(act((context, id) => control(context, id, 'RESUME')));
  sessions.command('seek <session>').description('jump to a position').requiredOption('--to <position>', 'such as 0:31:12').action(act(seek));
  sessions.command('notice <session> <text>').description('show a text to the viewer').action((id: string, text: string, _options: object, command: Command) => notice(contextOf(command), id, text));
}

async function serverIdsOf(client: UsherClient, names: string | undefined): Promise<string[] | null> {
  if (!names) return null;
  return Promise.all(names.split(',').map(async (name) => (await findServer(client, name.trim())).id));
}

async function aliases(client: UsherClient): Promise<Map<string, string>> {
  const { servers } = await client.run(CliServersDocument, { filter: null });
  return new Map(servers.map((server) => [server.id, server.slug]));
}

async function read(client: UsherClient, serverIds: string[] | null): Promise<Row[]> {
  const [names, { sessions }] = await Promise.all([aliases(client), client.run(CliSessionsDocument, { serverIds })]);
  return sessions.flatMap((snapshot) => snapshot.sessions.map((session) => ({ ...session, server: names.get(snapshot.serverId) ?? snapshot.serverId, stale: snapshot.stale })));
}

async function list(context: CommandContext, options: SessionOptions): Promise<void> {
  const client = await context.client();
  const rows = await read(client, await serverIdsOf(client, options.server));
  const shown = options.all ? rows : rows.filter((row) => row.stream);
  if (shown.length === 0) context.printer.note('Nobody is watching.');
  await context.printer.list(shown, COLUMNS, (row) => row.id);
}

async function watch(context: CommandContext, options: SessionOptions): Promise<void> {
  const client = await context.client();
  const [names, serverIds] = await Promise.all([aliases(client), serverIdsOf(client, options.server)]);
  const known = new Map<string, Map<string, CliSessionFieldsFragment>>();
  await client.follow(CliSessionsChangedDocument, { serverIds }, interruptSignal(), ({ sessionsChanged: snapshot }) => {
    const before = known.get(snapshot.serverId) ?? new Map<string, CliSessionFieldsFragment>();
    const now = new Map(snapshot.sessions.filter((session) => session.stream).map((session) => [session.stream!.playbackId, session]));
    known.set(snapshot.serverId, now);
    const server = names.get(snapshot.serverId) ?? snapshot.serverId;
    const emit = (change: 'added' | 'changed' | 'removed', session: CliSessionFieldsFragment) => {
      const mark = { added: '+', changed: '~', removed: '-' }[change];
      const line = `${snapshot.at}  ${mark} ${server}  ${session.userName ?? '–'}  ${session.item ? titleOf(session.item) : '–'}  ${session.stream?.state.toLowerCase() ?? ''}  ${deliveryText(session)}`;
      context.printer.event({ change, server, serverId: snapshot.serverId, at: snapshot.at, session }, line);
    };
    for (const [id, session] of now) {
      const old = before.get(id);
      if (!old) emit('added', session);
      else if (old.stream?.state !== session.stream?.state || old.stream?.delivery !== session.stream?.delivery) emit('changed', session);
    }
    for (const [id, session] of before) if (!now.has(id)) emit('removed', session);
  });
}

/** A session by its whole id or the last six or more characters. */
async function findSession(client: UsherClient, id: string): Promise<Row> {
  const rows = await read(client, null);
  const suffix = id.includes(':') ? id.slice(id.indexOf(':') + 1) : id;
  const found = rows.filter((row) => row.id === id || (suffix.length >= 6 && row.id.endsWith(suffix)));
  if (found.length === 1) return found[0]!;
  const next = 'See what is playing:  usher sessions list';
  if (found.length === 0) throw new CliError('NOT_FOUND', `There is no session "${id}"; it may have ended.`, { next });
  throw new CliError('VALIDATION_FAILED', `"${id}" fits ${found.length} sessions; give more of the id.`, { next });
}

const describe = (row: Row) => `${row.item ? titleOf(row.item) : 'the session'} of ${row.userName ?? 'an unknown viewer'} on ${row.server}`;

async function stop(context: CommandContext, id: string, options: SessionOptions): Promise<void> {
  const client = await context.client();
  const session = await findSession(client, id);
  await context.confirm(`Stop ${describe(session)}?`);
  await client.run(CliStopSessionDocument, { input: { sessionId: session.id, reason: options.reason } });
  context.printer.note(`Asked ${session.server} to stop ${describe(session)}.`);
}

async function control(context: CommandContext, id: string, action: 'PAUSE' | 'RESUME' | 'SEEK', positionMs?: number): Promise<void> {
  const client = await context.client();
  const session = await findSession(client, id);
  await client.run(CliControlSessionDocument, { input: { sessionId: session.id, action, positionMs } });
  context.printer.note(`Asked ${session.server} to ${action.toLowerCase()} ${describe(session)}.`);
}

async function seek(context: CommandContext, id: string, options: SessionOptions): Promise<void> {
  const positionMs = parsePosition(options.to ?? '');
  if (positionMs === null) throw new CliError('USAGE', `--to ${options.to}: must be a position such as 0:31:12`);
  await control(context, id, 'SEEK', positionMs);
}

async function notice(context: CommandContext, id: string, text: string): Promise<void> {
  const client = await context.client();
  const session = await findSession(client, id);
  await client.run(CliSendSessionNoticeDocument, { input: { sessionId: session.id, text } });
  context.printer.note(`Sent to ${session.deviceName ?? 'the device'} of ${session.userName ?? 'an unknown viewer'}; no server confirms that it was seen.`);
}
