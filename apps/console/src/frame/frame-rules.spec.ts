import { describe, expect, it } from '@jest/globals';
import { signInWords } from '../features/auth/sign-in-problem.js';
import { messageFixture, serverFixture, sessionFixture } from '../live/fixtures.js';
import { LiveStore } from '../live/live-store.js';
import { keyName } from './keyboard.js';
import { findHits, splitPrefix, type PaletteActions } from './palette-hits.js';
import { inScope, toScope } from './scope.js';

const servers = [serverFixture(), serverFixture({ id: 's2', alias: 'Cabin', slug: 'cabin', url: 'https://cabin.example' })];

describe('scope', () => {
  it('names servers by slug; an unknown one means all', () => {
    expect(inScope(servers, 'cabin').map(({ id }) => id)).toEqual(['s2']);
    expect(inScope(servers, 'nowhere')).toHaveLength(2);
    expect(inScope(servers, undefined)).toHaveLength(2);
  });

  it('leaves the address when it holds all servers or none', () => {
    expect(toScope(['cabin'], 2)).toBe('cabin');
    expect(toScope(['attic', 'cabin'], 2)).toBeUndefined();
    expect(toScope([], 2)).toBeUndefined();
  });
});

describe('keyName', () => {
  const press = (key: string, change = {}) => keyName({ key, ctrlKey: false, metaKey: false, altKey: false, ...change });
  it('knows single keys and the palette, and leaves the browser its own', () => {
    expect(press('j')).toBe('j');
    expect(press('k', { metaKey: true })).toBe('mod+k');
    expect(press('r', { ctrlKey: true })).toBeNull();
    expect(press('s', { altKey: true })).toBeNull();
  });
});

describe('palette', () => {
  const actions: PaletteActions = { openServer: () => undefined, showOnly: () => undefined, openSession: () => undefined, commands: [{ label: 'Servers', detail: '', keys: ['G', 'S'], page: true, run: () => undefined }] };
  const store = new LiveStore();
  store.applyServers(servers);
  store.applySessions(messageFixture(1, [sessionFixture('a', { userName: 'Anton' })]));
  const labels = (text: string) => findHits(text, store.servers!, store.snapshots, actions).map(({ label }) => label);

  it('puts servers first, with the actions of the best one below', () => expect(labels('att')).toEqual(['Attic', 'Show only Attic']));
  it('narrows by prefix', () => {
    expect(labels('@ant')).toEqual(['Anton']);
    expect(labels('>serv')).toEqual(['Servers']);
    expect(labels('#cab')).toEqual(['Cabin', 'Show only Cabin']);
    expect(splitPrefix(' @ Ana')).toEqual({ prefix: '@', needle: 'ana' });
  });
  it('offers pages when nothing is typed', () => expect(labels('')).toEqual(['Servers']));
});

describe('signInWords', () => {
  const problem = { code: 'SIGN_IN_FAILED', message: 'x', next: 'y', correlationId: null, details: {} };
  it('says how long a lockout lasts', () => expect(signInWords({ ...problem, code: 'RATE_LIMITED', details: { retryAfterMs: 90_000 } }).next).toContain('Wait 2 min'));
  it('explains a used or expired code', () => expect(signInWords({ ...problem, details: { reason: 'code' } }).message).toContain('used before or has expired'));
  it('leaves a wrong password as it is', () => expect(signInWords({ ...problem, details: { reason: 'password' } })).toMatchObject({ message: 'x', next: 'y' }));
});
