import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { suggestIdentities, suggestionKey, type AccountOfPerson } from './identity-suggestions.js';

const account = (serverId: string, userName: string, given: Partial<AccountOfPerson> & { email?: string; isVerified?: boolean } = {}): AccountOfPerson => {
  const { email, isVerified = false, ...rest } = given;
  return { serverId, userVendorId: userName, userName, plexId: null, isAdministrator: false, identityId: null, emails: email === undefined ? [] : [{ email, isVerified }], ...rest };
};
const seen = (accounts: AccountOfPerson[], refused: string[] = []) => suggestIdentities(accounts, new Set(refused)).map(({ evidence, isProof, value, isUnlikely, one, other }) => ({ evidence, isProof, value, isUnlikely, pair: [one.userVendorId, other.userVendorId] }));

describe('suggestions of identities', () => {
  it('are made by a verified address that both have', () => {
    const accounts = [account('a', 'ana_m', { email: 'Ana@Martin.example', isVerified: true }), account('b', 'am', { email: 'ana@martin.example ', isVerified: true })];
    expect(seen(accounts)).toEqual([{ evidence: 'verified-email', isProof: true, value: 'ana@martin.example', isUnlikely: false, pair: ['ana_m', 'am'] }]);
  });

  it('are no proof when only one of them is verified', () => {
    const accounts = [account('a', 'ana_m', { email: 'ana@martin.example', isVerified: true }), account('b', 'am', { email: 'ana@martin.example' })];
    expect(seen(accounts)).toMatchObject([{ evidence: 'same-email', isProof: false }]);
  });

  it('are made by one Plex account on two servers', () => {
    expect(seen([account('a', 'x', { plexId: '51830277' }), account('b', 'y', { plexId: '51830277' })])).toMatchObject([{ evidence: 'plex-id', isProof: true, value: '51830277' }]);
  });

  it('are made by a name, which proves nothing', () => {
    expect(seen([account('a', 'Tomas'), account('b', 'tomas ')])).toMatchObject([{ evidence: 'same-name', isProof: false, value: 'tomas' }]);
    expect(seen([account('a', 'tomas'), account('b', 'tomás')])).toEqual([]);
  });

  it('show look-alikes, and never as proof', () => {
    const accounts = [account('a', 'klara', { email: 'klara@lind.example', isVerified: true }), account('b', 'k', { email: 'k1ara@lind.example', isVerified: true })];
    expect(seen(accounts)).toMatchObject([{ evidence: 'look-alike', isProof: false, value: 'klara@lind.example' }]);
  });

  it('give each pair once, by its strongest evidence, proof first', () => {
    const accounts = [
      account('a', 'ana', { email: 'ana@martin.example', isVerified: true }),
      account('b', 'ana', { email: 'ana@martin.example', isVerified: true }),
      account('c', 'ben'),
      account('d', 'Ben'),
    ];
    expect(seen(accounts).map(({ evidence }) => evidence)).toEqual(['verified-email', 'same-name']);
  });

  it('leave out who is one already, and who was said not to be', () => {
    const [one, other] = [account('a', 'ana', { identityId: 'i' }), account('b', 'ana', { identityId: 'i' })];
    expect(seen([one, other])).toEqual([]);
    const apart = [account('a', 'ana'), account('b', 'ana')];
    expect(seen(apart, [suggestionKey(apart[1]!, apart[0]!)])).toEqual([]);
  });

  it('stand once for two people with several accounts each', () => {
    const accounts = ['a', 'b'].map((serverId) => account(serverId, 'ana', { identityId: 'i1' })).concat(['c', 'd'].map((serverId) => account(serverId, 'ana', { identityId: 'i2' })));
    expect(seen(accounts)).toHaveLength(1);
  });

  it('say when it is unlikely: one server, or an administrator and none', () => {
    expect(seen([account('a', 'ana'), { ...account('a', 'Ana'), userVendorId: 'other' }])).toMatchObject([{ isUnlikely: true }]);
    expect(seen([account('a', 'ana'), account('b', 'ana', { isAdministrator: true })])).toMatchObject([{ isUnlikely: true }]);
  });

  it('say nothing of a name that everybody has', () => {
    expect(seen(Array.from({ length: 9 }, (_, index) => account(`s${index}`, 'guest')))).toEqual([]);
  });

  it('stay few where one address stands everywhere', () => {
    expect(seen(Array.from({ length: 100 }, (_, index) => account(`s${String(index).padStart(3, '0')}`, `u${index}`, { email: 'all@home.example' })))).toHaveLength(99);
  });

  it('do not depend on the order of the accounts, and join nothing by themselves', () => {
    const one = fc.record({ serverId: fc.constantFrom('a', 'b', 'c'), name: fc.constantFrom('ana', 'ben', 'Ana'), n: fc.nat(20), email: fc.constantFrom('ana@x.example', 'ana@х.example', 'nonsense'), isVerified: fc.boolean() });
    const accounts = fc.uniqueArray(one, { selector: ({ serverId, n }) => `${serverId}:${n}`, maxLength: 12 }).map((rows) => rows.map(({ serverId, name, n, email, isVerified }) => ({ ...account(serverId, name, { email, isVerified }), userVendorId: String(n) })));
    fc.assert(
      fc.property(accounts, (given) => {
        const before = structuredClone(given);
        expect(suggestIdentities([...given].reverse())).toEqual(suggestIdentities(given));
        expect(given).toEqual(before);
      }),
    );
  });
});
