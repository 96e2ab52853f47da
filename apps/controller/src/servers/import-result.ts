import type { AppError } from '@usher/contracts';
import { testObject } from './connection-test.js';
import { isRefused } from './import-plan.js';
import type { ImportedRow } from './import-tests.service.js';
import type { ImportServerRowObject, ImportServersResultObject } from './server-results.graphql.js';

/** The answer of an import, row by row in the order of the file. Holds no key, so it may be kept for a repeat. */
export function importResult(rows: readonly ImportedRow[], applied: boolean): ImportServersResultObject {
  const results = rows.map(rowResult);
  const count = (status: ImportServerRowObject['status']) => results.filter((row) => row.status === status).length;
  return { results, created: count('create'), updated: count('update'), unchanged: count('same'), failed: count('error'), applied };
}

function rowResult({ plan, test, error, serverId }: ImportedRow): ImportServerRowObject {
  const { index, line, alias, url, matchedBy } = plan;
  const changes = isRefused(plan) ? [] : [...plan.changes];
  return {
    index,
    line,
    alias,
    url,
    status: error ? 'error' : plan.matched === null ? 'create' : changes.length > 0 ? 'update' : 'same',
    serverId,
    changes,
    matchedBy,
    test: test && testObject(test, url),
    ...problem(error),
  };
}

function problem(error: AppError | null): Pick<ImportServerRowObject, 'code' | 'message' | 'field' | 'next'> {
  if (!error) return { code: null, message: null, field: null, next: null };
  const { field } = error.details;
  return { code: error.code, message: error.message, field: typeof field === 'string' ? field : null, next: error.next };
}
