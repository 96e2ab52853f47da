import { describe, expect, it } from '@jest/globals';
import { isLibraryChange } from './plex.socket.js';

const timeline = (...states: unknown[]) => JSON.stringify({ NotificationContainer: { type: 'timeline', size: states.length, TimelineEntry: states.map((state) => ({ sectionID: '1', itemID: '7', state })) } });

describe('isLibraryChange', () => {
  it.each([
    ['an item was read to its end', timeline(3, 5), true],
    ['an item is gone', timeline('9'), true],
    ['an item is being read', timeline(0, 1, 2, 3, 4), false],
    ['nothing of the timeline', JSON.stringify({ NotificationContainer: { type: 'playing', TimelineEntry: [{ state: 5 }] } }), false],
    ['no container', '{}', false],
    ['no JSON', '<html>', false],
  ])('%s', (_name, text, expected) => {
    expect(isLibraryChange(text)).toBe(expected);
  });
});
