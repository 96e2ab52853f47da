import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/**
 * `blocked`: never reached, whatever the settings. `shared`: 100.64/10, only when listed. `private`: home networks
 * and this machine. `public`: the rest.
 */
export type AddressClass = 'blocked' | 'shared' | 'private' | 'public';

function ranges(list: readonly string[]): BlockList {
  const block = new BlockList();
  for (const cidr of list) addCidr(block, cidr);
  return block;
}

function addCidr(block: BlockList, cidr: string): void {
  const [address, prefix] = cidr.split('/') as [string, string | undefined];
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  block.addSubnet(address, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family);
}

/** Metadata services, link-local, translation prefixes that hide an IPv4 address, multicast, reserved. */
const BLOCKED = ranges([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.88.99.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '100.100.100.200/32',
  '::/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2002::/16',
  'fd00:ec2::/32',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]);
const SHARED = ranges(['100.64.0.0/10']);
const PRIVATE = ranges(['10.0.0.0/8', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '198.18.0.0/15', '::1/128', 'fc00::/7']);

/** The IPv4 address inside `::ffff:a.b.c.d` (also written in hex) or `::a.b.c.d`; any other address unchanged. */
export function unmapped(address: string): string {
  if (!isIPv6(address)) return address;
  const folded = new URL(`http://[${address.split('%')[0]}]/`).hostname.slice(1, -1);
  const match = /^::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(folded);
  if (!match) return folded;
  const high = Number.parseInt(match[1]!, 16);
  const low = Number.parseInt(match[2]!, 16);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** Where an IP address lies. Anything that is no IP address is `blocked`. */
export function addressClass(address: string): AddressClass {
  if (isIP(address.split('%')[0]!) === 0) return 'blocked';
  const plain = unmapped(address);
  if (contains(BLOCKED, plain)) return 'blocked';
  if (contains(SHARED, plain)) return 'shared';
  if (contains(PRIVATE, plain)) return 'private';
  return 'public';
}

/** A set of networks written as `10.0.0.0/8` or single addresses. */
export class Networks {
  readonly #block = new BlockList();

  /** @throws RangeError for a text that is no network */
  constructor(cidrs: readonly string[]) {
    for (const cidr of cidrs) {
      try {
        addCidr(this.#block, cidr);
      } catch (error) {
        throw new RangeError(`not a network: ${JSON.stringify(cidr)}`, { cause: error });
      }
    }
  }

  has(address: string): boolean {
    return contains(this.#block, unmapped(address));
  }
}

function contains(block: BlockList, address: string): boolean {
  return block.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
