import { describe, expect, it } from '@jest/globals';
import { unknownPlexWords } from './plex.words.js';

describe('the words of a session list of Plex', () => {
  it('that are not known are told with their place', () => {
    const row = { sessionKey: 7, type: 'hologram', Player: { state: 'thinking' }, Session: { location: 'moon' }, TranscodeSession: { videoDecision: 'guess', audioDecision: 'copy', subtitleDecision: 'burn' }, Media: [{ Part: [{ decision: 'beam' }] }] };
    expect(unknownPlexWords({ Metadata: [row] }).map(({ of, field, word }) => `${of} ${field} ${word}`)).toEqual([
      '7 type hologram',
      '7 Player.state thinking',
      '7 Session.location moon',
      '7 TranscodeSession.videoDecision guess',
      '7 Part.decision beam',
    ]);
  });

  it('that are known or missing are not', () => {
    expect(unknownPlexWords({ Metadata: [{ type: 'movie', Player: { state: 'buffering' }, Session: { location: 'wan' }, Media: [{ Part: [{ decision: 'directplay' }] }] }, {}, null] })).toEqual([]);
    expect(unknownPlexWords({})).toEqual([]);
  });
});
