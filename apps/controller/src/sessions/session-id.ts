import { AppError, splitSessionId } from '@usher/contracts';

const MAX_LENGTH = 400;

/** Server and vendor id of a session. @throws VALIDATION_FAILED */
export function partsOf(id: string, field = 'id'): { readonly serverId: string; readonly vendorId: string } {
  const parts = id.length > MAX_LENGTH ? null : splitSessionId(id);
  if (!parts) throw new AppError('VALIDATION_FAILED', 'This is not the id of a session.', { field });
  return parts;
}
