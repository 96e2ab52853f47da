import { describe, expect, it } from '@jest/globals';
import { AppError, type PlanRow, type WatchState } from '@usher/contracts';
import { StateBench, USER } from '../../test/state-bench.js';
import { stateRow } from '../../test/plans.js';

const rowsOf = (count: number, change: Parameters<typeof stateRow>[2] = {}): PlanRow[] => Array.from({ length: count }, (_, n) => stateRow(n, `film-${n}`, change));
const toOf = (row: PlanRow): WatchState => (row as Extract<PlanRow, { op: 'watch-state.set' }>).to;
const all = (count: number, outcome: string) => Array.from({ length: count }, () => outcome);
/** Counts what is asked of the server. */
function countReads(bench: StateBench): { reads: string[][] } {
  const counted = { reads: [] as string[][] };
  const { watchStates } = bench.server;
  const read = watchStates.read.bind(watchStates);
  watchStates.read = (userId, ids) => (counted.reads.push([...ids]), read(userId, ids));
  return counted;
}

describe('the leave of a batch', () => {
  it('ends in the middle: nothing more is written, and what was is told', async () => {
    const bench = await StateBench.start(rowsOf(40));
    const running = bench.begin(undefined, { maxPerSecond: 10, atOnce: 1 });
    await bench.pass(1_000);
    bench.revoke();
    await bench.pass(0);
    const { outcomes, codes } = await running;
    const written = bench.writes.length;
    expect(written).toBeLessThan(15);
    expect(outcomes).toEqual([...all(written, 'written'), ...all(40 - written, 'refused')]);
    expect(new Set(codes.slice(written))).toEqual(new Set(['TICKET_REVOKED']));
  });

  it('ends with the number of rows that people allowed, over a restart and however often a row is tried', async () => {
    const bench = await StateBench.start(rowsOf(10));
    bench.server.accounts.beforeWrite = ({ state }) => {
      if (state.itemVendorId === 'film-1') throw new AppError('VALIDATION_FAILED', 'not today');
    };
    expect((await bench.apply([{ n: 0 }, { n: 1 }, { n: 2 }], { maxWrites: 4 })).outcomes).toEqual(['written', 'failed', 'written']);
    await bench.restart();
    expect(await bench.apply([{ n: 5 }], { maxWrites: 3 })).toMatchObject({ outcomes: ['refused'], codes: ['TICKET_INVALID'] });
    bench.server.accounts.beforeWrite = () => undefined;
    expect((await bench.apply([{ n: 1 }, { n: 6 }, { n: 7 }], { maxWrites: 4 })).outcomes).toEqual(['written', 'written', 'refused']);
  });
});

describe('an agent that is killed while it writes', () => {
  const killAt = async (bench: StateBench, at: string, when: 'before' | 'after') => {
    let reached = (): void => undefined;
    const isThere = new Promise<void>((resolve) => (reached = resolve));
    const { watchStates } = bench.server;
    const set = watchStates.set.bind(watchStates);
    watchStates.set = async (userId, state, before) => {
      if (state.itemVendorId !== at) return set(userId, state, before);
      if (when === 'after') await set(userId, state, before);
      reached();
      // the process is dead: nothing of it goes on
      return new Promise(() => undefined);
    };
    void bench.begin(undefined, { atOnce: 1 }).catch(() => undefined);
    await isThere;
    await bench.pass(0);
    watchStates.set = set;
    await bench.restart();
  };

  it.each(['before', 'after'] as const)('%s the server took a row: the next one waits, reads, and repeats nothing', async (when) => {
    const bench = await StateBench.start(rowsOf(8));
    await killAt(bench, 'film-4', when);
    const writesBefore = bench.writes.length;
    expect(writesBefore).toBe(when === 'before' ? 4 : 5);
    const startedMs = bench.clock.monotonicMs();
    const { reads } = countReads(bench);
    const running = bench.begin();
    await bench.pass(10_900);
    expect([bench.writes.length, reads.length]).toEqual([writesBefore, 0]);
    await bench.pass(200);
    expect((await running).outcomes).toEqual(all(8, 'written'));
    expect(bench.clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(11_000);
    expect(bench.writes.toSorted()).toEqual(rowsOf(8).map((row) => toOf(row).itemVendorId));
  });

  it('after all rows were done: they are not written again, though a person changed one since', async () => {
    const bench = await StateBench.start(rowsOf(3));
    await bench.apply();
    await bench.restart();
    bench.server.accounts.setState(USER, 'film-1', { played: false, playCount: 0, lastPlayedAt: null });
    const { written } = await bench.apply();
    expect(written).toMatchObject([{ outcome: 'written' }, { outcome: 'differs', code: 'TARGET_CHANGED', now: { played: false } }, { outcome: 'written' }]);
    expect(bench.writes).toHaveLength(3);
  });

  it('finishes a row that the dead process left half written', async () => {
    const before = { played: true, playCount: 9, lastPlayedAt: '2024-01-01T00:00:00.000Z' };
    const bench = await StateBench.start(rowsOf(2, { from: before }));
    for (const id of ['film-0', 'film-1']) bench.server.accounts.setState(USER, id, before);
    await killAt(bench, 'film-1', 'before');
    bench.server.accounts.setState(USER, 'film-1', { played: false, lastPlayedAt: null });
    expect((await bench.apply()).outcomes).toEqual(['written', 'written']);
  });

  it('tells nothing when it is stopped in order, and goes on afterwards', async () => {
    const bench = await StateBench.start(rowsOf(30));
    const stopping = new AbortController();
    const running = bench.begin(undefined, { maxPerSecond: 10, atOnce: 1, signal: stopping.signal });
    const ended = expect(running).rejects.toThrow('the agent stops');
    await bench.pass(1_000);
    stopping.abort(new Error('the agent stops'));
    await bench.pass(0);
    await ended;
    await bench.restart();
    expect((await bench.apply()).outcomes).toEqual(all(30, 'written'));
    expect(bench.writes).toHaveLength(30);
  });
});
