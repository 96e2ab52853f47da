import { AppError, PlanDecision, PlanRequest, Uuid7 } from '@usher/contracts';
import { z } from 'zod';
import { parseInput } from '../graphql/parse-input.js';
import type { DecideMigrationPlanInput, MigrationRequestInput } from './migration-inputs.graphql.js';

export const MAX_DECISIONS = 5_000;

/** Absent and null mean the same to people: the default. */
function given<T extends object>(input: T): Partial<T> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined)) as Partial<T>;
}

/**
 * What a person wrote, as the service takes it.
 * @throws VALIDATION_FAILED with the path of the field: also for one server twice, a user listed twice, and a decision that lacks its account
 */
export function requestOf(input: MigrationRequestInput): PlanRequest {
  const options = given(input.options ?? {});
  const users = input.users.map((user) => ({ decision: 'suggest', ...given(user) }));
  const libraries = input.libraries?.map(({ source, target }) => ({ source, target: target ?? null }));
  const request = parseInput(PlanRequest, { ...given({ ...input, libraries }), users, options }, 'request');
  if (request.sourceServerId === request.targetServerId) throw refused('request.targetServerId', 'Source and target are the same server.');
  const seen = new Set<string>();
  request.users.forEach(({ sourceVendorId, decision, targetVendorId }, index) => {
    const field = `request.users.${index}`;
    if (seen.has(sourceVendorId)) throw refused(`${field}.sourceVendorId`, 'This user is listed twice.');
    seen.add(sourceVendorId);
    if ((decision === 'map' || decision === 'merge') !== (targetVendorId !== null)) {
      throw refused(`${field}.targetVendorId`, 'An account at the target goes with MAP and MERGE, and only with them.');
    }
  });
  refuseSharedTargets(request);
  return request;
}

/** Two accounts become one only when somebody says so. */
function refuseSharedTargets({ users }: PlanRequest): void {
  const mapped = new Set<string>();
  users.forEach(({ decision, targetVendorId }, index) => {
    if (decision !== 'map' || targetVendorId === null) return;
    if (mapped.has(targetVendorId)) throw refused(`request.users.${index}.targetVendorId`, 'Another user goes to this account already; choose MERGE to make them one.');
    mapped.add(targetVendorId);
  });
}

const Decisions = z.array(PlanDecision).min(1).max(MAX_DECISIONS);

/** @throws VALIDATION_FAILED, DECISION_INVALID with every id that comes twice */
export function decisionsOf({ decisions }: DecideMigrationPlanInput): PlanDecision[] {
  const parsed = parseInput(Decisions, decisions.map(({ id, decision, target, reason }) => ({ id, decision, target: target ?? null, reason: reason ?? null })), 'decisions');
  const seen = new Set<string>();
  const repeated = parsed.filter(({ id }) => seen.has(id) || !seen.add(id)).map(({ id }) => id);
  if (repeated.length > 0) throw new AppError('DECISION_INVALID', 'Some ids are decided about more than once.', { reason: 'repeated', ids: repeated.slice(0, 100) });
  return parsed;
}

/** @throws VALIDATION_FAILED when it cannot be the id of a plan or run */
export function requireId(id: string, what: 'plan' | 'run', field = 'id'): string {
  if (Uuid7.safeParse(id).success) return id;
  throw refused(field, `This is not the id of a ${what}.`);
}

function refused(field: string, message: string): AppError {
  return new AppError('VALIDATION_FAILED', message, { field });
}
