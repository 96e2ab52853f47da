import { randomUUID } from 'node:crypto';
import { CliRegisterServerDocument, CliRemoveServerDocument, CliServerDocument, CliServersChangedDocument, CliServersDocument, CliTestServerDocument, CliUpdateServerDocument, type UpdateServerInput } from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, interruptSignal, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { VERSION } from '../version.js';
import { stageLines, testError, testSummary } from './connection-test.js';
import { findServer } from './find-server.js';
import { printDiagnostics } from './server-diagnostics.js';
import { printServer } from './server-detail.js';
import { SERVER_COLUMNS } from './server-columns.js';
import { withStepUp } from './step-up.js';
import { addImportCommand } from './servers-import.js';

type Kind = 'EMBY' | 'JELLYFIN' | 'PLEX';

interface ServerOptions {
  readonly keyFile?: string;
  readonly alias?: string;
  readonly vendor?: string;
  readonly readOnly?: boolean;
  readonly tag?: string[];
  readonly insecure?: boolean;
  readonly allowUnreachable?: boolean;
  readonly diagnostics?: boolean;
  readonly newUrl?: string;
}

export function addServerCommands(program: Command): void {
  const servers = program.command('servers').description('the media servers of the fleet');
  const run = (action: (context: CommandContext, argument: string, options: ServerOptions) => Promise<void>) => (argument: string, options: ServerOptions, command: Command) =>
    action(contextOf(command), argument, options);

  servers.command('list').description('all servers').action((_options: object, command: Command) => list(contextOf(command)));
  servers.command('get <server>').description('one server, by alias or id').option('--diagnostics', 'what it costs, its machine and its hardening list; with --output json a document to pass on, without names and addresses').action(run(get));
  servers.command('test <server>').description('test a registered server, or an address with --key-file').option('--key-file <file>', 'test this address with the key in a file (- for standard input)').option('--vendor <kind>', 'emby, jellyfin or plex; found out when absent').option('--insecure', 'do not check the certificate').action(run(test));
  servers
    .command('add <url>')
    .description('register a server')
    .requiredOption('--alias <alias>', 'its name in the fleet')
    .requiredOption('--key-file <file>', 'file with an administrator key of the server, - for standard input')
    .option('--vendor <kind>', 'emby, jellyfin or plex; found out when absent')
    .option('--read-only', 'never change anything on it')
    .option('--tag <tag...>', 'tags')
    .option('--insecure', 'do not check the certificate')
    .option('--allow-unreachable', 'save it as pending when it cannot be reached')
    .addHelpText('after', '\nExamples:\n  usher servers add http://192.168.1.20:8096 --alias Attic --key-file attic.key\n  vault kv get -field=key media/attic | usher servers add https://attic.lan --alias Attic --key-file -\n  usher servers add https://cabin.example --alias Cabin --key-file k --allow-unreachable')
    .action(run(add));
  servers.command('update <server>').description('change alias, address or tags').option('--alias <alias>').option('--new-url <url>', 'tested before it is kept').option('--tag <tag...>').option('--allow-unreachable').action(run(update));
  servers.command('rotate-key <server>').description('store a new key; it is tested first').requiredOption('--key-file <file>', 'file with the new key, - for standard input').action(run(rotateKey));
  servers.command('read-only <server> <on|off>').description('forbid or allow every change on the server').action((server: string, state: string, _options: object, command: Command) => readOnly(contextOf(command), server, state));
  servers.command('remove <server>').description('forget a server and its key; history is kept').action(run(remove));
  servers.command('watch').description('servers as they change, until Ctrl-C').action((_options: object, command: Command) => watch(contextOf(command)));
  addImportCommand(servers);
}

async function list(context: CommandContext): Promise<void> {
  const { servers } = await (await context.client()).run(CliServersDocument, { filter: null });
  if (servers.length === 0) context.printer.note('No servers yet. Register one:  usher servers add URL --alias NAME --key-file FILE');
  await context.printer.list(servers, SERVER_COLUMNS, (server) => server.slug);
}

async function get(context: CommandContext, name: string, options: ServerOptions): Promise<void> {
  const client = await context.client();
  const { id } = await findServer(client, name);
  const { server } = await client.run(CliServerDocument, { id });
  const { format } = context.printer;
  const isDocument = format === 'json' || format === 'yaml';
  if (!options.diagnostics || !isDocument) await printServer(context.printer, server);
  const isShown = isDocument || ((format === 'table' || format === 'wide') && !context.options.quiet);
  if (options.diagnostics && isShown) await printDiagnostics(context, client, server, VERSION);
}

