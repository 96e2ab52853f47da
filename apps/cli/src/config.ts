import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { CliError } from './errors.js';

/** What the CLI reads from its environment; nothing else of it is looked at. */
export interface Environment {
  readonly url?: string;
  readonly token?: string;
  readonly configDir: string;
  readonly color: boolean | undefined;
  /** For `{env: NAME}` in import files: the operator names the variable. */
  variable(name: string): string | undefined;
}

export function readEnvironment(env: Record<string, string | undefined> = process.env): Environment {
  const base = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return {
    url: env['USHER_URL'] || undefined,
    token: env['USHER_TOKEN'] || undefined,
    configDir: env['USHER_CONFIG_DIR'] || join(base, 'usher'),
    color: env['NO_COLOR'] || env['TERM'] === 'dumb' ? false : env['FORCE_COLOR'] ? true : undefined,
    variable: (name) => env[name],
  };
}

const SavedSignIn = z.object({ url: z.url(), token: z.string().min(1), operator: z.string() });
export type SavedSignIn = z.infer<typeof SavedSignIn>;

const pathOf = (environment: Environment) => join(environment.configDir, 'config.yaml');

/** The sign-in of `usher auth login`; null when there is none. */
export async function loadSignIn(environment: Environment): Promise<SavedSignIn | null> {
  let text: string;
  try {
    text = await readFile(pathOf(environment), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new CliError('VALIDATION_FAILED', `${pathOf(environment)} cannot be read (${(error as NodeJS.ErrnoException).code}).`, {
      next: 'Check its owner and mode, or point USHER_CONFIG_DIR elsewhere.',
    });
  }
  const { parse } = await import('yaml');
  const saved = SavedSignIn.safeParse(parse(text));
  if (saved.success) return saved.data;
  throw new CliError('VALIDATION_FAILED', `${pathOf(environment)} is not a configuration of usher.`, { next: 'Sign in again:  usher auth login' });
}

/** Readable by its owner only; replaced in one step. */
export async function saveSignIn(environment: Environment, signIn: SavedSignIn | null): Promise<void> {
  const { stringify } = await import('yaml');
  await mkdir(environment.configDir, { recursive: true, mode: 0o700 });
  const temporary = `${pathOf(environment)}.${process.pid}`;
  await writeFile(temporary, signIn ? stringify(signIn) : '', { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, pathOf(environment));
}
