import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  CliAttestEmailDocument,
  CliIdentitySuggestionsDocument,
  CliImportIdentityEmailsDocument,
  CliLinkUsersDocument,
  CliMergeIdentitiesDocument,
  CliMigrationUsersDocument,
  CliRefuseIdentitySuggestionDocument,
  CliServersDocument,
  CliUndoIdentityMergeDocument,
  CliUnlinkUserDocument,
  type CliIdentitySuggestionsQuery,
  type CliImportIdentityEmailsMutation,
} from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { Column } from '../output/columns.js';
import { plain } from '../output/migration-text.js';
import { findAccount, type Account } from './find-account.js';
import { allIdentities, identityOf, type Identity } from './find-identity.js';
import { findServer } from './find-server.js';
import { withStepUp } from './step-up.js';

type Suggestion = CliIdentitySuggestionsQuery['identitySuggestions'][number];
type EmailRow = CliImportIdentityEmailsMutation['importIdentityEmails']['rows'][number];
interface MediaUser {
  readonly server: string;
  readonly name: string;
  readonly email: string | null | undefined;
  readonly role: string;
  readonly vendorId: string;
}

const USER_COLUMNS: readonly Column<MediaUser>[] = [
  { title: 'server', value: (row) => row.server },
  { title: 'user', value: (row) => row.name },
  { title: 'e-mail', value: (row) => row.email },
  { title: 'account', value: (row) => row.role },
  { title: 'id', wide: true, value: (row) => row.vendorId },
];

export function addIdentityCommands(program: Command): void {
  const users = program.command('users').description('accounts of all servers, and the people behind them');
  users.command('list').description('accounts').option('--server <aliases>', 'only these servers, separated by commas').action((options: { server?: string }, command: Command) => list(contextOf(command), options.server));
  users
    .command('identities')
    .description('people with accounts on several servers')
    .option('--search <text>', 'part of a name or address')
    .option('--suggestions', 'accounts that may be the same person')
    .action((options: { search?: string; suggestions?: boolean }, command: Command) => (options.suggestions ? suggestions(contextOf(command)) : identities(contextOf(command), options.search)));
  users.command('link <accounts...>').description('SERVER:USER of one person').option('--identity <id>', 'to a person that is there').option('--allow-same-server', 'two accounts on one server').action((accounts: string[], options: { identity?: string; allowSameServer?: boolean }, command: Command) => link(contextOf(command), accounts, options));
  users.command('unlink <account>').description('SERVER:USER belongs to nobody again').action((account: string, _options: object, command: Command) => unlink(contextOf(command), account));
  users.command('refuse <key>').description('a suggestion is wrong; it does not come back').action((key: string, _options: object, command: Command) => refuse(contextOf(command), key));
  users.command('merge <from> <into>').description('two people are one').option('--allow-same-server', 'two accounts on one server').action((from: string, into: string, options: { allowSameServer?: boolean }, command: Command) => merge(contextOf(command), from, into, options.allowSameServer ?? false));
  users.command('unmerge <merge>').description('undo a merge, within 30 days').action((id: string, _options: object, command: Command) => unmerge(contextOf(command), id));
  const emails = users.command('emails').description('addresses of people');
  emails.command('import <file>').description('CSV with server, user, email; - for standard input').option('--dry-run', 'only check').action((file: string, options: { dryRun?: boolean }, command: Command) => importEmails(contextOf(command), file, options.dryRun ?? false));
  emails.command('attest <identity> <email>').description('you vouch that the address is theirs').requiredOption('--reason <text>', 'kept in the audit log').action((identity: string, email: string, options: { reason: string }, command: Command) => attest(contextOf(command), identity, email, options.reason));
}

async function list(context: CommandContext, names: string | undefined): Promise<void> {
  const client = await context.client();
  const { servers: all } = await client.run(CliServersDocument, { filter: null });
  const servers = names ? await Promise.all(names.split(',').map((name) => findServer(client, name.trim()))) : all;
  const rows: MediaUser[] = [];
  for (const server of servers) {
    const { users } = await client.run(CliMigrationUsersDocument, { serverId: server.id });
    rows.push(...users.map((user) => ({ server: server.slug, name: user.name, email: user.email, role: user.enabled ? (user.isAdministrator ? 'administrator' : 'user') : 'disabled', vendorId: user.vendorId })));
  }
  if (rows.length === 0) context.printer.note('No users yet: they are read after a server was probed.');
  await context.printer.list(rows, USER_COLUMNS, (row) => `${row.server}:${row.name}`);
}

async function columnsOf(client: UsherClient): Promise<readonly Column<Identity>[]> {
  const { servers } = await client.run(CliServersDocument, { filter: null });
  const slugs = new Map(servers.map((server) => [server.id, server.slug]));
  return [
    { title: 'person', value: (row) => row.displayName },
    { title: 'accounts', value: (row) => row.accounts.map((account) => `${slugs.get(account.serverId) ?? account.serverId}:${account.userName}${account.isThere ? '' : ' (gone)'}`).join(', ') },
    { title: 'addresses', value: (row) => row.emails.map(({ email, verifiedAt }) => `${email}${verifiedAt ? '' : ' (not verified)'}`).join(', ') },
    { title: 'merges', wide: true, value: (row) => row.merges.map((made) => `${made.id.slice(-8)} ${made.fromName}${made.undoneAt ? ' (undone)' : ''}`).join(', ') },
    { title: 'id', value: (row) => row.id.slice(-8) },
  ];
}