async function test(context: CommandContext, target: string, options: ServerOptions): Promise<void> {
  const client = await context.client();
  const input = options.keyFile
    ? { url: target, token: await context.readSecret(options.keyFile), kind: kindOf(options.vendor), tls: tlsOf(options) }
    : { serverId: (await findServer(client, target)).id };
  const { testServerConnection: result } = await client.run(CliTestServerDocument, { input }, 60_000);
  if (context.printer.format === 'json' || context.printer.format === 'yaml') await context.printer.one(result, [], () => target);
  else context.printer.lines([`${target}  ${testSummary(result)}`, ...stageLines(result), ...result.warnings.map((warning) => `  warning          ${warning}`)]);
  if (!result.ok) throw new CliError(result.code ?? 'INTERNAL', testError(target, result).message, { ...testError(target, result).details, exitCode: 1 });
}

async function add(context: CommandContext, url: string, options: ServerOptions): Promise<void> {
  const input = {
    idempotencyKey: randomUUID(),
    url,
    alias: options.alias!,
    token: await context.readSecret(options.keyFile!),
    kind: kindOf(options.vendor),
    readOnly: options.readOnly,
    tags: options.tag,
    tls: tlsOf(options),
    allowUnreachable: options.allowUnreachable,
  };
  const { registerServer } = await (await context.client()).run(CliRegisterServerDocument, { input }, 60_000);
  await context.printer.one(registerServer.server, SERVER_COLUMNS, (server) => server.slug);
  if (registerServer.test && !registerServer.test.ok) context.printer.note(`Saved as pending: ${testSummary(registerServer.test)}. It is tried again by itself.`);
}

async function update(context: CommandContext, name: string, options: ServerOptions): Promise<void> {
  const changes = { alias: options.alias, url: options.newUrl, tags: options.tag };
  if (Object.values(changes).every((value) => value === undefined)) throw new CliError('USAGE', 'nothing to change: give --alias, --new-url or --tag');
  await change(context, name, { ...changes, allowUnreachable: options.allowUnreachable });
}

async function rotateKey(context: CommandContext, name: string, options: ServerOptions): Promise<void> {
  await change(context, name, { token: await context.readSecret(options.keyFile!) });
}

async function readOnly(context: CommandContext, name: string, state: string): Promise<void> {
  if (state !== 'on' && state !== 'off') throw new CliError('USAGE', `"${state}" is neither on nor off`);
  await change(context, name, { readOnly: state === 'on' });
}

async function change(context: CommandContext, name: string, changes: Omit<UpdateServerInput, 'id'>): Promise<void> {
  const client = await context.client();
  const { id } = await findServer(client, name);
  const { updateServer } = await withStepUp(context, client, () => client.run(CliUpdateServerDocument, { input: { id, ...changes } }, 60_000));
  await context.printer.one(updateServer, SERVER_COLUMNS, (server) => server.slug);
}

async function remove(context: CommandContext, name: string): Promise<void> {
  const client = await context.client();
  const { id, alias, slug } = await findServer(client, name);
  await context.confirmByName(`servers remove ${slug}`, slug);
  await client.run(CliRemoveServerDocument, { input: { id, confirmAlias: alias } });
  context.printer.note(`${alias} was removed and its key destroyed. Its history is kept.`);
}

async function watch(context: CommandContext): Promise<void> {
  const client = await context.client();
  await client.follow(CliServersChangedDocument, {}, interruptSignal(), ({ serversChanged: server }) => {
    context.printer.event(server, `${new Date().toISOString()}  ${server.alias}  ${server.state.toLowerCase()}  ${server.stateReason ?? ''}`.trimEnd());
  });
}

function kindOf(vendor: string | undefined): Kind | undefined {
  if (vendor === undefined || vendor === 'auto') return undefined;
  const kind = vendor.toUpperCase();
  if (kind === 'EMBY' || kind === 'JELLYFIN' || kind === 'PLEX') return kind;
  throw new CliError('USAGE', `--vendor ${vendor}: must be emby, jellyfin, plex or auto`);
}

const tlsOf = (options: ServerOptions) => (options.insecure ? { verify: false } : undefined);
