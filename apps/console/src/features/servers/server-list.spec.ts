import { describe, expect, it } from '@jest/globals';
import { serverFixture } from '../../live/fixtures.js';
import { mayStayPending, slugOf } from './connection-words.js';
import { listServers, stateSummary } from './server-list.js';

const servers = [
  serverFixture({ id: '1', alias: 'Cabin', slug: 'cabin', state: 'OFFLINE', kind: 'PLEX' }),
  serverFixture({ id: '2', alias: 'Attic', slug: 'attic', tags: ['home'] }),
  serverFixture({ id: '3', alias: 'Basement', slug: 'basement', stale: true }),
];
const names = (filter: Parameters<typeof listServers>[2]) => listServers(servers, new Map(), filter).map(({ alias }) => alias);

describe('listServers', () => {
  it('sorts by state, then by name', () => expect(names({})).toEqual(['Attic', 'Basement', 'Cabin']));
  it('knows problems as a state', () => expect(names({ state: 'problem' })).toEqual(['Basement', 'Cabin']));
  it('filters by vendor, tag and text', () => {
    expect(names({ kind: 'plex' })).toEqual(['Cabin']);
    expect(names({ tag: 'home' })).toEqual(['Attic']);
    expect(names({ text: 'base' })).toEqual(['Basement']);
  });
  it('sums up in words', () => expect(stateSummary(servers, new Map())).toBe('1 online · 1 stale · 1 offline'));
});

describe('a failed test', () => {
  it.each([
    ['SERVER_UNREACHABLE', 'dns', true],
    ['SERVER_UNREACHABLE', 'tls', true],
    ['SERVER_UNREACHABLE', 'not-a-media-server', false],
    ['SERVER_REJECTED_KEY', 'unknown-key', false],
    ['EGRESS_BLOCKED', null, false],
  ])('%s %s may be saved as pending: %s', (code, reason, may) => expect(mayStayPending({ ok: false, code, reason })).toBe(may));
});

describe('slugOf', () => {
  it.each([['Kofi’s Jellyfin', 'kofis-jellyfin'], ['Café Übung 2', 'cafe-ubung-2'], ['  ', '']])('%s → %s', (alias, slug) => expect(slugOf(alias)).toBe(slug));
});
