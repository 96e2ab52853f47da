import { IgnoredDevice, PollSettings, ServerKind, ServerRole, TlsOptions } from '@usher/contracts';
import { z } from 'zod';

const NO_CONTROL = /^[^\p{Cc}]*$/u;
const line = (max: number) =>
  z.string().trim().min(1, 'must not be empty').max(max, `must have at most ${max} characters`).regex(NO_CONTROL, 'must be one line');

export const Alias = line(64);
export const Token = z.string().trim().min(1, 'must not be empty').max(4096, 'must have at most 4096 characters').regex(/^[\x21-\x7e]+$/, 'must not contain blanks or special characters');
const Address = z.string().max(2000, 'must have at most 2000 characters');

const Location = z.object({
  label: line(200),
  lat: z.number().min(-90, 'must be between -90 and 90').max(90, 'must be between -90 and 90'),
  lon: z.number().min(-180, 'must be between -180 and 180').max(180, 'must be between -180 and 180'),
});
export type Location = z.infer<typeof Location>;

const Tls = z.object({
  verify: z.boolean().nullish(),
  caPem: z.string().max(64_000, 'must have at most 64000 characters').regex(/-----BEGIN CERTIFICATE-----/, 'must be a PEM certificate').nullish(),
});

const bounds = PollSettings.shape;
const Poll = z.object({
  sessionsS: bounds.sessionsS.unwrap().nullish(),
  librariesS: bounds.librariesS.unwrap().nullish(),
  serverS: bounds.serverS.unwrap().nullish(),
});

const Device = z
  .object({ deviceId: z.string().nullish(), namePattern: z.string().nullish(), client: z.string().nullish() })
  .transform((device) => Object.fromEntries(Object.entries(device).filter(([, value]) => value !== null && value !== undefined)))
  .pipe(IgnoredDevice)
  .refine((device) => Object.keys(device).length > 0, 'must name a device, a pattern or a client');

/** What registering, updating and importing share. `undefined` = not said, `null` = cleared where that is possible. */
const shared = {
  externalKey: line(200).nullish(),
  readOnly: z.boolean().nullish(),
  role: ServerRole.nullish(),
  tags: z
    .array(line(50))
    .max(50, 'must have at most 50 entries')
    .transform((tags) => [...new Set(tags)])
    .nullish(),
  region: line(100).nullish(),
  location: Location.nullish(),
  weight: z.number().min(0.1, 'must be between 0.1 and 10').max(10, 'must be between 0.1 and 10').nullish(),
  tls: Tls.nullish(),
  poll: Poll.nullish(),
};
const devices = z.array(Device).max(200, 'must have at most 200 entries').nullish();

export const RegisterServer = z.object({ ...shared, ignoredDevices: devices, alias: Alias, url: Address, token: Token, kind: ServerKind.nullish(), allowUnreachable: z.boolean().nullish() });
export const UpdateServer = z.object({
  ...shared,
  ignoredDevices: devices,
  alias: Alias.nullish(),
  url: Address.nullish(),
  token: Token.nullish(),
  allowUnreachable: z.boolean().nullish(),
});
export const TestConnection = z.object({ url: Address.nullish(), token: Token.nullish(), kind: ServerKind.nullish(), tls: Tls.nullish() });
export const ImportRow = z.object({
  ...shared,
  alias: Alias.nullish(),
  url: Address,
  token: Token.nullish(),
  kind: ServerKind.nullish(),
  connection: z.enum(['direct', 'remote']).nullish(),
});
export type ImportRow = z.infer<typeof ImportRow>;

/** Columns of a server that people set; everything else is found out. */
export interface ServerSettings {
  externalKey: string | null;
  alias: string;
  readOnly: boolean;
  role: ServerRole;
  tags: string[];
  region: string | null;
  location: Location | null;
  weight: number;
  tls: TlsOptions;
  poll: PollSettings;
  ignoredDevices: IgnoredDevice[];
}

type SettingsPatch = Partial<Omit<z.infer<typeof UpdateServer>, 'url' | 'token' | 'allowUnreachable'>>;

export const NEW_SERVER: Omit<ServerSettings, 'alias'> = {
  externalKey: null,
  readOnly: false,
  role: 'linked',
  tags: [],
  region: null,
  location: null,
  weight: 1,
  tls: TlsOptions.parse({}),
  poll: PollSettings.parse({}),
  ignoredDevices: [],
};

/**
 * The settings after a patch. `null` clears external key, region, location and tags, and means "not said" elsewhere.
 * TLS and poll settings are merged field by field.
 */
export function patched(now: ServerSettings, patch: SettingsPatch): ServerSettings {
  const clearable = <V>(given: V | null | undefined, kept: V | null): V | null => (given === undefined ? kept : given);
  return {
    externalKey: clearable(patch.externalKey, now.externalKey),
    alias: patch.alias ?? now.alias,
    readOnly: patch.readOnly ?? now.readOnly,
    role: patch.role ?? now.role,
    tags: clearable(patch.tags, now.tags) ?? [],
    region: clearable(patch.region, now.region),
    location: clearable(patch.location, now.location),
    weight: patch.weight ?? now.weight,
    tls: mergedTls(now.tls, patch.tls),
    poll: { sessionsS: patch.poll?.sessionsS ?? now.poll.sessionsS, librariesS: patch.poll?.librariesS ?? now.poll.librariesS, serverS: patch.poll?.serverS ?? now.poll.serverS },
    ignoredDevices: patch.ignoredDevices ?? now.ignoredDevices,
  };
}

export function mergedTls(now: TlsOptions, patch: z.infer<typeof Tls> | null | undefined): TlsOptions {
  const caPem = patch?.caPem === undefined ? now.caPem : (patch.caPem ?? undefined);
  return { verify: patch?.verify ?? now.verify, ...(caPem !== undefined && { caPem }) };
}
