import { AppError, WatchState } from '@usher/contracts';

/** Values that no vendor checks by itself. `durationMs` null = not known. @throws AppError VALIDATION_FAILED */
export function checkWrite(state: WatchState, before: WatchState, durationMs: number | null): void {
  const parsed = WatchState.safeParse(state);
  if (!parsed.success) throw refused(String(parsed.error.issues[0]?.path[0] ?? 'state'), state);
  if (before.itemVendorId !== state.itemVendorId) throw refused('itemVendorId', state);
  if (state.positionMs > 0 && state.positionMs !== before.positionMs && durationMs !== null && state.positionMs >= durationMs) throw refused('positionMs', state);
}

function refused(field: string, state: WatchState): AppError {
  return new AppError('VALIDATION_FAILED', 'The state has a value that cannot be true.', { field, itemVendorId: state.itemVendorId });
}

export const MAX_IDS = 192;

/** @throws AppError VALIDATION_FAILED for more ids than fit into one address line */
export function checkIds(ids: readonly string[]): string[] {
  if (ids.length > MAX_IDS) throw new AppError('VALIDATION_FAILED', `At most ${MAX_IDS} titles can be read at once.`, { field: 'itemVendorIds' });
  return [...new Set(ids)];
}
