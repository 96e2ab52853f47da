import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { UsherClient } from './client.js';
import { loadSignIn, readEnvironment, type Environment } from './config.js';
import { CliError } from './errors.js';
import { OUTPUT_FORMATS, Printer, type OutputFormat, type Streams } from './output/printer.js';

export interface GlobalOptions {
  readonly output: OutputFormat;
  readonly quiet?: boolean;
  readonly headers: boolean;
  readonly url?: string;
  readonly timeout: number;
  readonly input: boolean;
  readonly yes?: boolean;
  readonly confirm?: string;
}

/** What every command gets: options, printer, client, standard streams. */
export class CommandContext {
  readonly environment: Environment = readEnvironment();
  readonly printer: Printer;
  private stdin: Promise<string> | null = null;

  constructor(
    readonly options: GlobalOptions,
    private readonly streams: Streams = { out: process.stdout, err: process.stderr },
  ) {
    this.printer = new Printer(this.streams, { format: options.output, headers: options.headers, quiet: options.quiet ?? false });
  }

  /** Flag, then environment, then the saved sign-in, then the default of `npm start`. */
  async url(): Promise<string> {
    return this.options.url ?? this.environment.url ?? (await loadSignIn(this.environment))?.url ?? 'http://127.0.0.1:8747';
  }

  async client(): Promise<UsherClient> {
    const token = this.environment.token ?? (await loadSignIn(this.environment))?.token;
    return new UsherClient({ url: await this.url(), token, timeoutMs: this.options.timeout * 1000 });
  }

  /** True when a person can be asked. */
  get interactive(): boolean {
    return this.options.input && process.stdin.isTTY === true && this.streams.err.isTTY === true;
  }

  /** All of standard input, read once. */
  readStdin(): Promise<string> {
    this.stdin ??= (async () => {
      if (process.stdin.isTTY) throw new CliError('USAGE', 'nothing is piped into standard input');
      let text = '';
      for await (const chunk of process.stdin.setEncoding('utf8')) text += String(chunk);
      return text;
    })();
    return this.stdin;
  }

  /** A secret from a file, or from standard input for `-`; never from a flag. */
  async readSecret(path: string): Promise<string> {
    const text = path === '-' ? await this.readStdin() : await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new CliError('VALIDATION_FAILED', `${path} cannot be read (${error.code}).`, { file: path });
    });
    if (text.trim()) return text.trim();
    throw new CliError('VALIDATION_FAILED', `${path === '-' ? 'Standard input' : path} holds nothing.`);
  }

  async ask(message: string): Promise<string> {
    return this.prompt<string>(message, ({ text }) => text({ message }));
  }

  async askSecret(message: string): Promise<string> {
    return this.prompt<string>(message, ({ password }) => password({ message }));
  }

  /** Moderate danger: asks, or takes `--yes`. */
  async confirm(message: string): Promise<void> {
    if (this.options.yes) return;
    const agreed = await this.prompt<boolean>(`${message} (or pass --yes)`, ({ confirm }) => confirm({ message, initialValue: false }));
    if (!agreed) throw new CliError('CANCELED', 'Nothing was changed.');
  }

  /** Severe danger: the name has to be typed, or given as `--confirm NAME`; `--yes` is not enough. */
  async confirmByName(action: string, name: string): Promise<void> {
    const typed = this.options.confirm ?? (this.interactive ? await this.ask(`${action}. Type ${name} to go on`) : undefined);
    if (typed === undefined) throw new CliError('USAGE', `"${action}" needs --confirm=${name}${this.options.input ? '' : ' (no prompt: --no-input)'}`);
    if (typed !== name) throw new CliError('CANCELED', `"${typed}" is not "${name}". Nothing was changed.`, { exitCode: 2 });
  }

  private async prompt<T extends string | boolean>(what: string, show: (prompts: typeof import('@clack/prompts')) => Promise<T | symbol>): Promise<T> {
    if (!this.interactive) throw new CliError('USAGE', `${what}: needs an answer, and there is no terminal to ask at`);
    const prompts = await import('@clack/prompts');
    const answer = await show(prompts);
    if (prompts.isCancel(answer)) throw new CliError('CANCELED', 'Canceled. Nothing was changed.', { exitCode: 130 });
    return answer as T;
  }
}

/** The context of a command that commander runs. */
export function contextOf(command: Command): CommandContext {
  return new CommandContext(command.optsWithGlobals<GlobalOptions>());
}

/** A signal that Ctrl-C aborts; a second Ctrl-C ends at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    controller.abort();
    process.once('SIGINT', () => process.exit(130));
  });
  return controller.signal;
}

export function parseOutput(value: string): OutputFormat {
  if ((OUTPUT_FORMATS as readonly string[]).includes(value)) return value as OutputFormat;
  throw new CliError('USAGE', `--output ${value}: must be one of ${OUTPUT_FORMATS.join(', ')}`);
}

export function parsePositive(value: string): number {
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new CliError('USAGE', `"${value}" is not a positive number`);
}

export function parseCount(value: string): number {
  const number = parsePositive(value);
  if (Number.isInteger(number)) return number;
  throw new CliError('USAGE', `"${value}" is not a whole number`);
}
