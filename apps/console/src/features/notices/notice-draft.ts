import type { ConsoleNoticeFragment, NoticeTargetsInput } from '@usher/api-client';

export type NoticeRow = ConsoleNoticeFragment;
export type TargetKind = 'linked' | 'servers' | 'sessions';

export const MOST_TEXT = 500;
const MINUTE = 60_000;

/** What stands in the form, as typed. */
export interface NoticeDraft {
  readonly text: string;
  readonly kind: TargetKind;
  readonly serverIds: readonly string[];
  readonly sessionIds: readonly string[];
  /** Empty = now, else the local time of the field: `2026-03-01T21:30`. */
  readonly showAt: string;
  /** Minutes after `showAt` during which a server that is away is still tried. */
  readonly tryMin: number;
}

export const EMPTY_DRAFT: NoticeDraft = { text: '', kind: 'linked', serverIds: [], sessionIds: [], showAt: '', tryMin: 60 };

/** The targets as the API takes them; null while nothing is chosen. */
export function targetsOf({ kind, serverIds, sessionIds }: Pick<NoticeDraft, 'kind' | 'serverIds' | 'sessionIds'>): NoticeTargetsInput | null {
  if (kind === 'linked') return { allLinked: true };
  if (kind === 'servers') return serverIds.length > 0 ? { serverIds: [...serverIds] } : null;
  return sessionIds.length > 0 ? { sessionIds: [...sessionIds] } : null;
}

export interface DraftProblems {
  readonly text?: string;
  readonly targets?: string;
  readonly showAt?: string;
}

/** What has to be repaired before the draft can be sent. `nowMs` is server time. */
export function draftProblems(draft: NoticeDraft, nowMs: number): DraftProblems {
  const at = draft.showAt ? Date.parse(draft.showAt) : nowMs;
  return {
    ...(draft.text.trim() === '' && { text: 'Write what the viewers are to read.' }),
    ...(targetsOf(draft) === null && { targets: draft.kind === 'servers' ? 'Choose at least one server.' : 'Choose at least one session.' }),
    ...(Number.isNaN(at) ? { showAt: 'Write a day and a time.' } : at < nowMs - MINUTE && { showAt: 'This time has passed.' }),
  };
}

/** Both times of a valid draft: null = now, and the end of trying. */
export function timesOf({ showAt, tryMin }: Pick<NoticeDraft, 'showAt' | 'tryMin'>, nowMs: number): { showAt: string | null; expiresAt: string; expiresAtMs: number } {
  const startMs = showAt ? Date.parse(showAt) : nowMs;
  const expiresAtMs = startMs + tryMin * MINUTE;
  return { showAt: showAt ? new Date(startMs).toISOString() : null, expiresAt: new Date(expiresAtMs).toISOString(), expiresAtMs };
}

/** `12 sent, 1 waits`: the counts that are not zero, `nobody` when all are. */
export function countWords({ sent, unsupported, failed, waiting }: NoticeRow['counts']): string {
  const words = [
    sent > 0 ? `${sent} sent` : '',
    unsupported > 0 ? `${unsupported} unsupported` : '',
    failed > 0 ? `${failed} failed` : '',
    waiting > 0 ? `${waiting} ${waiting === 1 ? 'waits' : 'wait'}` : '',
  ].filter(Boolean);
  return words.join(', ') || 'nobody was connected';
}

export const isOver = (state: NoticeRow['state']): boolean => state === 'ENDED' || state === 'CANCELED';
