import { describe, expect, it } from '@jest/globals';
import { serverFixture } from '../../live/fixtures.js';
import { countChanges, kindsOf, sessionIdOf, stateText, typeOf, variablesOf, whyNoCancel, type ActivityRow } from './activity-words.js';

const row: ActivityRow = {
  id: 's1:7', kind: 'DOWNLOAD', state: 'RUNNING', serverId: 's1', serverAlias: 'Attic', title: 'Planet Earth III', subtitle: '4 of 8', userName: 'eva', deviceName: null,
  progressPercent: 52, speed: null, bitRateKbps: 41_000, startedAt: null, cancellable: true, problem: null, code: null, next: null, href: null,
};

describe('the address of the activities', () => {
  it('is read into one question and written back', () => {
    expect(variablesOf({ q: ' S01 ', type: 'download,scan,nonsense', page: '3', size: '25', sort: '-progress' }, ['s1'])).toEqual({
      filter: { search: 'S01', kinds: ['DOWNLOAD', 'SCAN'], serverIds: ['s1'] },
      page: 3,
      size: 25,
      order: 'PROGRESS',
      descending: true,
    });
    expect(typeOf(kindsOf('scan,download'))).toBe('download,scan');
    expect(typeOf([])).toBeUndefined();
  });

  it('falls back to the first page of ten, newest first, for what it does not know', () => {
    expect(variablesOf({ page: '-4', size: '11', sort: 'luck', type: 'films' }, null)).toEqual({ filter: { search: null, kinds: null, serverIds: null }, page: 1, size: 10, order: 'STARTED', descending: true });
  });
});

describe('a row', () => {
  it('says what goes on in one word or number', () => {
    expect(stateText(row)).toBe('41.0 Mbps');
    expect(stateText({ ...row, kind: 'TRANSCODE', speed: 2.4 })).toBe('2.4× · 41.0 Mbps');
    expect(stateText({ ...row, kind: 'CONVERSION', speed: 1.1 })).toBe('1.1×');
    expect(stateText({ ...row, bitRateKbps: null })).toBe('running');
    expect(stateText({ ...row, state: 'STALLED' })).toBe('stalled');
    expect(sessionIdOf({ id: 'stream:s1:abc' })).toBe('s1:abc');
    expect(sessionIdOf(row)).toBeNull();
  });

  it('says why it cannot be canceled', () => {
    const server = serverFixture({ id: 's1', alias: 'Attic' });
    expect(whyNoCancel(row, server, true)).toBeNull();
    expect(whyNoCancel(row, server, false)).toContain('FORBIDDEN');
    expect(whyNoCancel(row, { ...server, readOnly: true }, true)).toContain('SERVER_READ_ONLY');
    expect(whyNoCancel(row, { ...server, state: 'OFFLINE', stateCode: 'AGENT_OFFLINE' }, true)).toContain('AGENT_OFFLINE');
    expect(whyNoCancel({ ...row, cancellable: false }, server, true)).toContain('CAPABILITY_MISSING');
    expect(whyNoCancel({ ...row, kind: 'TRANSCODE' }, server, true)).toContain('session');
    expect(whyNoCancel({ ...row, kind: 'RUN' }, server, true)).toContain('own page');
  });

  it('counts what came, went or changed while paused; progress alone is no change', () => {
    const other = { ...row, id: 's1:8' };
    expect(countChanges([row], [{ ...row, progressPercent: 60, bitRateKbps: 1 }])).toBe(0);
    expect(countChanges([row, other], [{ ...row, state: 'STALLED' }, { ...row, id: 's1:9' }])).toBe(3);
  });
});
