/** What a client says about itself in `Authorization: MediaBrowser Client="…", Device="…", …`. */
export interface ClientIdentity {
  readonly scheme: string;
  readonly client?: string;
  readonly device?: string;
  readonly deviceId?: string;
  readonly version?: string;
  readonly token?: string;
}

const PART = /(\w+)="((?:[^"\\]|\\.)*)"|(\w+)=([^",\s]+)/g;

/** Component names are case-sensitive and take no blanks around `=`; values are URL-decoded. `null`: not this scheme. */
export function parseIdentity(header: string | undefined): ClientIdentity | null {
  const scheme = /^(MediaBrowser|Emby)\s+/i.exec(header ?? '');
  if (header === undefined || scheme === null) return null;
  const parts = new Map([...header.slice(scheme[0].length).matchAll(PART)].map((match) => [match[1] ?? match[3] ?? '', safeDecode(match[2] ?? match[4] ?? '')]));
  return {
    scheme: scheme[1]!,
    client: parts.get('Client'),
    device: parts.get('Device'),
    deviceId: parts.get('DeviceId'),
    version: parts.get('Version'),
    token: parts.get('Token') || undefined,
  };
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (error instanceof URIError) return value;
    throw error;
  }
}
