import { describe, expect, it } from '@jest/globals';
import { unknownSessionWords } from './session-words.js';

describe('the words of a session list', () => {
  it('that are not known are told with their place', () => {
    const playing = { Id: 's1', NowPlayingItem: { Type: 'Hologram' }, PlayState: { PlayMethod: 'Beamed' }, TranscodingInfo: { HardwareAccelerationType: 'warp', TranscodeReasons: ['VideoCodecNotSupported', 'MoodNotSupported', 7] } };
    expect(unknownSessionWords([playing]).map(({ of, field, word }) => `${of} ${field} ${word}`)).toEqual([
      's1 NowPlayingItem.Type Hologram',
      's1 PlayState.PlayMethod Beamed',
      's1 TranscodingInfo.HardwareAccelerationType warp',
      's1 TranscodingInfo.TranscodeReasons MoodNotSupported',
      's1 TranscodingInfo.TranscodeReasons 7',
    ]);
  });

  it('that are known, missing or of rows that play nothing are not', () => {
    const known = { Id: 's1', NowPlayingItem: { Type: 'Episode' }, PlayState: { PlayMethod: 'Transcode' }, TranscodingInfo: { HardwareAccelerationType: 'QSV', TranscodeReasons: 'VideoCodecNotSupported, ContainerNotSupported' } };
    expect(unknownSessionWords({ Items: [known, { Id: 's2', PlayState: { PlayMethod: 'Beamed' } }, { NowPlayingItem: { Type: 'Movie' } }, null] })).toEqual([]);
    expect(unknownSessionWords('nothing')).toEqual([]);
  });
});