async function identities(context: CommandContext, search: string | undefined): Promise<void> {
  const client = await context.client();
  const rows = await allIdentities(client, search ?? null);
  if (rows.length === 0) context.printer.note('No people yet. See who may be the same:  usher users identities --suggestions');
  await context.printer.list(rows, await columnsOf(client), (row) => row.id);
}

async function suggestions(context: CommandContext): Promise<void> {
  const client = await context.client();
  const [{ identitySuggestions: rows }, { servers }] = await Promise.all([client.run(CliIdentitySuggestionsDocument, {}), client.run(CliServersDocument, { filter: null })]);
  const slugs = new Map(servers.map((server) => [server.id, server.slug]));
  const account = ({ serverId, userName }: Suggestion['one']) => `${slugs.get(serverId) ?? serverId}:${userName}`;
  const columns: readonly Column<Suggestion>[] = [
    { title: 'one', value: (row) => account(row.one) },
    { title: 'other', value: (row) => account(row.other) },
    { title: 'because', value: (row) => `${plain(row.evidence)}${row.isProof ? '' : ', no proof'}${row.isUnlikely ? ', unlikely' : ''}` },
    { title: 'detail', wide: true, value: (row) => row.detail },
    { title: 'key', wide: true, value: (row) => row.key },
  ];
  if (rows.length === 0) context.printer.note('Nobody looks like somebody else.');
  await context.printer.list(rows, columns, (row) => row.key);
  if (rows.length > 0) context.printer.note('Accept one with  usher users link ONE OTHER ; refuse it with  usher users refuse KEY  (-o wide shows the keys).');
}

const accountInput = ({ serverId, userVendorId }: Account) => ({ serverId, userVendorId });

async function link(context: CommandContext, names: readonly string[], options: { identity?: string; allowSameServer?: boolean }): Promise<void> {
  const client = await context.client();
  const accounts = [];
  for (const name of names) accounts.push(accountInput(await findAccount(client, name)));
  const identityId = options.identity === undefined ? null : (await identityOf(client, options.identity)).id;
  const { linkUsers } = await client.run(CliLinkUsersDocument, { input: { accounts, identityId, allowSameServer: options.allowSameServer ?? false } });
  await context.printer.list([linkUsers], await columnsOf(client), (row) => row.id);
}

async function unlink(context: CommandContext, name: string): Promise<void> {
  const client = await context.client();
  const { unlinkUser } = await client.run(CliUnlinkUserDocument, { input: accountInput(await findAccount(client, name)) });
  context.printer.note(unlinkUser ? `${name} belongs to nobody now.` : `${name} belonged to nobody.`);
}

async function refuse(context: CommandContext, key: string): Promise<void> {
  const client = await context.client();
  await client.run(CliRefuseIdentitySuggestionDocument, { key });
  context.printer.note('Refused; it does not come back.');
}

async function merge(context: CommandContext, from: string, into: string, allowSameServer: boolean): Promise<void> {
  const client = await context.client();
  const [one, other] = [await identityOf(client, from), await identityOf(client, into)];
  await context.confirm(`Make ${one.displayName} and ${other.displayName} one person, ${other.displayName}?`);
  const { mergeIdentities } = await client.run(CliMergeIdentitiesDocument, { input: { fromId: one.id, intoId: other.id, allowSameServer } });
  await context.printer.list([mergeIdentities], await columnsOf(client), (row) => row.id);
}

async function unmerge(context: CommandContext, id: string): Promise<void> {
  const client = await context.client();
  const merges = (await allIdentities(client, null)).flatMap((row) => row.merges).filter((made) => made.id === id || (id.length >= 6 && made.id.endsWith(id)));
  if (merges.length !== 1) throw new CliError('NOT_FOUND', `There is no merge "${id}".`, { next: 'usher users identities -o wide' });
  const { undoIdentityMerge } = await client.run(CliUndoIdentityMergeDocument, { id: merges[0]!.id });
  await context.printer.list([undoIdentityMerge], await columnsOf(client), (row) => row.id);
}

async function importEmails(context: CommandContext, file: string, dryRun: boolean): Promise<void> {
  const csv = file === '-' ? await context.readStdin() : await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CliError('VALIDATION_FAILED', `${file} cannot be read (${error.code}).`, { file });
  });
  const client = await context.client();
  const { importIdentityEmails: result } = await client.run(CliImportIdentityEmailsDocument, { input: { csv, dryRun, idempotencyKey: randomUUID() } });
  const columns: readonly Column<EmailRow>[] = [
    { title: 'line', value: (row) => `${file}:${row.line}${row.column ? `:${row.column}` : ''}` },
    { title: '', value: (row) => plain(row.status) },
    { title: 'account', value: (row) => `${row.server}:${row.user}` },
    { title: 'e-mail', value: (row) => row.email },
    { title: 'why', value: (row) => row.message },
    { title: 'code', value: (row) => row.code },
  ];
  if (context.printer.format === 'json') context.printer.data(JSON.stringify(result, null, 2));
  else await context.printer.list(result.rows, columns, (row) => row.email);
  context.printer.note(`${result.added} added, ${result.same} there already, ${result.held} held back, ${result.refused} refused.${result.applied ? '' : ' Nothing was changed.'}`);
  if (result.refused > 0) process.exitCode = 8;
}

async function attest(context: CommandContext, identity: string, email: string, reason: string): Promise<void> {
  const client = await context.client();
  const { id } = await identityOf(client, identity);
  const { attestEmail } = await withStepUp(context, client, () => client.run(CliAttestEmailDocument, { input: { identityId: id, email, reason } }));
  await context.printer.list([attestEmail], await columnsOf(client), (row) => row.id);
}
