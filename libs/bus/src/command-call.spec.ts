import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { CommandCall } from './command-call.js';
import type { AckAnswer } from './wire.js';

const reply = z.strictObject({ n: z.number() });
const begin = () => {
  const confirmed: AckAnswer[] = [];
  const call = new CommandCall('id', reply, 10_000);
  return { call, confirmed, part: (part: number, last: boolean, body: unknown = { n: part }) => call.receive({ status: 'part', part, last, body }, (answer) => confirmed.push(answer)) };
};

describe('CommandCall', () => {
  it('gives the only part when awaited, as often as it is awaited', async () => {
    const { call, part } = begin();
    part(0, true);
    await expect(call).resolves.toEqual({ n: 0 });
    await expect(call.finally(() => undefined)).resolves.toEqual({ n: 0 });
  });

  it('confirms a part when it is taken, and a repeated one again', async () => {
    const { call, part, confirmed } = begin();
    const parts = call[Symbol.asyncIterator]();
    part(0, false);
    expect(confirmed).toHaveLength(0);
    await expect(parts.next()).resolves.toEqual({ done: false, value: { n: 0 } });
    expect(confirmed).toEqual([{ ok: true, stop: false }]);
    part(0, false);
    expect(confirmed).toHaveLength(2);
    part(1, true);
    await expect(parts.next()).resolves.toEqual({ done: false, value: { n: 1 } });
    await expect(parts.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it('refuses a gap and another shape', () => {
    const { part } = begin();
    expect(() => part(1, true)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
    expect(() => part(0, true, { n: 'x' })).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
  });

  it('ends with the error of the agent, told or not', async () => {
    const { call, confirmed } = begin();
    let ended = 0;
    call.onEnd(() => ended++);
    call.receive({ status: 'failed', error: { code: 'FROM_THE_FUTURE', message: 'm', details: {} } }, (answer) => confirmed.push(answer));
    expect(confirmed).toEqual([{ ok: true, stop: true }]);
    await expect(call.catch((error: unknown) => error)).resolves.toMatchObject({ code: 'INTERNAL', details: { code: 'FROM_THE_FUTURE' } });
    call.onEnd(() => ended++);
    call.fail(new Error('too late'));
    expect(ended).toBe(2);
  });
});
