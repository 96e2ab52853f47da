import { describe, expect, it } from '@jest/globals';
import { Throttle } from './throttle.js';

const of = (kind: 'emby' | 'jellyfin' | 'plex', maxConnections = 8) => new Throttle({ kind, maxConnections, maxRows: 96 });

describe('Throttle', () => {
  it('is as wide as the kind of server bears, and no wider than the plan allows', () => {
    expect(of('emby').allowance()).toEqual({ atOnce: 8, maxPerSecond: null, rows: 96 });
    expect(of('jellyfin').allowance().atOnce).toBe(2);
    expect(of('plex', 3).allowance().atOnce).toBe(3);
  });

  it('gives a watched Jellyfin ten writes a second, one at a time, in batches that end soon', () => {
    const throttle = of('jellyfin');
    throttle.watched(1);
    expect(throttle.allowance()).toEqual({ atOnce: 1, maxPerSecond: 10, rows: 80 });
    expect(throttle.reason).toBe('viewers');
    throttle.watched(0);
    expect(throttle.allowance()).toEqual({ atOnce: 2, maxPerSecond: null, rows: 96 });
  });

  it('halves the others while people watch, and leaves two while a film is transcoded', () => {
    const throttle = of('emby');
    throttle.watched(3);
    expect(throttle.allowance()).toMatchObject({ atOnce: 4, maxPerSecond: null });
    throttle.watched(3, 1);
    expect(throttle.allowance().atOnce).toBe(2);
  });

  it('halves at every sign of too much and widens by one after every good batch', () => {
    const throttle = of('emby');
    throttle.refused(null, 1);
    throttle.refused(null, 2);
    expect(throttle.allowance().atOnce).toBe(2);
    expect(throttle.reason).toBe('server');
    throttle.wrote(96, 96 * 10);
    expect(throttle.allowance().atOnce).toBe(3);
    for (let i = 0; i < 10; i++) throttle.wrote(96, 960);
    expect(throttle.allowance().atOnce).toBe(8);
    expect(throttle.reason).toBe('none');
  });

  it('never goes below one at once', () => {
    const throttle = of('jellyfin');
    for (let i = 0; i < 5; i++) throttle.refused(null, i);
    expect(throttle.allowance().atOnce).toBe(1);
  });

  it('takes a server that got slower as one that has enough', () => {
    const throttle = of('emby');
    for (let i = 0; i < 5; i++) throttle.wrote(96, (96 * 20) / 8);
    throttle.wrote(96, (96 * 200) / 8);
    expect(throttle.allowance().atOnce).toBe(4);
  });

  it('takes fewer rows of a slow server, so that a pause is soon', () => {
    const throttle = of('plex');
    throttle.wrote(96, 96 * 500);
    expect(throttle.allowance().rows).toBe(16);
    for (let i = 0; i < 30; i++) throttle.wrote(16, 16 * 20_000);
    expect(throttle.allowance().rows).toBe(8);
  });

  it.each([
    ['two seconds', 2_000, 2_000],
    ['nothing', 0, 1_000],
    ['less than nothing', -5, 1_000],
    ['a year', 31_536_000_000, 900_000],
    ['no number', Number.NaN, 8_000],
  ])('leaves the server alone for what it asks, within reason: %s', (_what, asked, pauseMs) => {
    expect(of('emby').refused(asked, 3)).toBe(pauseMs);
  });
});
