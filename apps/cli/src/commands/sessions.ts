import { CliSessionDocument, CliSessionsChangedDocument, type CliSessionFieldsFragment } from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, interruptSignal, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { Column } from '../output/columns.js';
import { sessionLines } from '../output/session-detail-text.js';
import { deliveryText, durationText, titleOf } from '../output/session-text.js';
import { findSession, readSessions, type SessionRow } from './find-session.js';
import { aliasesOf, serverIdsOf } from './server-names.js';
import { addSessionControls } from './session-controls.js';

interface SessionOptions {
  readonly server?: string;
  readonly all?: boolean;
}

const COLUMNS: readonly Column<SessionRow>[] = [
  { title: 'server', value: (row) => row.server },
  { title: 'user', value: (row) => row.userName },
  { title: 'title', value: (row) => (row.item ? titleOf(row.item) : null) },
  { title: 'state', value: (row) => [row.stream?.state.toLowerCase() ?? 'idle', row.stale ? 'stale' : null, row.ghost ? 'ghost' : null].filter(Boolean).join(' ') },
  { title: 'delivery', value: deliveryText },
  { title: 'kbit/s', align: 'right', value: (row) => row.stream?.bitRateKbps },
  { title: 'position', align: 'right', value: (row) => (row.stream ? durationText(row.stream.positionMs) : null) },
  { title: 'device', value: (row) => row.deviceName },
  { title: 'id', value: (row) => row.id.slice(-8) },
  { title: 'client', wide: true, value: (row) => row.client },
  { title: 'network', wide: true, value: (row) => row.network.toLowerCase() },
  { title: 'flags', wide: true, value: (row) => row.flags.map(({ text }) => text).join('; ') },
];

export function addSessionCommands(program: Command): void {
  const sessions = program.command('sessions').description('who watches what, live');
  sessions.command('list').description('streams of all servers').option('--server <aliases>', 'only these servers, separated by commas').option('--all', 'also clients that play nothing').action((options: SessionOptions, command: Command) => list(contextOf(command), options));
  sessions.command('get <session>').description('one session: source and output, why it is converted, what it can be told').action((id: string, _options: object, command: Command) => get(contextOf(command), id));
  sessions.command('watch').description('streams as they change, until Ctrl-C').option('--server <aliases>', 'only these servers, separated by commas').action((options: SessionOptions, command: Command) => watch(contextOf(command), options));
  addSessionControls(sessions);
}

async function list(context: CommandContext, options: SessionOptions): Promise<void> {
  const client = await context.client();
  const rows = await readSessions(client, await serverIdsOf(client, options.server));
  const shown = options.all ? rows : rows.filter((row) => row.stream);
  if (shown.length === 0) context.printer.note('Nobody is watching.');
  await context.printer.list(shown, COLUMNS, (row) => row.id);
}

async function get(context: CommandContext, id: string): Promise<void> {
  const client = await context.client();
  const { printer } = context;
  const found = await findSession(client, id);
  const { session } = await client.run(CliSessionDocument, { id: found.id });
  if (!session) throw new CliError('NOT_FOUND', `The session "${id}" has just ended.`, { next: 'See what is playing:  usher sessions list' });
  if (context.options.quiet || (printer.format !== 'table' && printer.format !== 'wide')) await printer.one({ ...session, server: found.server, stale: found.stale }, COLUMNS as readonly Column<typeof session & { server: string; stale: boolean }>[], (row) => row.id);
  else printer.lines(sessionLines(session, found));
}

async function watch(context: CommandContext, options: SessionOptions): Promise<void> {
  const client = await context.client();
  const [names, serverIds] = await Promise.all([aliasesOf(client), serverIdsOf(client, options.server)]);
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
