import { describe, expect, it } from '@jest/globals';
import type { Library, UserPolicy } from '@usher/contracts';
import { Findings } from './findings.js';
import { isWatched, mapLibraries, noteUnmapped } from './library-mapping.js';
import { changeOf, fieldsOf, planPolicy, type PolicyTarget } from './policy-plan.js';

const OPEN: UserPolicy = { enabled: true, libraries: 'all', hidden: false, remoteAccess: true, bitRateLimitKbps: 0, videoTranscoding: true, audioTranscoding: true, remuxing: true, downloads: true, streamLimit: 0 };
const PLEX: UserPolicy = { enabled: true, libraries: 'all', hidden: null, remoteAccess: null, bitRateLimitKbps: null, videoTranscoding: null, audioTranscoding: null, remuxing: null, downloads: true, streamLimit: null };

function target(change: Partial<PolicyTarget> = {}): PolicyTarget {
  return { kind: 'jellyfin', fields: null, libraries: new Map([['a', 'A'], ['b', 'B']]), allLibraries: ['A', 'B'], sourceLibraries: ['a', 'b'], ...change };
}

describe('settings at the target', () => {
  it('are the source’s, with the target’s libraries', () => {
    expect(planPolicy({ ...OPEN, libraries: ['b'], downloads: false, streamLimit: 2 }, 'jellyfin', target())).toEqual({ to: { ...OPEN, libraries: ['B'], downloads: false, streamLimit: 2 }, loss: [] });
  });

  it('grant no library without a counterpart, and not all of a target that has more', () => {
    expect(planPolicy({ ...OPEN, libraries: ['b', 'c'] }, 'jellyfin', target())).toMatchObject({ to: { libraries: ['B'] }, loss: [{ field: 'libraries', reason: 'library-not-mapped' }] });
    expect(planPolicy(OPEN, 'jellyfin', target())).toMatchObject({ to: { libraries: 'all' }, loss: [] });
    expect(planPolicy(OPEN, 'jellyfin', target({ allLibraries: ['A', 'B', 'Private'] }))).toMatchObject({ to: { libraries: ['A', 'B'] }, loss: [{ field: 'libraries', reason: 'policy-differs' }] });
  });

  it('lose what the target does not have, if it says anything', () => {
    const onPlex = planPolicy({ ...OPEN, videoTranscoding: false, bitRateLimitKbps: 8_000 }, 'emby', target({ kind: 'plex', fields: fieldsOf([PLEX]) }));
    expect(onPlex.to).toEqual({ libraries: 'all', downloads: true });
    expect(onPlex.loss).toEqual([{ field: 'bitRateLimitKbps', kind: 'impossible', reason: 'policy-not-there' }, { field: 'videoTranscoding', kind: 'impossible', reason: 'policy-not-there' }]);
    expect(planPolicy(OPEN, 'emby', target({ kind: 'plex' })).loss).toEqual([]);
    expect(planPolicy({ ...OPEN, streamLimit: 3 }, 'emby', target()).loss).toEqual([{ field: 'streamLimit', kind: 'lossy', reason: 'policy-differs' }]);
    expect(planPolicy(PLEX, 'plex', target()).to).toEqual({ enabled: true, libraries: 'all', downloads: true });
  });

  it('change only what differs', () => {
    expect(changeOf({ ...OPEN, libraries: ['B', 'A'] }, { ...OPEN, libraries: ['A', 'B'], downloads: false })).toEqual({ downloads: false });
    expect(changeOf(OPEN, OPEN)).toBeNull();
  });
});

describe('which library is which', () => {
  const library = (vendorId: string, change: Partial<Library> = {}): Library => ({ vendorId, name: vendorId, type: 'movies', itemCount: null, childCount: null, folders: [`/media/${vendorId}`], ...change });
  const map = (source: Library[], targets: Library[], given: Parameters<typeof mapLibraries>[2] = [], paths: Parameters<typeof mapLibraries>[3] = []) => {
    const findings = new Findings();
    const pairs = mapLibraries(source, targets, given, paths, findings);
    noteUnmapped(pairs, source, given, findings);
    return { pairs, codes: findings.list().map(({ code }) => code) };
  };

  it('follows the mapped folder, then type and name', () => {
    const targets = [library('T1', { folders: ['/mnt/films'] }), library('T2', { name: 'SERIES', type: 'shows' }), library('T3', { name: 'Series' })];
    const sources = [library('films', { folders: ['/media/films'] }), library('series', { name: 'Series', type: 'shows' }), library('odd', { type: 'mixed' })];
    expect(map(sources, targets, [], [{ from: '/media', to: '/mnt' }])).toEqual({ pairs: [{ source: 'films', target: 'T1' }, { source: 'series', target: 'T2' }, { source: 'odd', target: null }], codes: ['LIBRARY_NOT_MAPPED'] });
  });

  it('is as a person says, unless types differ or it is gone', () => {
    const targets = [library('T1'), library('T2', { type: 'mixed' })];
    expect(map([library('a'), library('b'), library('c')], targets, [{ source: 'a', target: 'T2' }, { source: 'b', target: 'gone' }, { source: 'c', target: null }])).toEqual({
      pairs: [{ source: 'a', target: 'T2' }, { source: 'b', target: null }, { source: 'c', target: null }],
      codes: ['LIBRARY_TYPE_DIFFERS', 'LIBRARY_GONE'],
    });
  });

  it('counts what is watched, not photos', () => {
    expect([isWatched(library('a')), isWatched(library('b', { type: 'photos' }))]).toEqual([true, false]);
  });
});
