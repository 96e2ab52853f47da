import { describe, expect, it } from '@jest/globals';
import type { CliLibraryPlanFieldsFragment } from '@usher/api-client';
import { bytesText, planLines, progressText } from './plan-text.js';

const PLAN: CliLibraryPlanFieldsFragment = {
  id: 'p1', rev: 2, sourceServerId: 's', targetServerId: 't', state: 'READY', progress: null, failureCode: null, failureMessage: null, failureNext: null, createdBy: 'ana',
  createdAt: '2026-01-01T00:00:00.000Z', checkedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-02T00:00:00.000Z', isStale: true, blockers: 1, warnings: 0,
  libraries: [{ sourceVendorId: 'l', name: 'Movies', type: 'movies', targetVendorId: null, targetName: null, titles: 3, sameFile: 1, otherVersion: 0, onlySource: 2, cannotMatch: 0, copyFiles: 2, copyBytes: 3 * 2 ** 30, copyFilesOfUnknownSize: 1 }],
  pathMap: [
    { libraryVendorId: 'l', libraryName: 'Movies', from: '/srv', to: '/data', origin: 'SUGGESTED', note: 'same folder name', verdict: 'READABLE', samplesTried: 2, samplesFound: 1, samplesMissing: ['/data/x'] },
    { libraryVendorId: 'l', libraryName: 'Movies', from: '/old', to: null, origin: 'MISSING', note: 'not in the map', verdict: 'UNKNOWN', samplesTried: 0, samplesFound: 0, samplesMissing: [] },
  ],
  overlap: null,
  space: [{ path: '/data', freeBytes: null, usedBytes: null, copyBytes: 1, neededBytes: 2 ** 40, freeAfterBytes: null }],
  watchers: [{ userName: 'Mia', targetUserName: null, lastTitle: null, isWatching: false, watched: 2, begun: 1, kept: 1, after: 2, missing: 1 }],
  matchesToReview: [],
  problems: [{ id: 'x', severity: 'BLOCKER', code: 'PATH_UNREADABLE', title: 'It is not there', why: 'No mount.', next: 'Mount it.', libraryVendorId: null, path: '/data', count: 1, examples: ['/a', '/b', '/c', '/d'] }],
  fine: ['people'],
};

describe('a plan in words', () => {
  it('names libraries, paths, room, people and problems', () => {
    expect(planLines(PLAN, { source: 'seedbox', target: 'attic' })).toEqual([
      'seedbox → attic  plan p1  revision 2  STALE: a server changed since',
      'library Movies → (new): 3 titles, 1 the same, 0 in another version, 0 unclear, 2 to copy (2 files, 3.0 GiB + 1 of unknown size)',
      'path    /srv → /data  readable, 1 of 2 samples (same folder name)',
      'path    /old → ?  not in the map',
      'space   /data: free space unknown, 1.00 TiB needed',
      'person  Mia → (no user): 2 watched, 1 begun, 2 of them there afterwards',
      '! It is not there  PATH_UNREADABLE',
      '    why   No mount.',
      '          /a',
      '          /b',
      '          /c',
      '    next  Mount it.',
      'fine    people',
      '1 blocker, 0 warnings. Nothing was changed.',
    ]);
  });

  it('tells how far its check is', () => {
    const progress = (change: object) => progressText({ ...PLAN, progress: { step: 'READ_TARGET', done: 1_500, total: 48_102, stepNumber: 2, steps: 6, ...change } });
    expect(progress({})).toBe('2/6 reading the target, 1,500 of 48,102');
    expect(progress({ total: null })).toBe('2/6 reading the target, 1,500');
    expect(progress({ done: 0, total: null })).toBe('2/6 reading the target');
    expect(progressText(PLAN)).toBe('waiting for its turn');
  });

  it.each([[0, '0 B'], [1023, '1023 B'], [1536, '1.5 KiB'], [3.4 * 2 ** 40, '3.40 TiB'], [2 ** 61, '2048.00 PiB']])('%d bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });
});
