import { describe, expect, it } from '@jest/globals';
import { AppError, type MediaItem } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { ServerReader } from './server-reader.service.js';

type Answers = Record<string, (request: { page?: string | null; of?: { start: number }; userVendorIds?: string[] }) => unknown[]>;

function reader(answers: Answers) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const bus = {
    async *command({ name }: { name: string }, _target: unknown, request: never): AsyncGenerator<unknown> {
      asked.push(name);
      await Promise.resolve();
      yield* answers[name]!(request);
    },
  };
  return { reader: new ServerReader(bus as never, clock), clock, asked };
}

const item = (vendorId: string) => ({ vendorId, type: 'movie', title: vendorId, files: [], guids: [] }) as unknown as MediaItem;
const quiet = { signal: new AbortController().signal, tell: async () => undefined };
const { signal } = quiet;

describe('reading a server', () => {
  it('rests between pages while people watch', async () => {
    const { reader: server, clock, asked } = reader({ 'watch-state.list': ({ page }) => [{ states: [], next: page === null ? 'more' : null, streams: 1 }] });
    const reading = server.states('s', 'ana', signal);
    await clock.advance(1_999);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(await reading).toEqual({ states: [], pages: 2 });
  });

  it('takes a listing that leads back for an incomplete one', async () => {
    const { reader: server, asked } = reader({ 'watch-state.list': () => [{ states: [], next: 'again', streams: 0 }] });
    await expect(server.states('s', 'ana', signal)).rejects.toMatchObject({ code: 'READ_INCOMPLETE' });
    expect(asked).toHaveLength(4);
  });

  it.each<[string, (start: number) => object]>([
    ['names a title twice', (start) => ({ items: [item('a')], total: 2, nextStart: start === 0 ? 1 : null })],
    ['changes its total', (start) => ({ items: [item(`${start}`)], total: 2 + start, nextStart: start === 0 ? 1 : null })],
    ['holds more than it says', () => ({ items: [item('a'), item('b')], total: 1, nextStart: null })],
    ['goes back', (start) => ({ items: [item(`${start}`)], total: 9, nextStart: start })],
  ])('reads a library again that %s, once', async (_name, page) => {
    const { reader: server, asked } = reader({ 'item.list': ({ of }) => [{ streams: 0, ...page(of!.start) }] });
    await expect(server.titles('s', 'films', quiet)).rejects.toMatchObject({ code: 'READ_INCOMPLETE' });
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  it('passes on what an agent says, without a second try', async () => {
    const { reader: server, asked } = reader({
      'watch-state.list': () => {
        throw new AppError('SERVER_UNREACHABLE', 'No answer.');
      },
    });
    await expect(server.states('s', 'ana', signal)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(asked).toHaveLength(1);
  });

  it('asks for the settings of 50 accounts at a time, each once', async () => {
    const sizes: number[] = [];
    const { reader: server } = reader({
      'policy.read': ({ userVendorIds }) => {
        sizes.push(userVendorIds!.length);
        return [{ policies: userVendorIds!.map((userVendorId) => ({ userVendorId, policy: {}, reachable: userVendorId !== '3' })) }];
      },
    });
    const ids = Array.from({ length: 70 }, (_, n) => String(n));
    const policies = await server.policies('s', [...ids, '1', '2']);
    expect(sizes).toEqual([50, 20]);
    expect([policies.size, policies.get('3')!.isReachable]).toEqual([70, false]);
    expect(await server.policies('s', [])).toEqual(new Map());
  });

  it('does not take a doubled account for two', async () => {
    const { reader: server } = reader({ 'user.list': () => [{ users: [{ vendorId: 'a' }, { vendorId: 'a' }] }] });
    await expect(server.users('s')).rejects.toMatchObject({ code: 'READ_INCOMPLETE' });
  });
});
