import type { ConsoleConnectionTestFragment } from '@usher/api-client';

export type ConnectionTest = ConsoleConnectionTestFragment;

const STAGES: Readonly<Record<string, string>> = {
  address: 'Name resolves',
  connection: 'Port answers',
  tls: 'TLS certificate is valid',
  'media server': 'It is a media server',
  key: 'Key accepted',
  administrator: 'Key of an administrator',
};

/** A stage as a sentence. */
export function stageWord(name: string): string {
  return STAGES[name] ?? name;
}

const CAUSES: Readonly<Record<string, string>> = {
  dns: 'The name of this address could not be found.',
  refused: 'Nothing answers at this port.',
  timeout: 'Nothing answered in time.',
  tls: 'The certificate of this address could not be trusted.',
  starting: 'The media server is still starting.',
  'not-a-media-server': 'Something answers there, but it is no Emby, Jellyfin or Plex server.',
  'unknown-key': 'The media server does not know this key.',
  'not-administrator': 'The key works, but it belongs to somebody without administrator rights.',
};

const TITLES: Readonly<Record<string, string>> = {
  SERVER_REJECTED_KEY: 'The key was refused',
  SERVER_UNREACHABLE: 'The server could not be reached',
  EGRESS_BLOCKED: 'Usher may not call this address',
  SERVER_ALREADY_REGISTERED: 'This server is registered already',
};

/** Title and cause of a failed test. */
export function failureWords(test: Pick<ConnectionTest, 'code' | 'reason' | 'message'>): { title: string; why: string } {
  return {
    title: TITLES[test.code ?? ''] ?? 'The test failed',
    why: test.message ?? CAUSES[test.reason ?? ''] ?? 'No cause was told.',
  };
}

const NEVER_PENDING = new Set(['not-a-media-server', 'unknown-key', 'not-administrator']);

/** Only a server that could not be reached may be saved untested; a refused key or a wrong address saves nothing. */
export function mayStayPending(test: Pick<ConnectionTest, 'ok' | 'code' | 'reason'>): boolean {
  return !test.ok && test.code === 'SERVER_UNREACHABLE' && !NEVER_PENDING.has(test.reason ?? '');
}

export interface KeyHelp {
  readonly vendor: string;
  readonly steps: readonly string[];
}

/** Where an administrator finds a key, per vendor, in the words of its pages. */
export const KEY_HELP: readonly KeyHelp[] = [
  { vendor: 'Emby', steps: ['Open the server’s settings as an administrator.', 'Choose “API Keys” under Advanced.', 'Add a key, name it “Usher”, copy it.'] },
  { vendor: 'Jellyfin', steps: ['Open the Dashboard as an administrator.', 'Choose “API Keys”.', 'Press +, name it “Usher”, copy the whole key.'] },
  { vendor: 'Plex', steps: ['Sign in to Plex Web as the owner of the server.', 'Open “Get Info” of any item, then “View XML”.', 'Copy what follows “X-Plex-Token=” in the address.'] },
];

/** What the link and the CLI will call a server of this alias. */
export function slugOf(alias: string): string {
  return alias
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
