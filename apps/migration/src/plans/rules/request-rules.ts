import { AppError, type PlanRequest } from '@usher/contracts';
import { pathRowProblems } from '@usher/matching';
import { hasUnstorableText } from './plain-text.js';

const PATH_PROBLEMS = { empty: 'is empty', relative: 'is no absolute folder', parent: 'holds ..', double: 'stands there twice', 'inside-source': 'leads into another row’s source' } as const;

/** What no server has to be asked about. @throws AppError `VALIDATION_FAILED` naming the field */
export function checkRequest(request: PlanRequest): void {
  const { sourceServerId, targetServerId, users, libraries, paths, fields } = request;
  if (hasUnstorableText(request)) throw refused('A text holds characters that cannot be stored.', 'request');
  if (sourceServerId === targetServerId) throw refused('Source and target are the same server.', 'targetServerId');
  const seen = new Set<string>();
  const targets = new Map<string, number>();
  for (const [at, { sourceVendorId, decision, targetVendorId }] of users.entries()) {
    const field = `users[${at}]`;
    if (seen.has(sourceVendorId)) throw refused('A user stands there twice.', `${field}.sourceVendorId`);
    seen.add(sourceVendorId);
    const needsTarget = decision === 'map' || decision === 'merge';
    if (needsTarget && targetVendorId === null) throw refused(`${decision} needs an account of the target.`, `${field}.targetVendorId`);
    if (!needsTarget && targetVendorId !== null) throw refused(`${decision} takes no account of the target.`, `${field}.targetVendorId`);
    if (decision !== 'map') continue;
    if (targets.has(targetVendorId!)) throw refused('Two users would become one account; merge one of them.', `${field}.targetVendorId`);
    targets.set(targetVendorId!, at);
  }
  for (const [at, { decision, targetVendorId }] of users.entries()) {
    const isLost = decision === 'merge' && !targets.has(targetVendorId!) && users.every((user) => user.decision !== 'suggest');
    if (isLost) throw refused('No other user of the plan is mapped to this account.', `users[${at}].targetVendorId`);
  }
  if (users.every(({ decision }) => decision === 'skip')) throw refused('All users are left out.', 'users');
  for (const [at, { source }] of libraries.entries()) if (libraries.findIndex((pair) => pair.source === source) < at) throw refused('A library stands there twice.', `libraries[${at}].source`);
  if (new Set(fields).size !== fields.length) throw refused('A field stands there twice.', 'fields');
  const problem = pathRowProblems(paths)[0];
  if (problem) throw refused(`The folder ${PATH_PROBLEMS[problem.reason]}.`, `paths[${problem.row}].${problem.field}`);
}

function refused(message: string, field: string): AppError {
  return new AppError('VALIDATION_FAILED', message, { field });
}
