import { describe, expect, it } from '@jest/globals';
import type { MediaUser, PlanDecision, PlanUserChoice, ServerKind } from '@usher/contracts';
import { Findings } from './findings.js';
import { personLinks } from './person-links.js';
import { mapUsers, type MappingInput } from './user-mapping.js';
import { nameProblem } from './user-names.js';

function user(vendorId: string, change: Partial<MediaUser> = {}): MediaUser {
  return { vendorId, name: vendorId, email: null, isAdministrator: false, enabled: true, lastSeenAt: null, ...change };
}

function choice(sourceVendorId: string, change: Partial<PlanUserChoice> = {}): PlanUserChoice {
  return { sourceVendorId, decision: 'suggest', targetVendorId: null, targetName: null, ...change };
}

interface World {
  readonly kinds?: [ServerKind, ServerKind];
  readonly source: MediaUser[];
  readonly target: MediaUser[];
  readonly links?: [server: 'source' | 'target', user: string, identity: string][];
  readonly emails?: [identity: string, email: string][];
  readonly decisions?: PlanDecision[];
  readonly canCreate?: boolean;
}

function map(choices: PlanUserChoice[], { kinds = ['jellyfin', 'jellyfin'], source, target, links = [], emails = [], decisions = [], canCreate = true }: World) {
  const findings = new Findings();
  const facts = { links: links.map(([serverId, userVendorId, identityId]) => ({ serverId, userVendorId, identityId })), emails: emails.map(([identityId, email]) => ({ identityId, email })) };
  const sides = { source: { serverId: 'source', kind: kinds[0], users: source }, target: { serverId: 'target', kind: kinds[1], users: target } };
  const input: MappingInput = { choices, source: sides.source, target: { ...sides.target, canCreate }, links: personLinks(facts, sides.source, sides.target), decisions: new Map(decisions.map((decision) => [decision.id, decision])) };
  const users = mapUsers(input, findings).map(({ sources, target: to, name, decision, evidence }) => ({ sources: sources.map(({ vendorId }) => vendorId), target: to?.vendorId ?? null, name, decision, evidence }));
  return { users, findings: findings.list(), codes: findings.list().map(({ code }) => code) };
}

