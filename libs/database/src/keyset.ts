import { AppError } from '@usher/contracts';

/** Cursors are opaque to clients: base64url of the sort values of the last row. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** Throws `VALIDATION_FAILED` for anything that `encodeCursor` did not make with `length` values. */
export function decodeCursor(cursor: string, length: number): (string | number)[] {
  try {
    const values = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
    if (Array.isArray(values) && values.length === length && values.every((value) => ['string', 'number'].includes(typeof value))) {
      return values as (string | number)[];
    }
  } catch (error) {
    throw new AppError('VALIDATION_FAILED', 'This page cursor is not one of ours.', { field: 'after' }, { cause: error });
  }
  throw new AppError('VALIDATION_FAILED', 'This page cursor is not one of ours.', { field: 'after' });
}
