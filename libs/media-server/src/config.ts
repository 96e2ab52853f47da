import { SERVER_KINDS, type ServerKind } from '@usher/contracts';

/** The real server that `npm run test:live` asks. The only place of this library that reads the environment. */
export interface LiveConfig {
  readonly kind: ServerKind;
  readonly url: string;
  readonly key: string;
  /** Answers in place of plex.tv. */
  readonly plexTvUrl: string;
  readonly write: boolean;
}

/** Reads `VENDOR [--write]` and the variables of that vendor. @returns a sentence when something is missing */
export function liveConfig(args: readonly string[], env: NodeJS.ProcessEnv = process.env): LiveConfig | string {
  const [word, ...others] = args.filter((each) => each !== '--write');
  const kind = SERVER_KINDS.find((each) => each === word);
  if (kind === undefined || others.length > 0) return 'usage: npm run test:live -- emby|jellyfin|plex [--write]';
  const [url, key] = [`USHER_LIVE_${kind.toUpperCase()}_URL`, `USHER_LIVE_${kind.toUpperCase()}_KEY`];
  const missing = [url, key].filter((name) => !env[name]);
  if (missing.length > 0) return `Set ${missing.join(' and ')}: the address of a ${kind} server and a key of its administrator.`;
  return { kind, url: env[url]!, key: env[key]!, plexTvUrl: env['USHER_LIVE_PLEX_TV_URL'] || 'https://plex.tv', write: args.includes('--write') };
}
