import { describe, expect, it } from '@jest/globals';
import type { WatchGlance } from '@usher/contracts';
import { AGAIN_MS, comparable, dueRounds, roundsOf, titlesToAsk, type LookAccount, type Located } from './watch-rounds.js';

const NOW = Date.parse('2026-01-01T12:00:00.000Z');
const HOUR = 3_600_000;
const account = (personId: string, serverId: string, more: Partial<LookAccount> = {}): LookAccount => ({ personId, serverId, userId: 'u1', type: 'movie', lookedAtMs: NOW - HOUR, playedAtMs: null, ...more });
const due = (accounts: LookAccount[], { busy = [] as string[], max = 10 } = {}) => dueRounds(roundsOf(accounts), (id) => !busy.includes(id), NOW, max).map(({ personId }) => personId);
const both = (personId: string, more: Partial<LookAccount> = {}, servers = ['a', 'b']) => servers.map((serverId) => account(personId, serverId, more));

describe('whose turn it is', () => {
  it('needs accounts on two servers, and films and episodes are rounds of their own', () => {
    expect(roundsOf([account('p', 'a'), account('p', 'a', { userId: 'u2' })])).toEqual([]);
    expect(roundsOf([...both('p'), ...both('p', { type: 'episode' })]).map(({ type }) => type)).toEqual(['movie', 'episode']);
  });

  it('is who played since, then who was never looked at, then who was not for a day', () => {
    expect(due(both('p'))).toEqual([]);
    const old = both('old', { lookedAtMs: NOW - AGAIN_MS }, ['a', 'b']);
    const never = both('never', { lookedAtMs: null }, ['c', 'd']);
    const played = both('played', { playedAtMs: NOW - HOUR / 2 }, ['e', 'f']);
    expect(due([...old, ...never, ...played])).toEqual(['played', 'never', 'old']);
    expect(due([...old, ...never, ...played], { max: 2 })).toEqual(['played', 'never']);
    expect(due(both('before', { playedAtMs: NOW - 2 * HOUR }))).toEqual([]);
  });

  it('takes one person for a server, and nobody overtakes who waits for one', () => {
    expect(due([...both('p', { lookedAtMs: null }), ...both('q', { lookedAtMs: null })])).toEqual(['p']);
    expect(due([...both('p', { lookedAtMs: null }), ...both('q', { lookedAtMs: null }, ['a', 'c'])], { busy: ['b'] })).toEqual([]);
    expect(due([...both('p', { lookedAtMs: null }), ...both('q', { lookedAtMs: null }, ['c', 'd'])], { busy: ['b'] })).toEqual(['q']);
  });
});

describe('titles of a round', () => {
  const glance = (itemVendorId: string): WatchGlance => ({ itemVendorId, played: true, positionMs: 0 });
  const located: Located[] = ['i1', 'i2', 'i3'].flatMap((itemId) => ['a', 'b'].map((serverId) => ({ itemId, serverId, vendorId: `${serverId}-${itemId}` })));
  const pages = new Map([['a', [glance('a-i2'), glance('a-i1')]], ['b', [glance('b-i1')]]]);

  it('are asked for where the own page does not tell of them, the newest first', () => {
    expect(titlesToAsk({ serverId: 'b' }, pages, new Map([['a', ['a-i3']]]), located, 96)).toEqual(['b-i2', 'b-i3']);
    expect(titlesToAsk({ serverId: 'b' }, pages, new Map([['a', ['a-i3']]]), located, 1)).toEqual(['b-i2']);
    expect(titlesToAsk({ serverId: 'a' }, pages, new Map(), located.filter(({ itemId }) => itemId !== 'i3'), 96)).toEqual([]);
  });

  it('include every other copy', () => {
    expect(titlesToAsk({ serverId: 'b' }, pages, new Map(), [...located.slice(0, 4), { itemId: 'i1', serverId: 'b', vendorId: 'b-i1-4k' }], 96)).toEqual(['b-i1-4k', 'b-i2']);
  });

  it('are kept only where another server holds them', () => {
    const alone: Located = { itemId: 'i9', serverId: 'a', vendorId: 'a-i9' };
    expect(comparable('a', [glance('a-i1'), glance('a-i9'), glance('unknown')], [...located, alone])).toEqual([glance('a-i1')]);
  });
});
