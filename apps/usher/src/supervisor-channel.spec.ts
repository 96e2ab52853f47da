import { describe, expect, it } from '@jest/globals';
import { readOrder } from './supervisor-channel.js';

const row = { externalKey: 'demo-1', url: 'http://127.0.0.1:1', token: 'k', alias: 'Attic', kind: 'jellyfin', location: { label: 'Lyon', lat: 45.7, lon: 4.8 } };

describe('orders of the supervisor', () => {
  it('hand over simulated servers', () => {
    expect(readOrder(JSON.stringify({ event: 'demo', servers: [row] }))).toEqual([row]);
  });

  it.each([['no JSON', '{'], ['another event', '{"event":"stop"}'], ['an unknown field', JSON.stringify({ event: 'demo', servers: [{ ...row, extra: 1 }] })], ['no address', JSON.stringify({ event: 'demo', servers: [{ ...row, url: 'x' }] })]])('are refused: %s', (_what, line) => {
    expect(() => readOrder(line)).toThrow();
  });
});
