import { describe, expect, it } from '@jest/globals';
import { normalizeTitle } from './titles.js';

describe('titles', () => {
  it.each([
    ['The Matrix (1999)', 'matrix'],
    ['Amélie', 'amelie'],
    ["Ocean's Eleven", 'oceans eleven'],
    ['Fast & Furious', 'fast and furious'],
    ['WALL·E', 'wall e'],
    ['Elephants Dream (2006) [imdbid-tt0807840]', 'elephants dream'],
    ['A', 'a'],
    ['2001: A Space Odyssey', '2001 a space odyssey'],
    ['千と千尋の神隠し', '千と千尋の神隠し'],
    ['(2012)', '2012'],
    ['!!!', ''],
  ])('%s → %s', (title, expected) => {
    expect(normalizeTitle(title)).toBe(expected);
  });

  it('is the same for composed and decomposed letters', () => {
    expect(normalizeTitle('Ame\u0301lie')).toBe(normalizeTitle('Amélie'));
  });
});
