import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Who calls: the socket's other end, or what a trusted proxy says. */
export class ClientAddress {
  private readonly trusted = new BlockList();

  /** Addresses and networks, as `10.0.0.1` or `10.0.0.0/8`. @throws for anything else */
  constructor(proxies: readonly string[]) {
    for (const proxy of proxies) {
      const [address = '', bits] = proxy.split('/');
      const family = familyOf(address);
      if (!family) throw new Error(`not an address or network: ${proxy}`);
      if (bits === undefined) this.trusted.addAddress(address, family);
      else this.trusted.addSubnet(address, Number(bits), family);
    }
  }

  of(remote: string | undefined, forwardedFor: string | string[] | undefined): string {
    const chain = [forwardedFor ?? []].flat().join(',').split(',').map((entry) => entry.trim()).filter(Boolean);
    let address = plain(remote ?? 'unknown');
    for (const next of chain.reverse()) {
      const family = familyOf(address);
      if (!family || !this.trusted.check(address, family)) return address;
      address = plain(next);
    }
    return address;
  }
}

function plain(address: string): string {
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  if (isIPv4(address)) return 'ipv4';
  return isIPv6(address) ? 'ipv6' : null;
}
