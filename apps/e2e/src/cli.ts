import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { repositoryRoot } from '@usher/testing';

export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that runs until it is told to stop. */
export interface Following<T> {
  /** One of each line, as it came. */
  readonly events: readonly T[];
  /** As Ctrl-C does. */
  stop(): Promise<number | null>;
}

/** The built CLI as a user types it, with a configuration folder of its own. */
export class Cli {
  private constructor(
    private readonly folder: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async make(env: Readonly<Record<string, string>>): Promise<Cli> {
    return new Cli(await mkdtemp(path.join(os.tmpdir(), 'usher-cli-')), env);
  }

  /** Writes a file that commands can name by its returned path. */
  async file(name: string, text: string): Promise<string> {
    const file = path.join(this.folder, name);
    await writeFile(file, text);
    return file;
  }

  private spawn(args: readonly string[]): ChildProcessWithoutNullStreams {
    const program = path.join(repositoryRoot(), 'apps/cli/dist/main.js');
    const env = { PATH: process.env['PATH'] ?? '', USHER_CONFIG_DIR: path.join(this.folder, 'config'), ...this.env };
    return spawn(process.execPath, [program, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  run(args: readonly string[], stdin = ''): Promise<CliResult> {
    const child = this.spawn(args);
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.stdin.end(stdin);
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  }

  /** Runs a command that prints one JSON document a line. */
  follow<T>(args: readonly string[]): Following<T> {
    const child = this.spawn([...args, '-o', 'json']);
    const events: T[] = [];
    child.stdin.end();
    child.stderr.resume();
    createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line) as T));
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    return { events, stop: () => (child.kill('SIGINT'), ended) };
  }

  /** The document that a command prints. @throws with what it wrote, when it fails */
  async json<T>(args: readonly string[]): Promise<T> {
    const { code, out, err } = await this.run([...args, '-o', 'json']);
    if (code !== 0) throw new Error(`usher ${args.join(' ')} exited with ${code}: ${err}`);
    return JSON.parse(out) as T;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
