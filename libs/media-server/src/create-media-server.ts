import type { ServerKind, TlsOptions, VendorStatus } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { CachedMediaServer, DetailCaches } from './cache/cached-media-server.js';
import type { EgressGuard } from './egress/egress-guard.js';
import { createEmby } from './emby/emby.adapter.js';
import { createJellyfin } from './jellyfin/jellyfin.adapter.js';
import type { MediaServer } from './media-server.js';
import { createPlex } from './plex/plex.adapter.js';

/** One finished call to the media server. Coalesced calls count once, retries each. */
export interface VendorCall {
  /** A fixed name such as `GET /Sessions`; never holds ids, queries or keys. */
  readonly endpoint: string;
  /** `session` for calls that read sessions, `other` for all else (the two allowances of the guide, 4.2). */
  readonly kind: 'session' | 'other';
  readonly ms: number;
  readonly ok: boolean;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
}

export interface MediaServerOptions {
  readonly kind: ServerKind;
  /** Scheme, host, port and, where there is one, base path: `https://host/jellyfin`. */
  readonly origin: string;
  /** Reveals the key at the moment of a call. */
  readonly token: () => string;
  readonly tls: TlsOptions;
  readonly clock: Clock;
  /** What the media server shows as client and device: `Usher`. */
  readonly clientName: string;
  readonly clientVersion: string;
  /** Stable for one agent: vendors tell clients apart by it. */
  readonly deviceId: string;
  /** `https://plex.tv` or a stand-in. */
  readonly plexTvUrl: string;
  /** Checks the address before, and every DNS answer while connecting. */
  readonly egress: EgressGuard;
  readonly onCall?: (call: VendorCall) => void;
  /** Called on every change of status; the first value is `unknown`. */
  readonly onStatus?: (status: VendorStatus) => void;
  /** True while somebody looks at this server's sessions: polls become quick. Playing sessions are noticed without it. */
  readonly isWatched?: () => boolean;
  /** Seconds between session polls while watched or playing without push, 5–300; read before each wait. Default 10. */
  readonly sessionsPollS?: () => number;
}

/** What an adapter gets beside. */
export interface AdapterOptions extends MediaServerOptions {
  /** The server said that its libraries changed. */
  readonly onLibrariesChanged?: () => void;
}

type AdapterFactory = (options: AdapterOptions) => MediaServer;

const ADAPTERS: Readonly<Record<ServerKind, AdapterFactory>> = { emby: createEmby, jellyfin: createJellyfin, plex: createPlex };

/**
 * The adapter for one registered server. No call is made before the first method.
 * @throws AppError VALIDATION_FAILED for an address that is none, EGRESS_BLOCKED for one that must not be reached
 */
export function createMediaServer(options: MediaServerOptions): MediaServer {
  const caches = new DetailCaches(options.clock);
  return new CachedMediaServer(ADAPTERS[options.kind]({ ...options, onLibrariesChanged: () => caches.librariesChanged() }), caches);
}
