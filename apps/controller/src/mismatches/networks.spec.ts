import { describe, expect, it } from '@jest/globals';
import type { Evidence } from './mismatch.js';
import { allowableOf, labelOfKey, networkKeyOf, networkLabel, pairOf, pairsOfKeys } from './networks.js';

const at = (network: string | null, address: string | null, serverId = 'a') => ({ serverId, network, address });

describe('networks', () => {
  it.each<[string, ReturnType<typeof at>, string | null, string | null]>([
    ['a connection of the internet, at whatever server', at('wan', '203.0.113.7'), 'wan:203.0.113.7', '203.0.113.7'],
    ['the first four groups of IPv6', at('wan', '2001:DB8:1:2:3:4:5:6'), 'wan:2001:db8:1:2', '2001:db8:1:2::/64'],
    ['a short IPv6 address', at('wan', '2001:db8::1'), 'wan:2001:db8::1', '2001:db8::/64'],
    ['the LAN of one server', at('lan', '192.168.1.20'), 'lan:a:192.168.1', 'LAN of Attic, 192.168.1.x'],
    ['a LAN without an address', at('lan', null), 'lan:a:', 'LAN of Attic'],
    ['a LAN with public addresses', at('lan', '203.0.113.7'), 'lan:a:203.0.113.7', 'LAN of Attic, 203.0.113.7'],
    ['a relay', at('relay', '203.0.113.7'), null, 'A relay'],
    ['the internet without an address', at('wan', null), null, null],
    ['a network that nobody tells', at('unknown', '203.0.113.7'), null, null],
  ])('%s', (_, where, key, label) => {
    expect(networkKeyOf(where)).toBe(key);
    expect(networkLabel(where, 'Attic')).toBe(label);
    if (key !== null) expect(labelOfKey(key, () => 'Attic')).toBe(label);
  });

  it('make a pair whatever their order, but not with themselves or with what is not known', () => {
    const [one, other] = [at('wan', '203.0.113.7'), at('lan', '10.0.0.2')];
    expect(pairOf(one, other)).toBe('lan:a:10.0.0|wan:203.0.113.7');
    expect(pairOf(other, one)).toBe(pairOf(one, other));
    expect(pairOf(one, { ...one, serverId: 'b' })).toBeNull();
    expect(pairOf(one, at('wan', null))).toBeNull();
    expect(pairsOfKeys(['c', 'a', 'b', 'a'])).toEqual([['a', 'b'], ['a', 'c'], ['b', 'c']]);
  });

  it('can be allowed for one person who is in two that are known', () => {
    const side = (more: Partial<Evidence>) => ({ serverId: 'a', identityId: 'p1', network: 'wan', address: '203.0.113.7', ...more }) as Evidence;
    const other = side({ serverId: 'b', address: '198.51.100.7' });
    expect(allowableOf({ rule: 'two-places', evidence: [side({}), other] })).toEqual(['wan:198.51.100.7', 'wan:203.0.113.7']);
    expect(allowableOf({ rule: 'shared-device', evidence: [side({}), other] })).toEqual([]);
    expect(allowableOf({ rule: 'two-places', evidence: [side({}), side({ ...other, identityId: 'p2' })] })).toEqual([]);
    expect(allowableOf({ rule: 'two-places', evidence: [side({}), side({ ...other, address: null })] })).toEqual([]);
    expect(allowableOf({ rule: 'two-places', evidence: [] })).toEqual([]);
    expect(allowableOf({ rule: 'two-places', evidence: [1, 2, 3, 4, 5, 6, 7].map((last) => side({ address: `203.0.113.${last}` })) })).toEqual([]);
  });
});
