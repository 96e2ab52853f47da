import type { PlanFinding } from '@usher/contracts';
import { plainText } from './plain-text.js';

/** What a check may find. The code stands in the plan; the next action is the same for all of one code. */
const FINDINGS = {
  SERVER_READ_ONLY: ['blocker', 'Switch read-only mode off for the target, then check again.'],
  CAPABILITY_MISSING: ['blocker', 'Update the media server, or leave out the fields that it cannot hold.'],
  VERSION_UNTESTED: ['warning', 'Try one user first, and look at what the verify pass says.'],
  USER_TOKEN_MISSING: ['blocker', 'Share the server with the account at plex.tv, then check again, or skip this user.'],
  STATES_IMPOSSIBLE: ['warning', 'Share the target with the account at plex.tv, or add it to the home, then check again.'],
  ACCOUNT_IMPOSSIBLE: ['warning', 'Invite the person to the target; when they accepted, check again and choose their account.'],
  NAME_ONLY: ['blocker', 'Accept the account, choose another one, or skip this user.'],
  NAME_TAKEN: ['blocker', 'Choose the account that is there, or give another name.'],
  NAME_REFUSED: ['blocker', 'Give another name.'],
  IDENTITY_CONFLICT: ['blocker', 'Decide about each of these accounts: map, merge or skip.'],
  USER_GONE: ['blocker', 'Choose another account, or skip this user.'],
  ADMINISTRATOR_NOT_CARRIED: ['info', 'Give the right at the target by hand, if it is wanted there.'],
  ADMINISTRATOR_DIFFERS: ['warning', 'Make sure that both accounts belong to the same person.'],
  LIBRARY_TYPE_DIFFERS: ['blocker', 'Map the library to one of the same type, or to none.'],
  LIBRARY_GONE: ['blocker', 'Choose another library, or none.'],
  LIBRARY_NOT_MAPPED: ['warning', 'Map the library if its titles are to be carried.'],
  TITLES_MISSING: ['info', 'Add the titles at the target and check again, or leave them out.'],
  DECISION_WANTED: ['warning', 'Look at the conflicts and decide about them, or leave them out.'],
  DECISION_INVALID: ['warning', 'Choose another title for it.'],
  VALUE_INVALID: ['warning', 'Look at the source if the values matter; they are left out.'],
  NOTHING_TO_WRITE: ['info', 'Nothing has to be done: the target holds everything already.'],
} as const satisfies Record<string, readonly [PlanFinding['severity'], string]>;
export type FindingCode = keyof typeof FINDINGS;

const MAX_FINDINGS = 200;
const MAX_TEXT = 300;

/** Collects findings; each is told once. */
export class Findings {
  private readonly found = new Map<string, PlanFinding>();

  add(code: FindingCode, message: string, user: string | null = null, of = ''): void {
    const id = `${code}:${user ?? ''}:${of}`.slice(0, 100);
    const [severity, next] = FINDINGS[code];
    if (!this.found.has(id)) this.found.set(id, { id, severity, code, message: plainText(message, MAX_TEXT), next, user });
  }

  /** Blockers first. */
  list(): PlanFinding[] {
    const order = ['blocker', 'warning', 'info'];
    return [...this.found.values()].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)).slice(0, MAX_FINDINGS);
  }
}
