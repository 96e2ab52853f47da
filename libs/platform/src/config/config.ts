import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** One environment variable: its name, shape, default and a line for the reference page. */
export interface EnvVar<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: S;
  readonly default?: z.input<S>;
  readonly description: string;
  readonly secret: boolean;
}

type Shape = Record<string, EnvVar>;
export type ConfigOf<T extends Shape> = { readonly [K in keyof T]: z.output<T[K]['schema']> };

export function envVar<S extends z.ZodType>(given: { name: string; schema: S; default?: z.input<S>; description: string; secret?: boolean }): EnvVar<S> {
  return { secret: false, ...given };
}

/** All problems of a configuration at once, one sentence each; never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * Reads and checks the variables of `shape`. `NAME_FILE` is the only second way to give one: the trimmed content
 * of that file. An empty variable counts as absent.
 */
export function loadConfig<T extends Shape>(shape: T, env: Record<string, string | undefined>): ConfigOf<T> {
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [key, variable] of Object.entries(shape)) {
    try {
      config[key] = readOne(variable, env);
    } catch (error) {
      problems.push(`${variable.name}: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config as ConfigOf<T>;
}

function readOne(variable: EnvVar, env: Record<string, string | undefined>): unknown {
  const raw = rawValue(variable.name, env);
  const result = variable.schema.safeParse(raw ?? variable.default);
  if (result.success) return result.data;
  if (raw === undefined && variable.default === undefined) throw new Error(`is required (${variable.description})`);
  throw new Error(result.error.issues.map((issue) => issue.message).join('; '));
}

function rawValue(name: string, env: Record<string, string | undefined>): string | undefined {
  const direct = env[name] || undefined;
  const path = env[`${name}_FILE`] || undefined;
  if (direct !== undefined && path !== undefined) throw new Error(`${name} and ${name}_FILE are both set; give one`);
  if (path === undefined) return direct;
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    throw new Error(`${name}_FILE cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
