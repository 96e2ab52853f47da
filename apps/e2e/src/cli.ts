import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { repositoryRoot } from '@usher/testing';

export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
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

  run(args: readonly string[], stdin = ''): Promise<CliResult> {
    const program = path.join(repositoryRoot(), 'apps/cli/dist/main.js');
    const env = { PATH: process.env['PATH'] ?? '', USHER_CONFIG_DIR: path.join(this.folder, 'config'), ...this.env };
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.stdin.end(stdin);
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
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
