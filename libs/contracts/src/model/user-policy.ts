import { z } from 'zod';

/**
 * What an account may do, in words that all vendors share. Null = this vendor has no such setting.
 * Libraries are vendor ids of that server; `all` also grants the ones to come.
 */
export const UserPolicy = z.strictObject({
  enabled: z.boolean(),
  libraries: z.union([z.literal('all'), z.array(z.string().min(1).max(200)).max(500)]),
  hidden: z.boolean().nullable(),
  remoteAccess: z.boolean().nullable(),
  /** 0 = no limit. */
  bitRateLimitKbps: z.number().int().nonnegative().nullable(),
  videoTranscoding: z.boolean().nullable(),
  audioTranscoding: z.boolean().nullable(),
  remuxing: z.boolean().nullable(),
  downloads: z.boolean().nullable(),
  /** 0 = no limit. */
  streamLimit: z.number().int().nonnegative().nullable(),
});
export type UserPolicy = z.infer<typeof UserPolicy>;

export const POLICY_FIELDS = ['enabled', 'libraries', 'hidden', 'remoteAccess', 'bitRateLimitKbps', 'videoTranscoding', 'audioTranscoding', 'remuxing', 'downloads', 'streamLimit'] as const;
export const PolicyField = z.enum(POLICY_FIELDS);
export type PolicyField = z.infer<typeof PolicyField>;

/** What is to become of a policy; fields that are absent stay as they are. */
export const PolicyChange = UserPolicy.partial();
export type PolicyChange = z.infer<typeof PolicyChange>;
