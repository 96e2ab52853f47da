import { ERROR_CODES, isErrorCode } from '@usher/contracts';
import type { Command } from 'commander';
import { contextOf } from '../context.js';
import { CliError, exitCodeOf } from '../errors.js';
import { nearest } from '../import-file/problem.js';

/** Commands that need no connection. */
export function addAboutCommands(program: Command, version: string): void {
  program
    .command('version')
    .description('the version of this program')
    .action((_options: object, command: Command) => contextOf(command).printer.data(version));
  program
    .command('errors [code]')
    .description('what an error code means and what to do')
    .action(async (code: string | undefined, _options: object, command: Command) => {
      const rows = Object.entries(ERROR_CODES).map(([name, entry]) => ({ code: name, family: entry.family, exit: exitCodeOf(name), retryable: entry.retryable, next: entry.next }));
      const wanted = code?.toUpperCase();
      if (wanted && !isErrorCode(wanted)) {
        const near = nearest(wanted, Object.keys(ERROR_CODES));
        throw new CliError('NOT_FOUND', `There is no error code ${wanted}.`, { next: near ? `Did you mean ${near}?` : 'See all of them:  usher errors' });
      }
      const columns = [
        { title: 'code', value: (row: (typeof rows)[number]) => row.code },
        { title: 'family', value: (row: (typeof rows)[number]) => row.family },
        { title: 'exit', value: (row: (typeof rows)[number]) => row.exit },
        { title: 'next', value: (row: (typeof rows)[number]) => row.next },
      ];
      const shown = wanted ? rows.filter((row) => row.code === wanted) : rows;
      await contextOf(command).printer.list(shown, columns, (row) => row.code);
    });
  program
    .command('schema <name>')
    .description('JSON Schema of a file format: servers or migrations')
    .action(async (name: string, _options: object, command: Command) => {
      const schema = await schemaOf(name);
      if (!schema) throw new CliError('NOT_FOUND', `There is no schema "${name}".`, { next: 'There are two:  usher schema servers ;  usher schema migrations' });
      contextOf(command).printer.data(JSON.stringify(schema, null, 2));
    });
}

async function schemaOf(name: string): Promise<object | null> {
  if (name === 'servers') return (await import('../import-file/row.schema.js')).importFileJsonSchema();
  if (name === 'migrations') return (await import('../import-file/migration-file.js')).migrationFileJsonSchema();
  return null;
}
