import type { ConsoleIdentityFragment, ConsoleIdentitySuggestionsQuery, ConsoleImportIdentityEmailsMutation, EmailImportStatus, IdentityEvidence } from '@usher/api-client';

export type Person = ConsoleIdentityFragment;
export type PersonAccount = Person['accounts'][number];
export type PersonEmail = Person['emails'][number];
export type PersonMerge = Person['merges'][number];
export type Suggestion = ConsoleIdentitySuggestionsQuery['identitySuggestions'][number];
export type SuggestionSide = Suggestion['one'];
export type ImportResult = ConsoleImportIdentityEmailsMutation['importIdentityEmails'];
export type ImportRow = ImportResult['rows'][number];

/** Why an account belongs to a person. */
export function evidenceWord({ evidence, linkedBy, userVendorId }: Pick<PersonAccount, 'evidence' | 'linkedBy' | 'userVendorId'>): string {
  if (evidence === 'email') return 'Same verified e-mail';
  if (evidence === 'plex') return `Plex account ${userVendorId}`;
  if (evidence === 'import') return `From a file, by ${linkedBy}`;
  return `Linked by ${linkedBy}`;
}

export const SUGGESTION_WORDS: Readonly<Record<Suggestion['evidence'], string>> = {
  VERIFIED_EMAIL: 'Same verified e-mail',
  PLEX_ID: 'Same Plex account',
  SAME_EMAIL: 'Same e-mail, not verified',
  SAME_NAME: 'Same name only',
  LOOK_ALIKE: 'Look-alike e-mail',
};

/** What the API is told about a suggestion: a proof is checked there again, everything else is the operator's word. */
export const claimOf = ({ evidence }: Pick<Suggestion, 'evidence'>): IdentityEvidence => (evidence === 'VERIFIED_EMAIL' ? 'EMAIL' : evidence === 'PLEX_ID' ? 'PLEX' : 'OPERATOR');

export const sideName = ({ identityName, userName }: SuggestionSide): string => identityName ?? userName;

/** The address to call a person by: a verified one if there is one. */
export function mainEmail({ emails }: Pick<Person, 'emails'>): PersonEmail | null {
  return emails.find(({ verifiedAt }) => verifiedAt !== null) ?? emails[0] ?? null;
}

export const watchedMs = ({ accounts }: Pick<Person, 'accounts'>): number => accounts.reduce((sum, account) => sum + account.watchedMs30d, 0);
export const streamsOf = ({ accounts }: Pick<Person, 'accounts'>): number => accounts.reduce((sum, account) => sum + account.streams, 0);
export const playsOf = ({ accounts }: Pick<Person, 'accounts'>): number => accounts.reduce((sum, account) => sum + account.plays30d, 0);

/** `1.1 h`, `18 min`; an en dash for nothing. */
export function watched(ms: number): string {
  if (ms === 0) return '–';
  return ms < 3_600_000 ? `${Math.max(1, Math.round(ms / 60_000))} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

/** Servers on which two people both have an account. */
export function sharedServers(one: Pick<Person, 'accounts'>, other: Pick<Person, 'accounts'>): string[] {
  const own = new Set(one.accounts.map(({ serverId }) => serverId));
  return [...new Set(other.accounts.map(({ serverId }) => serverId).filter((id) => own.has(id)))];
}

/** Days that an undo is still possible; null when it is over or was done. */
export function undoDays({ undoUntil, undoneAt }: Pick<PersonMerge, 'undoUntil' | 'undoneAt'>, nowMs: number): number | null {
  const left = Date.parse(undoUntil) - nowMs;
  // The clock of a page goes in whole minutes, so that a new merge has 30 days and not 31.
  return undoneAt !== null || left <= 0 ? null : Math.max(1, Math.ceil((left - 60_000) / 86_400_000));
}

export const IMPORT_WORDS: Readonly<Record<EmailImportStatus, string>> = { ADDED: 'New', SAME: 'Same', HELD: 'Held', REFUSED: 'Refused' };

/** JSON in the shape of the columns becomes the CSV that the API takes; CSV stays as it is. A text tells what is wrong. */
export function importText(text: string): { csv: string } | string {
  const content = text.replace(/^\uFEFF/, '');
  if (content.includes('\u0000')) return 'This is no text in UTF-8. Save it as “CSV UTF-8”.';
  if (content.trim() === '') return 'There is nothing to import.';
  if (content.length > 200_000) return 'A file has at most 200,000 characters; send it in parts.';
  if (!/^\s*[[{]/.test(content)) {
    const semicolons = content.slice(0, content.search(/\r?\n|$/)).includes(';');
    if (semicolons && /[",]/.test(content)) return 'Separate the columns with commas; this file mixes semicolons with commas or quotes.';
    return { csv: semicolons ? content.replaceAll(';', ',') : content };
  }
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    return `This is no valid JSON: ${(error as Error).message}`;
  }
  if (!Array.isArray(value)) return 'The file has to hold a list of {server, user, email}.';
  const cell = (row: unknown, name: string) => {
    const found = typeof row === 'object' && row !== null ? (row as Record<string, unknown>)[name] : undefined;
    return `"${(typeof found === 'string' ? found : '').replaceAll('"', '""')}"`;
  };
  return { csv: ['server,user,email', ...value.map((row) => ['server', 'user', 'email'].map((name) => cell(row, name)).join(','))].join('\n') };
}

/** The refused lines as a file to correct, with the reason as a last column. */
export function refusedLines(rows: readonly ImportRow[]): string {
  const quoted = (cell: string) => `"${(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`;
  return `${['line,server,user,email,code,message', ...rows.filter(({ status }) => status === 'REFUSED').map(({ line, server, user, email, code, message }) => [line, quoted(server), quoted(user), quoted(email), code ?? '', quoted(message ?? '')].join(','))].join('\r\n')}\r\n`;
}
