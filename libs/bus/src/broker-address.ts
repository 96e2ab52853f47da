import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { AppError } from '@usher/contracts';
import type { NodeConnectionOptions } from '@nats-io/transport-node';

/** Where the broker is. */
export interface BrokerAddress {
  url: string | readonly string[];
  /** PEM of the authority that signed the broker's certificate; without it the system's authorities decide. */
  caPem?: string;
}

function hostsOf(url: string | readonly string[]): string[] {
  return [url].flat().map((one) => new URL(one.includes('://') ? one : `nats://${one}`).hostname.replace(/^\[|\]$/g, ''));
}

/** `127.0.0.1:4222`, for people: without what else an address may hold. */
export function placesOf(url: string | readonly string[]): string {
  return [url].flat().map((one) => new URL(one.includes('://') ? one : `nats://${one}`).host).join(', ');
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** True when every address is of this machine. */
export function isLoopback(url: string | readonly string[]): boolean {
  return hostsOf(url).every(isLoopbackHost);
}

/**
 * Connection options that every link has in common. Off loopback TLS is demanded by its option: a `tls://` address alone
 * would connect in plain text to a plain broker. A silent link is noticed after three pings.
 */
export function brokerOptions({ url, caPem }: BrokerAddress): NodeConnectionOptions {
  const hosts = hostsOf(url);
  const tls = {
    ...(caPem !== undefined && { ca: caPem }),
    // The client upgrades a socket without naming an address, so Node would compare certificates with "localhost".
    checkServerIdentity: (name: string, certificate: PeerCertificate) =>
      hosts.some((host) => checkServerIdentity(host, certificate) === undefined) ? undefined : checkServerIdentity(name, certificate),
  };
  return {
    servers: [...[url].flat()],
    timeout: 10_000,
    pingInterval: 20_000,
    maxPingOut: 2,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 1_000,
    reconnectJitter: 5_000,
    reconnectJitterTLS: 5_000,
    ignoreAuthErrorAbort: true,
    ignoreClusterUpdates: true,
    ...(isLoopback(url) ? {} : { tls }),
  };
}

const FLOOR = 'nats-server 2.14.3, or 2.12.12 of the 2.12 line';

function isSafeVersion(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (major !== 2) return major > 2;
  if (minor === 12) return patch >= 12;
  return minor > 14 || (minor === 14 && patch >= 3);
}

/**
 * Older brokers can be stopped by anybody who reaches their port (NATS advisory 2026-23), so they may serve this machine only.
 * @returns on loopback the sentence to warn with, or null when all is well
 * @throws AppError `BROKER_TOO_OLD` off loopback
 */
export function checkBrokerVersion(version: string, url: string | readonly string[]): string | null {
  if (isSafeVersion(version)) return null;
  if (!isLoopback(url)) throw new AppError('BROKER_TOO_OLD', `The broker is ${version}; off this machine it must be ${FLOOR} or newer.`, { version });
  return `The broker is ${version}, older than ${FLOOR}: it serves this machine only, and remote enrollment is closed.`;
}
