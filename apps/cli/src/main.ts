#!/usr/bin/env node
import { CommanderError, type Command } from 'commander';
import { CliError } from './errors.js';
import { Printer, type OutputFormat } from './output/printer.js';
import { buildProgram } from './program.js';

// A reader such as head may close the pipe early; that is no error.
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70));

const program = buildProgram();

try {
  await program.parseAsync();
} catch (error) {
  const shown = asCliError(error);
  if (shown) {
    // Options may not have been parsed when the error is about them.
    const format = (process.argv.some((argument, index, all) => argument === '--output=json' || (/^(-o|--output)$/.test(all[index - 1] ?? '') && argument === 'json')) ? 'json' : 'table') as OutputFormat;
    new Printer({ out: process.stdout, err: process.stderr }, { format, headers: true, quiet: false }).error(shown);
    process.exitCode = shown.exitCode;
  }
}

/** Null for help and version, which commander has printed already. */
function asCliError(error: unknown): CliError | null {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return null;
    if (error.code === 'commander.help') {
      process.exitCode = 2;
      return null;
    }
    return new CliError('USAGE', error.message.replace(/^error: /, ''), { next: `See  ${nameOf(program)} --help` });
  }
  return new CliError('INTERNAL', error instanceof Error ? error.message : String(error));
}

/** The command that was meant, as far as it is known: `usher windows create`. */
function nameOf(root: Command): string {
  let command = root;
  for (const word of process.argv.slice(2)) command = command.commands.find((child) => child.name() === word) ?? command;
  const names = [];
  for (let at: Command | null = command; at; at = at.parent) names.unshift(at.name());
  return names.join(' ');
}
