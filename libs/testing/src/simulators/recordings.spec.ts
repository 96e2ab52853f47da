import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { testConfig } from '../config.js';
import { callServer, pluck } from './base/client.js';
import type { Simulator } from './base/simulator.js';
import { startEmby } from './emby.simulator.js';
import { startJellyfin } from './jellyfin.simulator.js';

const recordings = testConfig().recordingsDir;
type Row = Record<string, unknown>;

/** Where an answer of a real server may say more than the simulated one: parts that no client of this product reads. */
const LEFT_OUT = new Set([
  // Library options, images and texts of items.
  'LibraryOptions', 'ExternalUrls', 'CommunityRating', 'OfficialRating', 'PrimaryImageAspectRatio', 'PrimaryImageItemId', 'PrimaryImageTag', 'Overview', 'Etag',
  'SeriesPrimaryImageTag', 'ParentLogoItemId', 'ParentLogoImageTag', 'ParentBackdropItemId', 'ParentBackdropImageTags', 'ParentThumbItemId', 'ParentThumbImageTag',
  'DateModified', 'PremiereDate', 'ProductionYear', 'ColorSpace', 'ColorTransfer', 'ColorPrimaries', 'CodecTag', 'NalLengthSize', 'Profile', 'LocalizedLanguage',
  'DisplayLanguage', 'IsHearingImpaired', 'Language', 'BitRate', 'PresentationUniqueKey', 'LastPausedDate', 'PlayMethod', 'VolumeLevel', 'AudioStreamIndex', 'SubtitleStreamIndex',
  // Belongs to some item kinds only.
  'Tvdb', 'Primary', 'IndexNumber', 'ParentIndexNumber', 'SeriesName', 'SeriesId', 'SeasonId', 'SeasonName', 'Chapters', 'IsAVC', 'Level', 'ShortOverview', 'ItemId', 'AppIconUrl', 'UserPrimaryImageTag', 'VideoDecoder', 'CurrentThrottle',
]);

/** Names of what the recorded row has and ours has not, with their place. */
function missing(recorded: unknown, ours: unknown, place = ''): string[] {
  if (Array.isArray(recorded)) return recorded.length === 0 || !Array.isArray(ours) || ours.length === 0 ? [] : missing(recorded[0], ours[0], `${place}[]`);
  if (typeof recorded !== 'object' || recorded === null || typeof ours !== 'object' || ours === null) return [];
  return Object.entries(recorded as Row).flatMap(([name, value]) => {
    if (LEFT_OUT.has(name)) return [];
    if (!Object.hasOwn(ours, name)) return [`${place}.${name}`];
    return missing(value, (ours as Row)[name], `${place}.${name}`);
  });
}

