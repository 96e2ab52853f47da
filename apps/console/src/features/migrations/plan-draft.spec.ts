import { describe, expect, it } from '@jest/globals';
import { afterCheck, doubled, draftOf, emptyDraft, freeName, isSame, pairingOf, parsePaths, requestOf, SUGGESTED, suggestionFor, type Account, type DraftUser } from './plan-draft.js';

const account = (name: string, vendorId = name, change: Partial<Account> = {}): Account => ({ serverId: 's', vendorId, name, email: null, enabled: true, isAdministrator: false, lastSeenAt: null, identity: null, ...change });
const person = (id: string, email: string | null = null, isEmailVerified = true) => ({ id, displayName: id, email, isEmailVerified, evidence: 'operator', linkedAt: '' });

describe('a suggestion', () => {
  const targets = [account('ana_m', 't1', { identity: person('p1') }), account('ben.okafor', 't2', { identity: person('p2', 'ben@okafor.example') }), account('Tomas', 't3'), account('boss', 't4', { isAdministrator: true })];
  it.each([
    ['the linked person', account('ana', 'a', { identity: person('p1') }), 't1', 'identity'],
    ['the same verified address', account('ben', 'b', { identity: person('p9', 'Ben@Okafor.example') }), 't2', 'email'],
    ['the same name', account('tomas', 'c'), 't3', 'name'],
    ['nobody for an address that is not verified', account('ben', 'b', { identity: person('p9', 'ben@okafor.example', false) }), null, 'none'],
    ['nobody with other rights', account('boss', 'd'), null, 'none'],
  ] as const)('is %s', (_, user, target, evidence) => expect(suggestionFor(user, targets, false)).toEqual({ target: targets.find(({ vendorId }) => vendorId === target) ?? null, evidence }));

  it('is the same Plex account between two Plex servers only', () => {
    const one = [account('x', '42')];
    expect(suggestionFor(account('y', '42'), one, true).evidence).toBe('plex');
    expect(suggestionFor(account('y', '42'), one, false).evidence).toBe('none');
  });

  it('is nobody when two fit', () => expect(suggestionFor(account('eva'), [account('eva', '1'), account('Eva', '2')], false).target).toBeNull());
});

describe('a pairing', () => {
  const targets = [account('tomas', 't1'), account('mia', 't2', { isAdministrator: true })];
  const pair = (user: Account, choice: DraftUser) => pairingOf(user, choice, targets, false);

  it('is open for a name alone, a taken name and an account that is gone', () => {
    expect(pair(account('tomas'), SUGGESTED)).toMatchObject({ outcome: 'map', open: 'A name alone proves nothing.' });
    expect(pair(account('mia'), SUGGESTED)).toMatchObject({ outcome: 'create', open: 'The name “mia” is taken on the target.' });
    expect(pair(account('ida'), { decision: 'MAP', targetVendorId: 'gone', targetName: null }).open).toContain('not on the target');
  });

  it('is settled by a check that found nothing against it', () => {
    const named = pair(account('tomas'), SUGGESTED);
    const blocker = { severity: 'BLOCKER' as const, user: 'tomas' };
    expect(afterCheck(named, { state: 'CHECKED', findings: [{ ...blocker, user: 'mia' }] }).open).toBeNull();
    expect(afterCheck(named, { state: 'CHECKED', findings: [blocker] }).open).not.toBeNull();
    expect(afterCheck(named, { state: 'DRAFT', findings: [] }).open).not.toBeNull();
  });

  it('is settled by a choice', () => {
    expect(pair(account('tomas'), { decision: 'MAP', targetVendorId: 't1', targetName: null })).toMatchObject({ name: 'tomas', open: null });
    expect(pair(account('mia'), { decision: 'CREATE', targetVendorId: null, targetName: 'mia-2' })).toMatchObject({ name: 'mia-2', open: null });
    expect(pair(account('mia'), { decision: 'SKIP', targetVendorId: null, targetName: null })).toMatchObject({ outcome: 'skip', open: null });
  });

  it('finds two users on one account, but not those that merge', () => {
    const mapped = { decision: 'MAP', targetVendorId: 't1', targetName: null } as const;
    const [one, two, three] = [pair(account('a'), mapped), pair(account('b'), mapped), pair(account('c'), { ...mapped, decision: 'MERGE' })];
    expect([...doubled([one, two, three])]).toEqual(['b']);
  });

  it('proposes a free name', () => expect(freeName('Mia', [account('mia'), account('mia-2')])).toBe('Mia-3'));
});

describe('a draft', () => {
  it('sends an account with MAP and MERGE only, a name with CREATE only', () => {
    const draft = { ...emptyDraft('s', 't'), users: new Map<string, DraftUser>([['a', { decision: 'CREATE', targetVendorId: 'x', targetName: '  ana ' }], ['b', { decision: 'MAP', targetVendorId: 'x', targetName: 'y' }], ['c', SUGGESTED]]) };
    expect(requestOf(draft).users).toEqual([
      { sourceVendorId: 'a', decision: 'CREATE', targetVendorId: null, targetName: 'ana' },
      { sourceVendorId: 'b', decision: 'MAP', targetVendorId: 'x', targetName: null },
      { sourceVendorId: 'c', decision: 'SUGGEST', targetVendorId: null, targetName: null },
    ]);
  });

  it('is the same after it was stored', () => {
    const draft = { ...emptyDraft('s', 't'), users: new Map([['a', SUGGESTED]]), libraries: new Map([['l', null]]) };
    const request = requestOf(draft);
    const stored = draftOf({ request: { ...request, options: { ...request.options, __typename: 'MigrationOptions' } } as never });
    expect(isSame(draft, stored)).toBe(true);
    expect(isSame(draft, { ...stored, fields: ['PLAYED'] })).toBe(false);
  });
});

describe('a pasted map of folders', () => {
  it('is JSON or lines', () => {
    expect(parsePaths('{"/mnt": "/data"}')).toEqual([{ from: '/mnt', to: '/data' }]);
    expect(parsePaths('/mnt/a → /data/a\n\n/mnt/b -> /data/b\n')).toEqual([{ from: '/mnt/a', to: '/data/a' }, { from: '/mnt/b', to: '/data/b' }]);
  });

  it.each(['', '{"a"', '{"/mnt": 3}', '/mnt/a'])('“%s” is refused', (text) => expect(typeof parsePaths(text)).toBe('string'));
});
