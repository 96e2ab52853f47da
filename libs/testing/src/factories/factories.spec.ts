import { describe, expect, it } from '@jest/globals';
import { Library, MediaUser, ServerProfile, Session, Stream } from '@usher/contracts';
import { makeLibrary, makeMediaUser, makeServerProfile } from './server.factory.js';
import { makeSession, makeSessionId, makeVendorSession } from './session.factory.js';
import { makeTranscodedStream } from './stream.factory.js';

describe('factories', () => {
  it('make what the contracts accept', () => {
    expect(Session.parse(makeSession())).toBeDefined();
    expect(Session.parse(makeSession({ item: null, stream: null }))).toMatchObject({ stream: null });
    expect(Stream.parse(makeTranscodedStream())).toMatchObject({ delivery: 'transcode' });
    expect(ServerProfile.parse(makeServerProfile())).toBeDefined();
    expect(Library.parse(makeLibrary())).toBeDefined();
    expect(MediaUser.parse(makeMediaUser())).toBeDefined();
  });

  it('leave out of a vendor session what the agent adds', () => {
    const session = makeVendorSession();
    expect(session).not.toHaveProperty('ghost');
    expect(session.stream).not.toHaveProperty('playbackId');
    expect(makeSessionId('a', 'b')).toBe('a:b');
  });
});