function compareWith(folder: string): void {
  let server: Simulator;
  const recorded = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as unknown;
  const ask = async (route: string, headers: Record<string, string>) => (await callServer(`${server.url}${route}`, { headers })).json<unknown>();

  afterEach(() => server.close());

  it('Jellyfin 12 says all that the real one says', async () => {
    const clock = new ManualClock();
    server = await startJellyfin({ clock });
    const headers = { authorization: `MediaBrowser Token="${server.adminKey}"` };
    server.control.startPlayback({ item: 'Nosferatu', delivery: { kind: 'transcode', video: 'copy' } });
    await clock.advance(3_000);
    for (const user of server.control.state.users) user.lastSeenAtMs = clock.now();
    const base = 'jellyfin/recorded-12.0';
    const pairs: [string, string][] = [
      ['system/info-public.json', '/System/Info/Public'],
      ['system/info.json', '/System/Info'],
      ['libraries/virtualfolders.json', '/Library/VirtualFolders'],
      ['libraries/counts.json', '/Items/Counts'],
      ['users/users-list.json', '/Users'],
      ['auth/keys-list.json', '/Auth/Keys'],
      ['items/movies-lean.json', '/Items?recursive=true&includeItemTypes=Movie'],
      ['activity/page-1.json', '/System/ActivityLog/Entries'],
    ];
    for (const [file, route] of pairs) expect([file, missing(recorded(`${base}/${file}`), await ask(route, headers))]).toEqual([file, []]);
    const rows = recorded(`${base}/sessions/six-players-2.json`) as Row[];
    expect(missing(rows.find((row) => pluck(row, 'TranscodingInfo', 'Framerate') !== undefined), pluck(await ask('/Sessions', headers), 0))).toEqual([]);
  });

  it('Jellyfin 12 adds no name that the real one does not have', async () => {
    server = await startJellyfin({ clock: new ManualClock() });
    const headers = { authorization: `MediaBrowser Token="${server.adminKey}"` };
    server.control.startPlayback({ item: 'Nosferatu' });
    const names = (rows: unknown) => new Set((rows as Row[]).flatMap((row) => [...Object.keys(row), ...Object.keys(row['NowPlayingItem'] ?? {}), ...Object.keys(row['PlayState'] ?? {})]));
    const real = names(['1', '2', '5'].flatMap((number) => recorded(`jellyfin/recorded-12.0/sessions/six-players-${number}.json`) as Row[]));
    expect([...names(await ask('/Sessions', headers))].filter((name) => !real.has(name))).toEqual([]);
  });

  it('Jellyfin refuses in the recorded words', async () => {
    server = await startJellyfin({ clock: new ManualClock() });
    const headers = { authorization: `MediaBrowser Token="${server.adminKey}"` };
    const session = server.control.signIn().id;
    const calls: [string, string, string, unknown?][] = [
      ['control/message-no-text.json', 'POST', `/Sessions/${session}/Message`, {}],
      ['control/playstate-bad.json', 'POST', `/Sessions/${session}/Playing/Explode`],
      ['auth/key-create-no-app.json', 'POST', '/Auth/Keys'],
      ['users/users-me-apikey.json', 'GET', '/Users/Me'],
      ['users/user-unknown.json', 'GET', '/Users/00000000000000000000000000000001'],
      ['users/user-bad-id.json', 'GET', '/Users/not-a-guid'],
      ['items-edge/bad-limit.json', 'GET', '/Items?recursive=true&limit=abc'],
    ];
    const plain = (value: unknown) => (typeof value === 'object' ? { ...(value as Row), traceId: '' } : value);
    for (const [file, method, route, body] of calls) {
      const answer = await callServer(`${server.url}${route}`, { method, headers, body });
      expect([file, plain(answer.json())]).toEqual([file, plain(recorded(`jellyfin/recorded-12.0/${file}`))]);
    }
  });

  it('Emby says all that the real one says', async () => {
    const clock = new ManualClock();
    server = await startEmby({ clock, version: '4.9.5.0' });
    const headers = { 'x-emby-token': server.adminKey };
    server.control.startPlayback({ item: 'Nosferatu', delivery: { kind: 'transcode', video: 'copy' } });
    await clock.advance(3_000);
    const pairs: [string, string][] = [
      ['system/system-info-public.json', '/System/Info/Public'],
      ['libraries/virtualfolders-query.json', '/Library/VirtualFolders/Query'],
      ['users/users-public.json', '/Users/Public'],
    ];
    server.control.state.users[0]!.lastSeenAtMs = clock.now();
    for (const [file, route] of pairs) expect([file, missing(recorded(`emby/recorded/${file}`), await ask(route, headers))]).toEqual([file, []]);
    const row = pluck(await ask('/Sessions', headers), 0);
    expect(missing(pluck(recorded('emby/recorded/sessions/playing-transcode-audio-roku.json'), 0), row)).toEqual([]);
    expect(missing(pluck(recorded('emby/recorded/sessions/playing-directstream-movie.json'), 0), row)).toEqual([]);
  });
}

if (recordings !== undefined) describe('answers beside the recorded ones', () => compareWith(recordings));

describe('comparison with recorded answers', () => {
  it('finds what is missing and where', () => {
    expect(missing([{ A: { B: 1 }, Overview: 'x' }], [{ A: {} }])).toEqual(['[].A.B']);
  });
});
