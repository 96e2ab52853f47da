import { z } from 'zod';

/** What a media server is busy with besides streams: a scan of libraries, a download or sync to a device, a conversion of files, or another task of its own. */
export const ACTIVITY_TYPES = ['scan', 'task', 'download', 'conversion'] as const;
export const ActivityType = z.enum(ACTIVITY_TYPES);
export type ActivityType = z.infer<typeof ActivityType>;

/** One running work of a media server, as the vendor tells it. */
export const VendorActivity = z.object({
  /** The vendor's id; the same while the work goes on. */
  vendorId: z.string().min(1).max(300),
  type: ActivityType,
  title: z.string().max(500),
  subtitle: z.string().max(500).nullable(),
  /** 0–100; null where the vendor does not tell. */
  progressPercent: z.number().min(0).max(100).nullable(),
  /** The library that is scanned; null = all, or not told. */
  libraryVendorId: z.string().max(200).nullable(),
  /** `stalled`: no progress for 10 minutes, or the vendor says so. */
  state: z.enum(['running', 'failed', 'stalled']).default('running'),
  cancellable: z.boolean().default(false),
  /** For whom and to which device a download goes. */
  userName: z.string().max(500).nullable().default(null),
  deviceName: z.string().max(500).nullable().default(null),
  /** Why it failed or stands still, in the vendor's words. */
  problem: z.string().max(500).nullable().default(null),
});
export type VendorActivity = z.infer<typeof VendorActivity>;

export const Activity = VendorActivity.extend({
  /** When the agent saw it first. */
  startedAt: z.iso.datetime(),
});
export type Activity = z.infer<typeof Activity>;

/** How thoroughly metadata are read again: what is missing only, or everything anew. */
export const REFRESH_MODES = ['missing', 'full'] as const;
export const RefreshMode = z.enum(REFRESH_MODES);
export type RefreshMode = z.infer<typeof RefreshMode>;
