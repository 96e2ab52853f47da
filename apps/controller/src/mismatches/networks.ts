import type { Evidence, MismatchRule } from './mismatch.js';

/** So many networks of one finding can be allowed at once; more is no habit. */
const MAX_ALLOWABLE = 6;

/** Where a player is in the network, as its media server tells it. */
export interface Whereabouts {
  readonly serverId: string;
  readonly network: string | null;
  readonly address: string | null;
}

/** An IPv4 address of the internet is one connection; of a LAN its first three numbers, of IPv6 its first four groups name the network. */
export function networkOf(address: string): string {
  if (address.includes(':')) return address.toLowerCase().split(':').slice(0, 4).join(':');
  return /^(10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168)\./.test(address) ? address.split('.').slice(0, 3).join('.') : address;
}

/** `wan:81.2.3.4` is the same at every server, `lan:<server>:192.168.1` only there. Null where nobody can tell one network from another. */
export function networkKeyOf({ serverId, network, address }: Whereabouts): string | null {
  if (network === 'lan') return `lan:${serverId}:${address === null ? '' : networkOf(address)}`;
  return network === 'wan' && address !== null ? `wan:${networkOf(address)}` : null;
}

/** Names two networks whatever their order; null for one network, or where one of them is not known. */
export function pairOf(one: Whereabouts, other: Whereabouts): string | null {
  const [a, b] = [networkKeyOf(one), networkKeyOf(other)];
  return a === null || b === null || a === b ? null : pairKey(a, b);
}

export function pairKey(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}

/** Every two of the given networks, the lesser one first. */
export function pairsOfKeys(keys: readonly string[]): (readonly [string, string])[] {
  const unique = [...new Set(keys)].sort();
  return unique.flatMap((one, index) => unique.slice(index + 1).map((other) => [one, other] as const));
}

/** As people read it: `LAN of Attic, 192.168.1.x` or `81.2.3.4`. Null where it is not known. */
export function networkLabel(where: Whereabouts, alias: string): string | null {
  if (where.network === 'relay') return 'A relay';
  const key = networkKeyOf(where);
  return key === null ? null : labelOfKey(key, () => alias);
}

/** The same of a name that was kept. */
export function labelOfKey(key: string, aliasOf: (serverId: string) => string): string {
  if (key.startsWith('wan:')) return shown(key.slice('wan:'.length));
  const [, serverId = '', ...rest] = key.split(':');
  const network = rest.join(':');
  return network === '' ? `LAN of ${aliasOf(serverId)}` : `LAN of ${aliasOf(serverId)}, ${shown(network)}`;
}

function shown(network: string): string {
  if (network.includes(':')) return `${network.replace(/:(:.*)?$/, '')}::/64`;
  return network.split('.').length === 4 ? network : `${network}.x`;
}

/** The networks that one person may be allowed to use at once, in order; none where that says nothing or cannot be told apart. */
export function allowableOf({ rule, evidence }: { readonly rule: MismatchRule; readonly evidence: readonly Evidence[] }): string[] {
  if (rule !== 'two-places' && rule !== 'impossible-travel') return [];
  const [first] = evidence;
  if (!first || first.identityId === null || evidence.some(({ identityId }) => identityId !== first.identityId)) return [];
  const keys = [...new Set(evidence.flatMap((one) => networkKeyOf(one) ?? []))].sort();
  return keys.length < 2 || keys.length > MAX_ALLOWABLE ? [] : keys;
}
