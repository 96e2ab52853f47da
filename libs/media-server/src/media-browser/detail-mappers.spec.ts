import { describe, expect, it } from '@jest/globals';
import { Device, SubtitleCandidate, VendorActivity, type MediaUser } from '@usher/contracts';
import { mapDevice } from './devices.js';
import { userById, userNamedFirst } from './history.js';
import { mapCandidate, threeLetters } from './subtitles.js';
import { mapJob } from './sync-jobs.js';

const user = (vendorId: string, name: string): MediaUser => ({ vendorId, name, email: null, isAdministrator: false, enabled: true, lastSeenAt: null });

describe('a device', () => {
  it('of Jellyfin is named by the client, one of Emby by a number', () => {
    const device = mapDevice({ Id: 'nell-web', Name: 'Firefox', CustomName: 'Desk', AppName: 'Jellyfin Web', AppVersion: '12.0', LastUserName: 'Nell', DateLastActivity: '2026-11-21T12:28:38.9417597Z' })!;
    expect(Device.parse(device)).toEqual({ vendorId: 'nell-web', deviceId: 'nell-web', name: 'Desk', client: 'Jellyfin Web', clientVersion: '12.0', platform: null, lastUserName: 'Nell', lastSeenAt: '2026-11-21T12:28:38.941Z' });
    expect(mapDevice({ Id: '5', ReportedDeviceId: '9beb', Name: 'TV', IpAddress: '192.168.1.5' })).toMatchObject({ vendorId: '5', deviceId: '9beb' });
  });

  it('with damaged fields is still one that may travel', () => {
    const device = mapDevice({ Id: 7, Name: [], AppName: 3, DateLastActivity: '0001-01-01T00:00:00Z' })!;
    expect(Device.parse(device)).toMatchObject({ vendorId: '7', name: '7', client: '3', lastSeenAt: null });
    expect(mapDevice({ Name: 'nobody' })).toBeNull();
  });
});

describe('the account of an event', () => {
  const people = [user('a1', 'Nell'), user('b2', 'Nell Otis')];

  it('is the longest name at the beginning of its line, where the id is a number (Emby)', () => {
    expect(userNamedFirst({ UserId: '1', Name: 'Nell Otis is playing Solaris' }, people)?.vendorId).toBe('b2');
    expect(userNamedFirst({ UserId: '1', Name: 'Nell is playing Solaris' }, people)?.vendorId).toBe('a1');
    expect(userNamedFirst({ UserId: '1', Name: 'Nellie is playing Solaris' }, people)).toBeNull();
    expect(userNamedFirst({ Name: 'Nell is a film that failed' }, people)).toBeNull();
  });

  it('is found by its id, with dashes or without; zeros are nobody (Jellyfin)', () => {
    expect(userById({ UserId: 'A-1' }, people)?.name).toBe('Nell');
    expect(userById({ UserId: '00000000000000000000000000000000' }, people)).toBeNull();
    expect(userById({}, people)).toBeNull();
  });
});

describe('a subtitle that could be fetched', () => {
  it('becomes our words, in both dialects', () => {
    const row = { Id: 'os_1', Name: 'Film.srt', ProviderName: 'Open Subtitles', ThreeLetterISOLanguageName: 'eng', Format: 'srt', DownloadCount: '12' };
    const expected = { vendorId: 'os_1', title: 'Film.srt', provider: 'Open Subtitles', language: 'eng', format: 'srt', hearingImpaired: true, forced: false, downloads: 12 };
    expect(SubtitleCandidate.parse(mapCandidate({ ...row, HearingImpaired: true, Forced: false }))).toEqual(expected);
    expect(mapCandidate({ ...row, IsHearingImpaired: 'true', IsForced: 0 })).toEqual(expected);
    expect(mapCandidate({ Id: 'x' })).toMatchObject({ title: 'Subtitle', hearingImpaired: null, downloads: null });
    expect([mapCandidate({}), mapCandidate({ Id: 'x'.repeat(2_001) })]).toEqual([null, null]);
  });

  it('is asked for by three letters', () => {
    expect([threeLetters('de'), threeLetters(' EN '), threeLetters('fra')]).toEqual(['deu', 'eng', 'fra']);
    for (const wrong of ['', 'q', 'xx', 'english', 'constructor']) expect(() => threeLetters(wrong)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });
});

describe('a download', () => {
  it('for a device is one, without a device it is a conversion', () => {
    const job = mapJob({ Id: 3, Name: 'Solaris', Status: 'Transferring', Progress: 12.5, TargetId: 't', TargetName: 'Tablet', ItemCount: 4 });
    expect(VendorActivity.parse(job)).toEqual(job);
    expect(job).toMatchObject({ vendorId: 'sync:3', type: 'download', title: 'Solaris', subtitle: '4 titles', progressPercent: 12.5, deviceName: 'Tablet', state: 'running', problem: null });
    expect(mapJob({ Id: 3, Name: 'Solaris', Status: 'Converting' })).toMatchObject({ type: 'conversion', progressPercent: null });
  });

  it('that failed says so, one that is done is none, a word that is not known is shown', () => {
    expect(mapJob({ Id: 3, Status: 'Failed' })).toMatchObject({ state: 'failed', problem: 'It failed.' });
    expect(mapJob({ Id: 3, Status: 'CompletedWithError' })).toMatchObject({ state: 'failed', problem: 'Some titles failed.' });
    expect(mapJob({ Id: 3, Status: 'Pondering', Progress: 'x' })).toMatchObject({ state: 'running', subtitle: 'Pondering', title: 'Download' });
    expect([mapJob({ Id: 3, Status: 'Completed' }), mapJob({ Id: 3 }), mapJob({})]).toEqual([null, null, null]);
  });
});
