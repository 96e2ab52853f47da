import { describe, expect, it } from '@jest/globals';
import { SERVER_KINDS } from '@usher/contracts';
import { departuresOf, type SentRequest } from './check-request.js';
import { DEVIATIONS } from './deviations.js';
import { SentRequests } from './sent-requests.js';
import { documentFor, findRoute, readSurface, type Surface } from './surface.js';

const SURFACE: Surface = {
  documents: ['10.10.7', '12.0.0'],
  routes: {
    'GET /Items': { query: { userId: 'uuid', limit: 'integer', isPlayed: 'boolean', since: 'date-time', ratio: 'number', ids: 'list', order: 'Ascending|Descending' }, but: { '10.10.7': { query: { limit: 'string' } } } },
    'GET /Items/{itemId}': { path: { itemId: 'uuid' } },
    'GET /Items/Counts': {},
    'GET /Backup': { in: ['12.0.0'] },
    'POST /Users/New': { body: { Name: 'string', Age: 'integer', Share: 'number', On: 'boolean', Tags: 'list', More: 'object', Any: 'any', Kind: 'a|b' }, required: ['Name'] },
    'POST /Raw': { body: 'list' },
  },
};
const send = (method: string, path: string, more: Partial<SentRequest> = {}): SentRequest => ({ method, path, query: {}, body: '', ...more });
const saidOf = (request: SentRequest, version = '12.0.0') => departuresOf(SURFACE, version, request).map(({ route, what }) => `${route}: ${what}`);

describe('a request beside the document of its vendor', () => {
  it('is measured by the newest document that is not newer than the server', () => {
    expect(['9.0.0', '10.10.7', '10.11.3', '12.0.0', '12.1.0'].map((version) => documentFor(SURFACE, version))).toEqual(['10.10.7', '10.10.7', '10.10.7', '12.0.0', '12.0.0']);
    expect(saidOf(send('GET', '/Backup'))).toEqual([]);
    expect(saidOf(send('GET', '/Backup'), '10.11.0')).toEqual(['GET /Backup: route']);
    expect(saidOf(send('GET', '/Items', { query: { limit: 'x' } }), '10.10.7')).toEqual([]);
  });

  it('belongs to the route with more fixed words', () => {
    expect(findRoute(SURFACE, '12.0.0', 'GET', '/items/counts')?.route).toBe('GET /Items/Counts');
    expect(saidOf(send('GET', '/Items/Other'))).toEqual(['GET /Items/{itemId}: path itemId']);
    expect(saidOf(send('DELETE', '/Items/Counts'))).toEqual(['DELETE /Items/Counts: route']);
  });

  it('has only known names of known types in its query', () => {
    const good = { userid: '0123456789abcdef0123456789abcdef', limit: '-1', isplayed: 'True', since: '2026-01-01T00:00:00Z', ratio: '0.5', ids: 'a,b', order: 'ascending' };
    expect(saidOf(send('GET', '/Items', { query: good }))).toEqual([]);
    const bad = { userid: 'u', limit: 'x', isplayed: 'maybe', since: '2026-01-01', ratio: '', order: 'Up', nonsense: '1' };
    expect(saidOf(send('GET', '/Items', { query: bad }))).toEqual(Object.keys(bad).map((name) => `GET /Items: query ${name}`));
  });

  it('has only known properties of known types in its body, and none too few', () => {
    const body = (value: unknown) => saidOf(send('POST', '/Users/New', { body: JSON.stringify(value) }));
    expect(body({ Name: 'Nell', Age: 1, Share: 0.5, On: true, Tags: [], More: {}, Any: [1], Kind: 'b' })).toEqual([]);
    expect(body({ Name: 'Nell', Age: null })).toEqual([]);
    const bad = { Name: 1, Age: 1.5, Share: 'x', On: 1, Tags: {}, More: [], Kind: 'c', Other: 1 };
    expect(body(bad)).toEqual(Object.keys(bad).map((name) => `POST /Users/New: body ${name}`));
    expect(body({ Age: 1 })).toEqual(['POST /Users/New: query Name']);
    expect(saidOf(send('GET', '/Items/Counts', { body: '{}' }))).toEqual(['GET /Items/Counts: body']);
    expect(saidOf(send('POST', '/Raw', { body: '{}' }))).toEqual(['POST /Raw: body']);
    expect(saidOf(send('POST', '/Raw', { body: '[]' }))).toEqual([]);
  });
});

describe('requests that were sent', () => {
  it('need a deviation for what no document says, and tell which ones were needed', () => {
    const sent = new SentRequests();
    const log = (path: string) => [{ ...send('GET', path), version: '12.0.0' }];
    expect(sent.unexplained('jellyfin', log('/coffee'))).toEqual(['jellyfin: GET /coffee: route: document 12.0.0 has no such route']);
    const before = sent.unused('jellyfin');
    expect(before).toContain('GET /socket: route');
    expect(sent.unexplained('jellyfin', log('/socket'))).toEqual([]);
    expect(sent.unused('jellyfin')).toEqual(before.filter((each) => each !== 'GET /socket: route'));
    expect(sent.unexplained('emby', [{ ...send('GET', '/emby/System/Info'), version: '4.9.1.90' }])).toEqual([]);
  });
});

describe.each([...SERVER_KINDS])('the surface of %s', (kind) => {
  it('says something of every route, and every deviation of a known route names one', () => {
    const surface = readSurface(kind);
    expect(surface.documents.length).toBeGreaterThan(0);
    const named = DEVIATIONS[kind].filter(({ what }) => what !== 'route').map(({ route }) => route);
    expect(named.filter((route) => !Object.hasOwn(surface.routes, route))).toEqual([]);
    expect(DEVIATIONS[kind].filter(({ why }) => why.length < 20)).toEqual([]);
  });
});
