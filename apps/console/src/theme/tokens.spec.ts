import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

function tokens(block: string): Record<string, string> {
  return Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]));
}
const [darkBlock = '', lightBlock = ''] = css.split(":root[data-mantine-color-scheme='light']");
const dark = tokens(darkBlock);
const light = { ...dark, ...tokens(lightBlock.slice(0, lightBlock.indexOf('}'))) };

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const WORDS = ['text', 'dim', 'faint', 'accent', 'play', 'stream', 'transcode', 'paused', 'buffering', 'danger', 'warning', 'ok'];
const SHAPES = ['control', 'focus', 'play-fill', 'stream-fill', 'transcode-fill', 'paused-fill', 'danger-fill', 'warning-fill', 'server-blue', 'server-pink', 'server-teal', 'server-tan', 'server-violet', 'server-grey'];
const themes = [['dark', dark], ['light', light]] as const;

describe.each(themes)('tokens of the %s theme', (_, theme) => {
  it.each(WORDS)('%s reads on all three surfaces', (name) => {
    for (const surface of ['bg', 'surface', 'raised']) expect(contrast(theme[name]!, theme[surface]!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)('%s can be seen on all three surfaces', (name) => {
    for (const surface of ['bg', 'surface', 'raised']) expect(contrast(theme[name]!, theme[surface]!)).toBeGreaterThanOrEqual(3);
  });

  it('words on filled grounds read', () => {
    expect(contrast(theme['on-accent']!, theme['accent']!)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme['on-state']!, theme['danger']!)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme['on-state']!, theme['warning']!)).toBeGreaterThanOrEqual(4.5);
  });
});