describe('which account a user gets', () => {
  const target = [user('t-ana', { name: 'ANA' }), user('t-linked'), user('t-mail', { email: 'ana@example.test' })];

  it('follows the link of a person before everything else', () => {
    const { users, codes } = map([choice('ana')], { source: [user('ana')], target, links: [['source', 'ana', 'p'], ['target', 't-linked', 'p']], emails: [['p', 'ana@example.test']] });
    expect(users).toEqual([{ sources: ['ana'], target: 't-linked', name: 't-linked', decision: 'map', evidence: 'identity' }]);
    expect(codes).toEqual([]);
  });

  it('then a verified address; what a server other than Plex tells of addresses is not verified', () => {
    const world: World = { source: [user('ana')], target, links: [['source', 'ana', 'p']], emails: [['p', 'ana@example.test']] };
    expect(map([choice('ana')], { ...world, kinds: ['jellyfin', 'plex'] }).users).toMatchObject([{ target: 't-mail', evidence: 'email' }]);
    expect(map([choice('ana')], world).users).toMatchObject([{ target: 't-ana', evidence: 'name' }]);
  });

  it('then the same Plex account', () => {
    const world: World = { kinds: ['plex', 'plex'], source: [user('77', { name: 'Ana' })], target: [user('77', { name: 'Somebody' }), user('78', { name: 'Ana' })] };
    expect(map([choice('77')], world).users).toMatchObject([{ target: '77', evidence: 'plex' }]);
  });

  it('and asks about equal names', () => {
    const world: World = { source: [user('ana')], target };
    expect(map([choice('ana')], world).findings).toMatchObject([{ code: 'NAME_ONLY', severity: 'blocker', user: 'ana' }]);
    const accepted = map([choice('ana')], { ...world, decisions: [{ id: 'user:ana', decision: 'accept', target: null, reason: null }] });
    expect([accepted.codes, accepted.users[0]?.target]).toEqual([[], 't-ana']);
    expect(map([choice('ana')], { ...world, decisions: [{ id: 'user:ana', decision: 'map', target: 't-mail', reason: null }] }).users).toMatchObject([{ target: 't-mail', evidence: 'given' }]);
    expect(map([choice('ana')], { ...world, decisions: [{ id: 'user:ana', decision: 'skip', target: null, reason: null }] }).users).toEqual([]);
  });

  it('does not lead to an administrator by name, nor to one of two', () => {
    const administrator = map([choice('ana')], { source: [user('ana')], target: [user('x', { name: 'ana', isAdministrator: true })] });
    expect(administrator).toMatchObject({ users: [{ decision: 'create' }], codes: ['NAME_TAKEN'] });
    expect(map([choice('ana')], { source: [user('ana')], target: [user('x', { name: 'ana' }), user('y', { name: 'Ana' })] }).users).toMatchObject([{ decision: 'create' }]);
  });

  it('tells where one of both is an administrator, and never carries the right', () => {
    const { codes } = map([choice('ana', { decision: 'map', targetVendorId: 't-ana' })], { source: [user('ana', { isAdministrator: true })], target });
    expect(codes).toEqual(['ADMINISTRATOR_DIFFERS', 'ADMINISTRATOR_NOT_CARRIED']);
  });

  it('merges accounts of one person, and refuses two that meet by chance', () => {
    const source = [user('ana'), user('ana2')];
    expect(map([choice('ana', { decision: 'map', targetVendorId: 't-ana' }), choice('ana2', { decision: 'merge', targetVendorId: 't-ana' })], { source, target }).users).toMatchObject([{ sources: ['ana', 'ana2'], target: 't-ana' }]);
    const links: World['links'] = [['source', 'ana', 'p'], ['source', 'ana2', 'p'], ['target', 't-ana', 'p']];
    expect(map([choice('ana'), choice('ana2')], { source, target, links })).toMatchObject({ users: [{ sources: ['ana'] }], findings: [{ code: 'IDENTITY_CONFLICT', user: 'ana2' }] });
    expect(map([choice('ana2', { decision: 'merge', targetVendorId: 't-mail' })], { source, target })).toMatchObject({ users: [], codes: ['IDENTITY_CONFLICT'] });
  });

  it('names users that are gone', () => {
    expect(map([choice('old'), choice('ana', { decision: 'map', targetVendorId: 'gone' })], { source: [user('ana')], target })).toMatchObject({ users: [], findings: [{ code: 'USER_GONE', user: 'old' }, { code: 'USER_GONE', user: 'ana' }] });
  });

  it('cannot make accounts everywhere', () => {
    expect(map([choice('ben')], { source: [user('ben')], target, canCreate: false })).toMatchObject({ users: [{ decision: 'create' }], codes: ['ACCOUNT_IMPOSSIBLE'] });
  });
});

describe('the name of a new account', () => {
  const taken = new Set(['ana', 'ana-2']);

  it.each<[string, ServerKind, ReturnType<typeof nameProblem>]>([
    ['Ben', 'jellyfin', null],
    ['Ana', 'jellyfin', { reason: 'taken', proposal: 'Ana-3' }],
    ['a/b:c', 'jellyfin', { reason: 'refused', proposal: 'a-b-c' }],
    [' Ben', 'jellyfin', { reason: 'refused', proposal: 'Ben' }],
    ['🙂', 'jellyfin', { reason: 'refused', proposal: 'user' }],
    ['🙂', 'emby', null],
    ['Zoë Müller', 'jellyfin', null],
    ['  ', 'emby', { reason: 'refused', proposal: 'user' }],
    ['A*N*A', 'emby', { reason: 'refused', proposal: 'A-N-A' }],
  ])('%j on %s', (name, kind, expected) => {
    expect(nameProblem(name, kind, taken)).toEqual(expected);
  });

  it('is not given to two of one plan', () => {
    const { findings } = map([choice('a', { decision: 'create', targetName: 'Eva' }), choice('b', { decision: 'create', targetName: 'eva' })], { source: [user('a'), user('b')], target: [] });
    expect(findings).toMatchObject([{ code: 'NAME_TAKEN', user: 'b', message: expect.stringContaining('eva-2') }]);
  });
});
