import type { Session } from '@usher/contracts';
import { addressClass, unmapped } from '../egress/address-class.js';
import { isIP } from 'node:net';

/** A client's address without port, brackets or zone; null when there is none. */
export function clientAddress(value: string | null): string | null {
  if (value === null) return null;
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(value)?.[1];
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(value)?.[1];
  const address = (bracketed ?? withPort ?? value).split('%')[0]!;
  return isIP(address) === 0 ? address.slice(0, 100) : unmapped(address);
}

/** By the address, as these vendors do not say it: behind a proxy without forwarded addresses everything looks local. */
export function networkOf(address: string | null): Session['network'] {
  if (address === null || isIP(address) === 0) return 'unknown';
  switch (addressClass(address)) {
    case 'public':
      return 'wan';
    case 'private':
      return 'lan';
    case 'shared':
      return 'unknown';
    case 'blocked':
      return address.startsWith('169.254.') || address.toLowerCase().startsWith('fe8') ? 'lan' : 'unknown';
  }
}
