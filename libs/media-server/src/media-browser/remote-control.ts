import type { CommandRequest } from './vendor.js';

/** Neither vendor documents an argument that takes a limit away: one above anything comes closest, and whoever ordered it is told so. */
const NO_LIMIT_KBPS = 1_000_000;

export const playingPath = (sessionId: string): string => `/Sessions/${encodeURIComponent(sessionId)}/Playing`;

/** Values of arguments are texts; the short form of this route loses them (Emby, measured). Only clients that list the command take it. */
export function limitBitRate(sessionId: string, kbps: number | null): CommandRequest {
  return { path: `/Sessions/${encodeURIComponent(sessionId)}/Command`, body: { Name: 'SetMaxStreamingBitrate', Arguments: { Bitrate: String((kbps ?? NO_LIMIT_KBPS) * 1_000) } } };
}
