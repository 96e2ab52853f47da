import { lookup } from 'node:dns/promises';
import { BlockList, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface Whereabouts {
  /** Every address of a name. @throws when it has none */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** Addresses of this machine. */
  readonly ownAddresses: () => readonly string[];
}

export const whereabouts: Whereabouts = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  ownAddresses: () => Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address)),
};

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether the server behind this address runs on this machine: all that its name stands for is here. */
export async function isBeside(origin: string, { resolve, ownAddresses }: Whereabouts): Promise<boolean> {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  const addresses = await resolve(host).catch(() => []);
  const own = new Set(ownAddresses());
  return addresses.length > 0 && addresses.every((address) => loopback.check(address, isIPv4(address) ? 'ipv4' : 'ipv6') || own.has(address));
}
