import { AppError } from '@usher/contracts';
import type { z } from 'zod';

/**
 * Checks an input by its schema. The first problem is told with the path of its field, never with the value.
 * @throws VALIDATION_FAILED with `details.field`
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, name?: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = [...(name ? [name] : []), ...issue.path.map(String)].join('.');
  throw new AppError('VALIDATION_FAILED', `${field || 'input'} ${issue.message}`, { field });
}
