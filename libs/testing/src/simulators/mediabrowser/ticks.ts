/** Emby and Jellyfin count in 100 ns. */
export const TICKS_PER_MS = 10_000;
export const NEVER = '0001-01-01T00:00:00.0000000Z';
export const NO_USER = '0'.repeat(32);

export const toTicks = (ms: number): number => Math.round(ms * TICKS_PER_MS);
export const fromTicks = (ticks: number): number => ticks / TICKS_PER_MS;

/** Seven fractional digits and `Z`, as both servers write dates. */
export const isoDate = (ms: number | null): string => (ms === null ? NEVER : new Date(ms).toISOString().replace('Z', '0000Z'));
