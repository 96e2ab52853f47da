import { describe, expect, it } from '@jest/globals';
import { messageFixture, serverFixture, sessionFixture, streamFixture } from '../../live/fixtures.js';
import { LiveStore } from '../../live/live-store.js';
import { cardColumns, gridRows, lineEnd, lineStart, type Density } from './rows.js';
import { parsePosition, whyOff } from './session-controls.js';
import { findByKey, sessionKey } from './session-key.js';

function rowsOf({ state = 'ONLINE' as const, ...change }: { state?: 'ONLINE' | 'OFFLINE'; density?: Density; filter?: object; opened?: Record<string, boolean>; whole?: Set<string>; count?: number } = {}) {
  const store = new LiveStore();
  store.applyServers([serverFixture({ state })]);
  store.applySessions(messageFixture(1, Array.from({ length: change.count ?? 3 }, (_, index) => sessionFixture(`${index}`, { userName: index === 0 ? 'Ben' : 'Ana', stream: streamFixture({ delivery: index === 0 ? 'TRANSCODE' : 'DIRECT_PLAY' }) }))));
  return gridRows({ servers: store.servers!, snapshots: store.snapshots, filter: {}, density: 'comfortable', columns: 3, opened: {}, whole: new Set(), ...change });
}
const kinds = (rows: ReturnType<typeof rowsOf>) => rows.map(({ kind }) => kind).join(' ');

describe('gridRows', () => {
  it('opens a server with streams and closes an idle one', () => {
    expect(kinds(rowsOf())).toBe('server session session session');
    expect(kinds(rowsOf({ count: 0 }))).toBe('server');
    expect(kinds(rowsOf({ count: 0, opened: { s1: true } }))).toBe('server note');
  });

  it('keeps the last sessions of an offline server, with a note; on a phone it stays closed', () => {
    expect(kinds(rowsOf({ state: 'OFFLINE' }))).toBe('server session session session note');
    expect(kinds(rowsOf({ state: 'OFFLINE', density: 'narrow' }))).toBe('server');
  });

  it('shows two sessions on a phone until more are asked for', () => {
    expect(kinds(rowsOf({ density: 'narrow' }))).toBe('server session session more');
    expect(kinds(rowsOf({ density: 'narrow', whole: new Set(['s1']) }))).toBe('server session session session');
  });

  it('filters by delivery and text, and hides servers without a match', () => {
    expect(kinds(rowsOf({ filter: { kind: 'transcode' }, opened: { s1: false } }))).toBe('server session');
    expect(kinds(rowsOf({ filter: { q: 'BEN' } }))).toBe('server session');
    expect(rowsOf({ filter: { q: 'nobody' } })).toEqual([]);
  });

  it('knows the height of every row, with a gap after the last of a server', () => {
    expect(rowsOf().map(({ height }) => height)).toEqual([42, 48, 48, 56]);
    expect(rowsOf({ density: 'compact' }).map(({ height }) => height)).toEqual([42, 36, 36, 44]);
  });
});

describe('cards', () => {
  const cards = (count: number, more: object = {}) => rowsOf({ density: 'cards', count, ...more });
  const places = (rows: ReturnType<typeof rowsOf>) => rows.map((row) => (row.kind === 'session' ? row.column : row.kind));

  it('stand beside each other, a line as high as one card', () => {
    const rows = cards(5);
    expect(places(rows)).toEqual(['server', 0, 1, 2, 0, 1]);
    expect(rows.map(({ height }) => height)).toEqual([52, 0, 0, 206, 0, 214]);
    expect(rows.map(({ body }) => body)).toEqual([42, 196, 196, 196, 196, 196]);
  });

  it('of a server that fails are followed by its note; without streams there are none', () => {
    expect(places(cards(1, { state: 'OFFLINE' }))).toEqual(['server', 0, 'note']);
    expect(places(cards(0))).toEqual(['server']);
    expect(cards(0)[0]!.height).toBe(50);
    expect(places(cards(0, { opened: { s1: true } }))).toEqual(['server', 'note']);
  });

  it('know their line', () => {
    const rows = cards(5);
    expect([0, 1, 2, 3, 4, 5].map((index) => lineStart(rows, index))).toEqual([0, 1, 1, 1, 4, 4]);
    expect([0, 1, 2, 3, 4, 5].map((index) => lineEnd(rows, index))).toEqual([0, 3, 3, 3, 5, 5]);
    const plain = rowsOf();
    expect([0, 1, 2].map((index) => [lineStart(plain, index), lineEnd(plain, index)])).toEqual([[0, 0], [1, 1], [2, 2]]);
  });

  it.each([[0, 1], [259, 1], [529, 1], [530, 2], [904, 3], [1_900, 7]])('in %i px there are %i beside each other', (width, columns) => {
    expect(cardColumns(width)).toBe(columns);
  });
});

describe('whyOff', () => {
  const session = { ...sessionFixture('a', { controls: { stop: true, pause: true, seek: false, message: false, limitBitRate: false, play: false } }), positionAtMs: 0 };
  it.each([
    ['stop', serverFixture(), 'online', true, null],
    ['stop', serverFixture(), 'online', false, 'FORBIDDEN'],
    ['stop', serverFixture({ readOnly: true }), 'online', true, 'SERVER_READ_ONLY'],
    ['stop', serverFixture({ stateCode: 'AGENT_OFFLINE' }), 'offline', true, 'AGENT_OFFLINE'],
    ['message', serverFixture(), 'online', true, 'CAPABILITY_MISSING'],
  ] as const)('%s is off with its code', (control, server, condition, operator, code) => {
    const reason = whyOff(control, session, server, condition, operator);
    if (code === null) expect(reason).toBeNull();
    else expect(reason).toContain(code);
  });
});

describe('addresses and positions', () => {
  it('names a session by slug and vendor id, and finds it again', () => {
    const server = serverFixture();
    const key = sessionKey(server, 's1:4b:e0');
    expect(key).toBe('attic:4b:e0');
    expect(findByKey([server], key)).toEqual({ server, sessionId: 's1:4b:e0' });
    expect(findByKey([server], 'cabin:1')).toBeNull();
    expect(findByKey([server], undefined)).toBeNull();
  });

  it.each([['1:08:04', 4_084_000], ['8:04', 484_000], ['90', 90_000], ['', null], ['1:x', null], ['1:2:3:4', null]])('%s is %p ms', (text, ms) => expect(parsePosition(text)).toBe(ms));
});
