import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { AppError } from '@usher/contracts';
import { Networks, addressClass, unmapped } from './address-class.js';

export interface EgressPolicy {
  /** `home` reaches private networks and this machine, `hosted` public addresses only. */
  readonly profile: 'home' | 'hosted';
  /** Networks that are allowed in addition (never link-local, metadata, multicast). */
  readonly allowCidrs?: readonly string[];
  /** Usher's own ports: never reached on this machine. */
  readonly ownPorts?: readonly number[];
  /** http to public addresses; default: only with profile `home`. */
  readonly allowPlainHttp?: boolean;
}

/** Resolves a name to all its addresses. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

const systemResolve: Resolve = (hostname) =>
  new Promise((resolve, reject) => {
    dnsLookup(hostname, { all: true, verbatim: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

/**
 * Decides which addresses may be reached. `checkUrl` judges what is written, `lookupFor` what the name resolves to at
 * the moment of connecting, so that a name that changes its address in between gains nothing.
 */
export class EgressGuard {
  readonly #policy: EgressPolicy;
  readonly #allowed: Networks;
  readonly #resolve: Resolve;

  constructor(policy: EgressPolicy, resolve: Resolve = systemResolve) {
    this.#policy = policy;
    this.#allowed = new Networks(policy.allowCidrs ?? []);
    this.#resolve = resolve;
  }

  /**
   * Reads the address of a media server; the result has no trailing slash in its path, no query and no fragment.
   * @throws AppError VALIDATION_FAILED, EGRESS_BLOCKED
   */
  checkUrl(text: string): URL {
    const url = parseServerUrl(text);
    const host = bareHost(url);
    if (isIP(host) !== 0) this.#checkAddress(url, host);
    return url;
  }

  /** A `lookup` for sockets to `url`: refuses when any answer is blocked, and connects to what was checked. */
  lookupFor(url: URL): LookupFunction {
    return (hostname, options, callback) => {
      this.#resolve(hostname)
        .then((addresses) => {
          if (addresses.length === 0) throw Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' });
          for (const { address } of addresses) this.#checkAddress(url, address);
          const wanted = options.family === 4 || options.family === 6 ? addresses.filter((entry) => entry.family === options.family) : addresses;
          return wanted.length > 0 ? wanted : addresses;
        })
        .then(
          (addresses) => {
            if (options.all) callback(null, addresses);
            else callback(null, addresses[0]!.address, addresses[0]!.family);
          },
          (error: NodeJS.ErrnoException) => callback(error, '', 0),
        );
    };
  }

  #checkAddress(url: URL, address: string): void {
    const listed = this.#allowed.has(address);
    const kind = addressClass(address);
    if (kind === 'blocked' || (kind === 'shared' && !listed) || (kind === 'private' && this.#policy.profile === 'hosted' && !listed)) {
      throw new AppError('EGRESS_BLOCKED', 'The egress rules do not allow this address.', { reason: 'address' });
    }
    if (this.#policy.ownPorts?.includes(portOf(url)) && isThisMachine(address)) {
      throw new AppError('EGRESS_BLOCKED', 'This address is a port of Usher itself.', { reason: 'own-port' });
    }
    const plainHttpAllowed = this.#policy.allowPlainHttp ?? this.#policy.profile === 'home';
    if (url.protocol === 'http:' && kind === 'public' && !listed && !plainHttpAllowed) {
      throw new AppError('EGRESS_BLOCKED', 'Plain http is allowed to private addresses only; use https.', { reason: 'plain-http' });
    }
  }
}

/**
 * The address of a media server as a URL: http or https, no sign-in data, no query, no fragment, no trailing slash.
 * @throws AppError VALIDATION_FAILED
 */
export function parseServerUrl(text: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new AppError('VALIDATION_FAILED', 'The address must start with http:// or https://.', { field: 'url' });
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError('VALIDATION_FAILED', 'The address must not contain a user name or password.', { field: 'url' });
  }
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** `https://host/base` without a slash at the end. */
export function originOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`;
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** The host without the brackets of an IPv6 literal. */
export function bareHost(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}

function isThisMachine(address: string): boolean {
  const plain = unmapped(address);
  if (plain === '::1' || plain.startsWith('127.')) return true;
  return Object.values(networkInterfaces()).some((entries) => entries?.some((entry) => unmapped(entry.address) === plain));
}
