import type { CombinedError } from 'urql';

/** What a person is told when something failed: what, why, next, and what to quote when asking for help. */
export interface Problem {
  readonly code: string | null;
  readonly message: string;
  readonly next: string | null;
  readonly correlationId: string | null;
  /** Small facts beside the code: `field`, `reason`, `retryAfterMs` … */
  readonly details: Readonly<Record<string, unknown>>;
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});

/** Reads the first GraphQL error of an answer, in the shape of the API's errors. */
function fromGraphQL(error: { message: string; extensions?: unknown }): Problem {
  const extensions = record(error.extensions);
  return {
    code: text(extensions['code']),
    message: error.message,
    next: text(extensions['next']),
    correlationId: text(extensions['correlationId']),
    details: record(extensions['details']),
  };
}

const UNREACHABLE: Problem = {
  code: null,
  message: 'This page could not reach Usher.',
  next: 'Check that Usher runs and that this machine can reach it.',
  correlationId: null,
  details: {},
};

/** Turns whatever was thrown or answered into a problem; network trouble has no code. */
export function problemOf(error: unknown): Problem {
  const combined = record(error) as Partial<CombinedError>;
  const [graphQLError] = combined.graphQLErrors ?? [];
  if (graphQLError) return fromGraphQL(graphQLError);
  if (Array.isArray(error) && error[0]) return fromGraphQL(error[0] as { message: string });
  return UNREACHABLE;
}
