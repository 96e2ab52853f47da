import { z } from 'zod';

/** `10s`, `5m`, `1h`, or plain seconds. */
export const Duration = z.union([
  z.number().int().positive(),
  z
    .string()
    .regex(/^\d+\s*(s|m|h)?$/, 'must be a duration such as 10s, 5m or 1h')
    .transform((text) => Number.parseInt(text, 10) * ({ s: 1, m: 60, h: 3_600 }[text.slice(-1)] ?? 1)),
]);

/** Where a key comes from; a literal is accepted and warned about. */
export const TokenSource = z.union([
  z.string().min(1, 'must not be empty').max(4096),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ stdin: z.literal(true) }),
  z.strictObject({ redacted: z.literal(true) }),
]);
export type TokenSource = z.infer<typeof TokenSource>;

const Shared = {
  vendor: z.enum(['auto', 'emby', 'jellyfin', 'plex']).optional(),
  connection: z.enum(['direct', 'remote']).optional(),
  readOnly: z.boolean().optional(),
  role: z.enum(['primary', 'linked']).optional(),
  region: z.string().max(100).optional(),
  location: z.strictObject({ label: z.string().min(1).max(200), lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }).optional(),
  tags: z.array(z.string().min(1).max(50)).max(50).optional(),
  tls: z.strictObject({ verify: z.boolean().optional(), caFile: z.string().min(1).optional() }).optional(),
  poll: z.strictObject({ sessions: Duration.optional(), libraries: Duration.optional(), server: Duration.optional() }).optional(),
  weight: z.number().min(0.1).max(10).optional(),
};

const isHttp = (text: string) => /^https?:\/\/[^\s/]+/i.test(text);

/** One server of an import file. `serverId` is read as `externalKey`. */
export const FileRow = z
  .strictObject({
    externalKey: z.string().min(1).max(200).optional(),
    serverId: z.string().min(1).max(200).optional(),
    alias: z.string().min(1).max(64).optional(),
    url: z.string({ error: 'is required' }).refine(isHttp, { error: (issue) => `must be an http(s) URL, got ${JSON.stringify(issue.input)}; add http:// or https://` }),
    token: TokenSource.optional(),
    ...Shared,
  })
  .refine((row) => row.alias !== undefined || row.externalKey !== undefined || row.serverId !== undefined, { path: ['alias'], message: 'is required (or an externalKey)' })
  .refine((row) => row.externalKey === undefined || row.serverId === undefined, { path: ['serverId'], message: 'is the same as externalKey; give one of them' });
export type FileRow = z.infer<typeof FileRow>;

/** Values for every row that does not say otherwise. */
export const FileDefaults = z.strictObject(Shared);

/** The full form. A plain row and an array of rows are accepted as they are. */
export const ServerList = z.strictObject({
  apiVersion: z.literal('usher/v1').optional(),
  kind: z.literal('ServerList').optional(),
  defaults: FileDefaults.optional(),
  servers: z.array(z.unknown()),
});

/** JSON Schema 2020-12 of the file, for editors. */
export function importFileJsonSchema(): object {
  const list = z.strictObject({ apiVersion: z.literal('usher/v1').optional(), kind: z.literal('ServerList').optional(), defaults: FileDefaults.optional(), servers: z.array(FileRow) });
  return z.toJSONSchema(z.union([list, z.array(FileRow), FileRow]), { target: 'draft-2020-12', io: 'input' });
}
