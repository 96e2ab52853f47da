import { CliCreateFirstOperatorDocument, CliSetupStateDocument, CliSignInDocument, CliSignOutDocument, CliViewerDocument } from '@usher/api-client';
import type { Command } from 'commander';
import { UsherClient } from '../client.js';
import { loadSignIn, saveSignIn } from '../config.js';
import { contextOf, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { stepUp } from './step-up.js';

interface LoginOptions {
  readonly name?: string;
  readonly passwordFile?: string;
  readonly codeFile?: string;
  readonly withToken?: boolean;
}

export function addAuthCommands(program: Command): void {
  const auth = program.command('auth').description('sign in and out');
  auth
    .command('login')
    .description('sign in and keep the sign-in in the configuration file')
    .option('--name <name>', 'your name at Usher')
    .option('--password-file <file>', 'read the password from a file, - for standard input')
    .option('--code-file <file>', 'first sign-in: read the one-time code from a file, - for standard input')
    .option('--with-token', 'read a token from standard input')
    .addHelpText('after', '\nExamples:\n  usher auth login --url http://127.0.0.1:8747\n  usher auth login --name sam --password-file -  < password\n  echo "$TOKEN" | usher auth login --with-token')
    .action((options: LoginOptions, command: Command) => login(contextOf(command), options));
  auth
    .command('logout')
    .description('end the sign-in here and at the server')
    .action((_options: object, command: Command) => logout(contextOf(command)));
  auth
    .command('step-up')
    .description('prove your password again; changes of keys, addresses and passwords need it within five minutes')
    .option('--password-file <file>', 'read the password from a file, - for standard input')
    .action(async (options: LoginOptions, command: Command) => {
      const context = contextOf(command);
      await stepUp(context, await context.client(), options.passwordFile);
      context.printer.note('Proven for five minutes.');
    });
  auth
    .command('status')
    .description('who is signed in, and where')
    .action((_options: object, command: Command) => status(contextOf(command)));
}

async function login(context: CommandContext, options: LoginOptions): Promise<void> {
  const url = await context.url();
  if (options.withToken) return keep(context, url, (await context.readStdin()).trim());
  const client = new UsherClient({ url, timeoutMs: context.options.timeout * 1000 });
  const { setupState } = await client.run(CliSetupStateDocument, {});
  const first = setupState.needsFirstOperator;
  const name = options.name ?? (await context.ask(first ? 'Your name (you become superadmin)' : 'Name'));
  if (first) {
    const code = options.codeFile ? await context.readSecret(options.codeFile) : await context.askSecret('One-time code, as npm start printed it');
    const password = options.passwordFile ? await context.readSecret(options.passwordFile) : await context.askSecret('A new password (12 characters or more)');
    const { createFirstOperator } = await client.run(CliCreateFirstOperatorDocument, { input: { code, name, password, returnToken: true } });
    return keep(context, url, createFirstOperator.token ?? '');
  }
  const password = options.passwordFile ? await context.readSecret(options.passwordFile) : await context.askSecret('Password');
  const { signIn } = await client.run(CliSignInDocument, { input: { name, password, returnToken: true } });
  return keep(context, url, signIn.token ?? '');
}

/** Keeps a token only after the server has said whose it is. */
async function keep(context: CommandContext, url: string, token: string): Promise<void> {
  if (!token) throw new CliError('USAGE', 'standard input holds no token');
  const { viewer } = await new UsherClient({ url, token, timeoutMs: context.options.timeout * 1000 }).run(CliViewerDocument, {});
  if (!viewer) throw new CliError('UNAUTHENTICATED', 'The server does not know this token.', { next: 'Sign in with name and password:  usher auth login' });
  await saveSignIn(context.environment, { url, token, operator: viewer.name });
  context.printer.note(`Signed in to ${url} as ${viewer.name} (${viewer.role.toLowerCase()}).`);
}

async function logout(context: CommandContext): Promise<void> {
  const saved = await loadSignIn(context.environment);
  if (!saved) {
    context.printer.note('Nobody is signed in.');
    return;
  }
  const client = new UsherClient({ url: saved.url, token: saved.token, timeoutMs: context.options.timeout * 1000 });
  await client.run(CliSignOutDocument, {}).catch((error: CliError) => {
    if (error.code !== 'UNAUTHENTICATED') context.printer.note(`The server was not told (${error.code}); the token ends by itself.`);
  });
  await saveSignIn(context.environment, null);
  context.printer.note(`Signed out of ${saved.url}.`);
}

async function status(context: CommandContext): Promise<void> {
  const url = await context.url();
  const { viewer } = await (await context.client()).run(CliViewerDocument, {});
  if (!viewer) throw new CliError('UNAUTHENTICATED', `Nobody is signed in to ${url}.`, { next: 'Sign in:  usher auth login' });
  const row = { url, name: viewer.name, role: viewer.role };
  await context.printer.one(
    row,
    [
      { title: 'url', value: (it) => it.url },
      { title: 'name', value: (it) => it.name },
      { title: 'role', value: (it) => it.role.toLowerCase() },
    ],
    (it) => it.name,
  );
}
