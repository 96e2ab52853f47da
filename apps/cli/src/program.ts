import { Command, Option } from 'commander';
import { addAboutCommands } from './commands/about.js';
import { addAccountCommands } from './commands/accounts.js';
import { addActionCommands } from './commands/actions.js';
import { addActivityCommands } from './commands/activities.js';
import { addAuthCommands } from './commands/auth.js';
import { addHardeningCommands } from './commands/hardening.js';
import { addHistoryCommands } from './commands/history.js';
import { addIdentityCommands } from './commands/identities.js';
import { addItemCommands } from './commands/items.js';
import { addLibraryCommands } from './commands/libraries.js';
import { addLibraryCareCommands } from './commands/library-care.js';
import { addMigrationCommands } from './commands/migrations.js';
import { addMismatchCommands } from './commands/mismatches.js';
import { addNoticeCommands } from './commands/notices.js';
import { addRouteCommands } from './commands/routes.js';
import { addEfficiencyCommand } from './commands/server-efficiency.js';
import { addServerRoomCommands } from './commands/server-rooms.js';
import { addServerCommands } from './commands/servers.js';
import { addSessionCommands } from './commands/sessions.js';
import { addWindowCommands } from './commands/windows.js';
import { parseOutput, parsePositive } from './context.js';
import { VERSION } from './version.js';

/** The whole command tree. Errors are thrown, never printed or exited with here. */
export function buildProgram(): Command {
  const program = new Command('usher')
    .description('One control plane for your Emby, Jellyfin and Plex servers.')
    .addOption(new Option('-o, --output <format>', 'table, wide, json, yaml, csv or name').argParser(parseOutput).default('table'))
    .option('-q, --quiet', 'names only, no notes')
    .option('--no-headers', 'tables without their head')
    .option('--url <url>', 'address of Usher (USHER_URL)')
    .option('--timeout <seconds>', 'how long to wait for an answer', parsePositive, 30)
    .option('--no-input', 'never ask')
    .option('-y, --yes', 'agree to moderate changes')
    .option('--confirm <name>', 'agree to a severe change by the name of what it changes')
    .addHelpText('after', '\nExamples:\n  usher auth login --url http://127.0.0.1:8747\n  usher servers import fleet.yaml --dry-run\n  usher sessions watch --output json\n\nusher errors CODE explains an error; exit codes: docs/reference/errors.md')
    .version(VERSION, '-V, --version')
    .showSuggestionAfterError(true);
  addAuthCommands(program);
  addServerCommands(program);
  addServerRoomCommands(program);
  addHardeningCommands(program);
  addEfficiencyCommand(program);
  addSessionCommands(program);
  addLibraryCommands(program);
  addItemCommands(program);
  addLibraryCareCommands(program);
  addMigrationCommands(program);
  addIdentityCommands(program);
  addAccountCommands(program);
  addMismatchCommands(program);
  addRouteCommands(program);
  addNoticeCommands(program);
  addWindowCommands(program);
  addActionCommands(program);
  addActivityCommands(program);
  addHistoryCommands(program);
  addAboutCommands(program, VERSION);
  throwInsteadOfExit(program);
  return program;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  // main.ts prints errors, in the format asked for.
  command.configureOutput({ outputError: () => undefined });
  for (const child of command.commands) throwInsteadOfExit(child);
}
