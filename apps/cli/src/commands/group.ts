import type { Command } from 'commander';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';

/** The group of commands of this name, made when it is not there: several rooms add to one group. */
export function group(parent: Command, name: string, description: string): Command {
  return parent.commands.find((command) => command.name() === name) ?? parent.command(name).description(description);
}

/**
 * The `list` of a group, which its bare name stands for: `servers tasks attic` is `servers tasks list attic`. Whatever is typed wrong
 * in the place of a command lands in it, and is called what it is.
 */
export function defaultList(parent: Command, operands: string): Command {
  const list = parent.command(`list ${operands}`.trim(), { isDefault: true }).allowExcessArguments(true);
  return list.hook('preAction', () => {
    const given = list.args.length;
    if (given <= list.registeredArguments.length) return;
    const name = `${parent.parent!.name()} ${parent.name()}`;
    const next = `See  usher ${name} --help`;
    if (parent.args[0] === 'list') throw new CliError('USAGE', `too many arguments for 'list'. Expected ${list.registeredArguments.length} but got ${given}.`, { next });
    const near = nearest(list.args[0]!, parent.commands.map((command) => command.name()));
    throw new CliError('USAGE', `unknown command '${list.args[0]}'${near ? `\n(Did you mean ${near}?)` : ''}`, { next });
  });
}
