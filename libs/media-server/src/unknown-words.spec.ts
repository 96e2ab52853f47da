import { describe, expect, it } from '@jest/globals';
import { UnknownWords } from './unknown-words.js';

const word = (of: string, name: string) => ({ of, field: 'Type', word: name });

describe('words that are not known', () => {
  it('count once while they stand, and again when they come back', () => {
    const words = new UnknownWords();
    words.take([word('s1', 'Hologram'), word('s1', 'Hologram'), word('s2', 'Hologram')]);
    words.take([word('s1', 'Hologram')]);
    expect(words.list()).toEqual([{ field: 'Type: Hologram', count: 2 }]);
    words.take([]);
    words.take([word('s1', 'Hologram')]);
    expect(words.list()).toEqual([{ field: 'Type: Hologram', count: 3 }]);
  });

  it('are named only when they are plain, and fill no memory', () => {
    const words = new UnknownWords();
    words.take([word('s1', '<script>'), word('s2', 'x'.repeat(61))]);
    expect(words.list()).toEqual([{ field: 'Type', count: 2 }]);
    words.take(Array.from({ length: 500 }, (_, at) => word('s1', `Kind${at}`)));
    expect(words.list()).toHaveLength(100);
  });
});
