import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SERVER_KINDS, type ServerKind } from '@usher/contracts';

/** The real server that `npm run test:live` asks. The only place of this library that reads the environment. */
export interface LiveConfig {
  readonly kind: ServerKind;
  readonly url: string;
  readonly key: string;
  /** Answers in place of plex.tv. */
  readonly plexTvUrl: string;
  readonly write: boolean;
  /** An empty folder as the server sees it. */
  readonly libraryPath: string | null;
  /** Where the report goes as JSON. */
  readonly jsonFile: string | null;
}

const USAGE = 'npm run test:live -- emby|jellyfin|plex [--write [--library-path FOLDER]] [--json FILE]';

/** What is wrong with a call or its variables, and what to do about it. */
export interface ConfigProblem {
  readonly problem: string;
  readonly next: string;
}

/** Reads the call and the variables of that vendor. */
export function liveConfig(args: readonly string[], env: NodeJS.ProcessEnv = process.env): LiveConfig | ConfigProblem {
  const call = readCall(args);
  if (call === null) return { problem: 'The call is not understood.', next: USAGE };
  const { kind, write, libraryPath, json } = call;
  if (libraryPath !== null && !write) return { problem: 'A library is made only when writing is allowed.', next: `${USAGE} (both, or neither)` };
  const [url, key] = [`USHER_LIVE_${kind.toUpperCase()}_URL`, `USHER_LIVE_${kind.toUpperCase()}_KEY`];
  const missing = [url, key].filter((name) => !env[name]);
  if (missing.length > 0) {
    return { problem: `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set.`, next: `export ${url}=https://… and ${key}=…: the address of the server and a key of its administrator (for Plex: the owner's token)` };
  }
  const jsonFile = json === null ? null : resolve(env['INIT_CWD'] ?? '.', json);
  return { kind, url: env[url]!, key: env[key]!, plexTvUrl: env['USHER_LIVE_PLEX_TV_URL'] || 'https://plex.tv', write, libraryPath, jsonFile };
}

function readCall(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { write: { type: 'boolean' }, 'library-path': { type: 'string' }, json: { type: 'string' } } });
    const kind = SERVER_KINDS.find((each) => each === positionals[0]);
    if (kind === undefined || positionals.length > 1) return null;
    return { kind, write: values.write ?? false, libraryPath: values['library-path'] ?? null, json: values.json ?? null };
  } catch (error) {
    if (String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')) return null;
    throw error;
  }
}
