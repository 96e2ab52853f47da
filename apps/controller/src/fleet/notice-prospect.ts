import type { ServerKind, ServerProfile, Session } from '@usher/contracts';

/** What is known of a server and its sessions before a notice is sent there. */
export interface NoticeTarget {
  readonly readOnly: boolean;
  readonly kind: ServerKind | null;
  /** null = never probed. */
  readonly profile: Pick<ServerProfile, 'capabilities'> | null;
  readonly isAnswering: boolean;
  /** Those that are meant, of the newest list. */
  readonly sessions: readonly Session[];
}

export interface Prospect {
  readonly canTake: number;
  readonly unsupported: number;
  readonly later: number;
  readonly code: string | null;
  readonly reason: string | null;
}

/** Nobody has to be asked: the agent would refuse. Null when a command is worth sending. */
export function refusalOf({ readOnly, kind, profile }: Pick<NoticeTarget, 'readOnly' | 'kind' | 'profile'>): { code: string; reason: string } | null {
  if (readOnly) return { code: 'SERVER_READ_ONLY', reason: 'Read-only mode: no notices are sent.' };
  if (profile === null || profile.capabilities.includes('sessions.message')) return null;
  return { code: 'CAPABILITY_MISSING', reason: kind === 'plex' ? 'Plex cannot show messages, only the reason of a stop.' : 'This media server cannot show messages.' };
}

/** What would become of a notice at this server now. */
export function prospectOf(target: NoticeTarget): Prospect {
  const { sessions, isAnswering } = target;
  const refusal = refusalOf(target);
  if (refusal) return { canTake: 0, unsupported: sessions.length, later: 0, ...refusal };
  const able = sessions.filter((session) => session.controls.message);
  if (!isAnswering) return { canTake: 0, unsupported: sessions.length - able.length, later: able.length, code: 'AGENT_OFFLINE', reason: 'It does not answer now; it is tried again until the notice expires.' };
  const unable = sessions.filter((session) => !session.controls.message);
  const reason = unableText(unable) ?? (sessions.length === 0 ? 'Nobody is connected.' : null);
  const code = unable.length > 0 ? 'CAPABILITY_MISSING' : sessions.length === 0 ? 'NOBODY' : null;
  return { canTake: able.length, unsupported: unable.length, later: 0, code, reason };
}

/** `LG webOS, Kodi (2) keep no open connection.` */
function unableText(sessions: readonly Session[]): string | null {
  if (sessions.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { client } of sessions) counts.set(client ?? 'an unknown client', (counts.get(client ?? 'an unknown client') ?? 0) + 1);
  const names = [...counts].slice(0, 3).map(([name, count]) => (count === 1 ? name : `${name} (${count})`));
  const more = counts.size > 3 ? ` and ${counts.size - 3} more` : '';
  return `Cannot be sent a text now: ${names.join(', ')}${more}.`;
}
