import { describe, expect, it } from '@jest/globals';
import { mapPolicy, overlayPolicy } from './policy.mapper.js';

const FOLDERS = [{ vendorId: '5', folderId: 'f137a2dd21bbc1b99aa5c0f6bf02a805' }, { vendorId: '6', folderId: 'a656b907eb3a73532e40e44b968d0225' }];
const WORDS = { streamLimit: 'MaxActiveSessions' } as const;
const DOCUMENT = {
  IsAdministrator: false, IsDisabled: false, IsHidden: true, EnableAllFolders: false, EnabledFolders: ['F137A2DD-21BB-C1B9-9AA5-C0F6BF02A805', '0'.repeat(32)], EnableRemoteAccess: true, RemoteClientBitrateLimit: 8_000_400,
  EnableVideoPlaybackTranscoding: true, EnableAudioPlaybackTranscoding: false, EnablePlaybackRemuxing: true, EnableContentDownloading: false, MaxActiveSessions: 3, MaxParentalRating: 12, AuthenticationProviderId: 'x',
};

describe('policies', () => {
  it('become neutral ones; ghosts of libraries grant nothing', () => {
    expect(mapPolicy(DOCUMENT, FOLDERS, WORDS)).toEqual({
      enabled: true, libraries: ['5'], hidden: true, remoteAccess: true, bitRateLimitKbps: 8_000, videoTranscoding: true, audioTranscoding: false, remuxing: true, downloads: false, streamLimit: 3,
    });
    expect(mapPolicy({ ...DOCUMENT, EnableAllFolders: true }, FOLDERS, WORDS).libraries).toBe('all');
  });

  it('change in the named fields only, and keep figures that mean the same', () => {
    expect(overlayPolicy(DOCUMENT, { downloads: true, bitRateLimitKbps: 8_000 }, FOLDERS, WORDS)).toEqual({ ...DOCUMENT, EnableContentDownloading: true });
    expect(overlayPolicy(DOCUMENT, { libraries: ['6'], enabled: false, streamLimit: 0 }, FOLDERS, WORDS)).toEqual({ ...DOCUMENT, EnabledFolders: [FOLDERS[1]!.folderId], IsDisabled: true, MaxActiveSessions: 0 });
    expect(overlayPolicy(DOCUMENT, { libraries: 'all' }, FOLDERS, WORDS)).toMatchObject({ EnableAllFolders: true, EnabledFolders: [] });
  });

  it('know no field that the document does not have', () => {
    const { MaxActiveSessions: _, EnableContentDownloading: __, ...old } = DOCUMENT;
    expect(mapPolicy(old, FOLDERS, WORDS)).toMatchObject({ downloads: null, streamLimit: null });
    expect(overlayPolicy(old, { downloads: true, streamLimit: 2, hidden: null }, FOLDERS, WORDS)).toEqual(old);
  });
});
