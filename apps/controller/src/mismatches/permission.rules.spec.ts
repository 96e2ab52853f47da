import { describe, expect, it } from '@jest/globals';
import { account, found, server, worldWith, type Given } from '../../test/mismatch-world.js';
import { ruleStatesOf } from './rules.js';
import type { WorldLibrary } from './world.js';

const rule = 'permission-drift';
const library = (serverId: string, vendorId: string, name = 'Films', type = 'movies'): WorldLibrary => ({ serverId, vendorId, name, type });
const libraries = [library('a', 'a1'), library('b', 'b1'), library('a', 'a2', 'Series', 'shows'), library('b', 'b2', 'Series', 'shows')];
const on = (serverId: string, allowed: 'all' | string[] | null, more = {}) => account(serverId, 'u1', { libraries: allowed, ...more });

describe('libraries of one person', () => {
  it('that are given on one server only are one finding, with all of them as evidence', () => {
    const [finding, ...more] = found(rule, { libraries, accounts: [on('a', 'all'), on('b', ['b2'])] });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ subject: 'p1', severity: 'medium', text: 'Ada sees “Films” on Attic and not on Cabin', flags: [] });
    expect(finding!.evidence.map(({ serverAlias, userName, item, detail }) => [serverAlias, userName, item, detail])).toEqual([['Attic', 'ada', 'Films', 'allowed'], ['Cabin', 'ada', 'Films', 'not allowed']]);
    const [both] = found(rule, { libraries, accounts: [on('a', ['a1']), on('b', ['b2'])] });
    expect(both).toMatchObject({ subject: 'p1', text: 'Ada sees 2 libraries on one server and not on another: Films, Series' });
    expect(both!.evidence).toHaveLength(4);
  });

  it.each<[string, Given]>([
    ['given on both', { libraries, accounts: [on('a', 'all'), on('b', ['b1', 'b2'])] }],
    ['taken on both', { libraries, accounts: [on('a', []), on('b', [])] }],
    ['towards an administrator', { libraries, accounts: [on('a', ['a2'], { isAdministrator: true }), on('b', 'all')] }],
    ['of a disabled account', { libraries, accounts: [on('a', 'all'), on('b', [], { enabled: false })] }],
    ['where nobody knows', { libraries, accounts: [on('a', 'all'), on('b', null)] }],
    ['of another name', { libraries: [library('a', 'a1'), library('b', 'b1', 'Films 4K')], accounts: [on('a', 'all'), on('b', [])] }],
    ['of another kind', { libraries: [library('a', 'a1'), library('b', 'b1', 'Films', 'mixed')], accounts: [on('a', 'all'), on('b', [])] }],
    ['of two libraries with one name on one server', { libraries: [library('a', 'a1'), library('b', 'b1'), library('b', 'b9')], accounts: [on('a', 'all'), on('b', ['b9'])] }],
    ['where another account of the person sees it', { libraries, accounts: [on('a', 'all'), on('b', []), account('b', 'u2', { libraries: ['b1', 'b2'] })] }],
    ['of two people', { libraries, people: [{ id: 'p1', name: 'Ada', emails: [] }, { id: 'p2', name: 'Ben', emails: [] }], accounts: [on('a', 'all'), on('b', [], { personId: 'p2' })] }],
    ['on a server that is not there any more', { libraries, servers: [server('a')], accounts: [on('a', 'all')] }],
  ])('are no finding when it is %s', (_, given) => expect(found(rule, given)).toEqual([]));

  it('go by the name whatever its case and spaces', () => {
    expect(found(rule, { libraries: [library('a', 'a1', ' Home  Films'), library('b', 'b1', 'home films')], accounts: [on('a', 'all'), on('b', [])] })).toHaveLength(1);
  });

  it('cannot be compared where servers do not tell', () => {
    const stateOf = (given: Given) => ruleStatesOf(worldWith(given)).find((state) => state.rule === rule);
    expect(stateOf({ accounts: [on('a', 'all'), on('b', null)] })).toMatchObject({ runs: false, reason: '1 server has not told what accounts may see.' });
    expect(stateOf({ accounts: [on('a', 'all'), on('b', [])] })).toMatchObject({ runs: true, reason: null });
  });
});
