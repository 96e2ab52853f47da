import { AppError } from '@usher/contracts';

/** What a program prints when it cannot start: the sentence and, where the error is one of ours, its public code and the next action. */
export function startFailure(error: unknown): string {
  const message = `error: ${error instanceof Error ? error.message : String(error)}\n`;
  if (!(error instanceof AppError)) return message;
  const { reason } = error.details;
  return `${message}  code   ${error.code}${typeof reason === 'string' ? ` (${reason})` : ''}\n  next   ${error.next}\n`;
}
