import { describe, expect, it } from '@jest/globals';
import { ClientAddress } from './client-address.js';

describe('who calls', () => {
  const callers = new ClientAddress(['10.0.0.0/8', '192.168.1.1', 'fd00::/8']);

  it.each([
    ['the socket, without a proxy', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['what a trusted proxy says', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['the last one that is not trusted', '192.168.1.1', '1.1.1.1, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['the proxy itself, when it says nothing', '10.1.2.3', undefined, '10.1.2.3'],
    ['an IPv4 address in its long form', '::ffff:10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['an IPv6 proxy', 'fd00::1', '2001:db8::5', '2001:db8::5'],
    ['nonsense, as it is', '10.1.2.3', 'nobody', 'nobody'],
  ])('is %s', (_, remote, forwarded, address) => expect(callers.of(remote, forwarded)).toBe(address));

  it('is somebody unknown without a socket', () => expect(callers.of(undefined, undefined)).toBe('unknown'));
  it('needs addresses', () => expect(() => new ClientAddress(['proxy.test'])).toThrow('not an address'));
});
