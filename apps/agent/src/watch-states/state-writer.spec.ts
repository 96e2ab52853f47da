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

describe('a batch of watch states', () => {
  it('is written whole, with one reading before and one after', async () => {
    const rows = rowsOf(20);
    const bench = await StateBench.start(rows);
    const { reads } = countReads(bench);
    const { written, outcomes, requests, streams } = await bench.apply();
    expect(outcomes).toEqual(all(20, 'written'));
    expect(written.map(({ now }) => now)).toEqual(rows.map(toOf));
    expect([bench.writes.length, reads.length, requests, streams]).toEqual([20, 2, 22, 3]);
  });

  it('costs no write where the title is so already, and nothing at all the second time', async () => {
    const rows = rowsOf(5);
    const bench = await StateBench.start(rows);
    bench.server.accounts.setState(USER, 'film-1', toOf(rows[1]!));
    expect((await bench.apply()).outcomes).toEqual(['written', 'same', 'written', 'written', 'written']);
    const second = await bench.apply(rows.toReversed().map(({ n }) => ({ n })));
    expect(bench.writes).toHaveLength(4);
    expect(second.written.map(({ n }) => n)).toEqual([4, 3, 2, 1, 0]);
    expect(second.written.every(({ now }) => now?.playCount === 2)).toBe(true);
  });

  it('goes on from what was just read for it, and reads anew when that is two seconds old', async () => {
    const bench = await StateBench.start(rowsOf(3));
    const { reads } = countReads(bench);
    const ids = ['film-0', 'film-1', 'film-2'];
    await bench.reader.read({ userVendorId: USER, itemVendorIds: ids });
    expect((await bench.begin([{ n: 0 }, { n: 1 }])).requests).toBe(3);
    expect(reads).toEqual([ids, ['film-0', 'film-1']]);
    await bench.reader.read({ userVendorId: USER, itemVendorIds: ids });
    await bench.clock.advance(2_001);
    expect((await bench.begin([{ n: 2 }])).requests).toBe(3);
  });

  it('leaves alone what the plan does not name, as it stands at that moment', async () => {
    const bench = await StateBench.start(rowsOf(1));
    bench.server.accounts.setState(USER, 'film-0', { favorite: true, positionMs: 61_000, ratingTenths: 80 });
    expect((await bench.apply()).written[0]!.now).toMatchObject({ played: true, playCount: 2, favorite: true, positionMs: 61_000, ratingTenths: 80 });
  });

  it('leaves out titles that are gone, before and during the batch', async () => {
    const bench = await StateBench.start(rowsOf(4));
    const films = bench.server.itemLists.get('films')!;
    bench.server.itemLists.set('films', films.slice(1));
    bench.server.accounts.beforeWrite = ({ state }) => {
      if (state.itemVendorId !== 'film-2') return;
      bench.server.itemLists.set('films', films.filter(({ vendorId }) => vendorId !== 'film-0' && vendorId !== 'film-2'));
      throw new AppError('NOT_FOUND', 'gone');
    };
    expect((await bench.apply()).outcomes).toEqual(['not-visible', 'written', 'not-visible', 'written']);
  });

  it('leaves alone a title that moved since the plan, and writes one that grew as the command says', async () => {
    const rows = rowsOf(2);
    const bench = await StateBench.start(rows);
    const watched = { played: true, playCount: 1, lastPlayedAt: '2025-06-01T00:00:00.000Z' };
    for (const id of ['film-0', 'film-1']) bench.server.accounts.setState(USER, id, watched);
    const { written } = await bench.apply([{ n: 0 }, { n: 1, to: { ...toOf(rows[1]!), lastPlayedAt: watched.lastPlayedAt } }]);
    expect(written[0]).toMatchObject({ outcome: 'differs', code: 'TARGET_CHANGED', now: watched });
    expect(written[1]).toMatchObject({ outcome: 'written', now: { playCount: 2, lastPlayedAt: watched.lastPlayedAt } });
    expect(bench.writes).toEqual(['film-1']);
  });

  it('keeps what a viewer does while a slow batch runs', async () => {
    const bench = await StateBench.start(rowsOf(40));
    const { reads } = countReads(bench);
    const viewer = { played: true, playCount: 5, lastPlayedAt: '2026-01-01T00:00:00.000Z' };
    bench.server.accounts.beforeWrite = ({ state }) => {
      if (state.itemVendorId === 'film-5') bench.server.accounts.setState(USER, 'film-39', viewer);
    };
    const { written } = await bench.apply(undefined, { maxPerSecond: 10 });
    expect(written[39]).toMatchObject({ outcome: 'differs', code: 'TARGET_CHANGED', now: viewer });
    expect(bench.writes).toHaveLength(39);
    // four seconds of writing: the rows that wait are read every two
    expect(reads.length).toBeLessThanOrEqual(5);
  });
});

describe('the pace of a batch', () => {
  it.each([
    ['emby', 3, 3],
    ['emby', 16, 8],
    ['jellyfin', 16, 2],
  ] as const)('on %s, %i at once asked for: %i are under way', async (kind, atOnce, wanted) => {
    const bench = await StateBench.start(rowsOf(20), { kind });
    let underWay = 0;
    let most = 0;
    bench.server.accounts.beforeWrite = async () => {
      most = Math.max(most, ++underWay);
      await bench.clock.sleep(20);
      underWay--;
    };
    await bench.apply(undefined, { atOnce });
    expect(most).toBe(wanted);
  });

  it('is one row after another where the order of writing is the order of plays', async () => {
    const rows = rowsOf(6, { fields: ['played'], to: { playCount: 1 } });
    const bench = await StateBench.start(rows, { kind: 'plex' });
    let underWay = 0;
    let most = 0;
    bench.server.accounts.beforeWrite = async ({ state }) => {
      most = Math.max(most, ++underWay);
      await bench.clock.sleep(state.itemVendorId === 'film-0' ? 50 : 5);
      underWay--;
    };
    await bench.apply();
    expect([most, bench.writes]).toEqual([1, rows.map((row) => toOf(row).itemVendorId)]);
  });

  it('keeps to the rate', async () => {
    const bench = await StateBench.start(rowsOf(30));
    const running = bench.begin(undefined, { maxPerSecond: 10 });
    await bench.pass(0);
    for (const after of [1, 2]) {
      await bench.pass(1_000);
      expect(Math.abs(bench.writes.length - 10 * after)).toBeLessThanOrEqual(2);
    }
    await bench.pass(5_000);
    expect((await running).outcomes).toEqual(all(30, 'written'));
  });

  it('leaves the rest when its time is over', async () => {
    const bench = await StateBench.start(rowsOf(30));
    const { outcomes, codes } = await bench.apply(undefined, { maxPerSecond: 0.1 });
    expect(outcomes.filter((outcome) => outcome === 'written').length).toBeGreaterThanOrEqual(24);
    expect(codes.at(-1)).toBe('TIMED_OUT');
  });

  it('is one batch after another', async () => {
    const bench = await StateBench.start(rowsOf(4));
    const order: string[] = [];
    bench.server.accounts.beforeWrite = async ({ state }) => {
      await bench.clock.sleep(10);
      order.push(state.itemVendorId);
    };
    await Promise.all([bench.apply([{ n: 0 }, { n: 1 }]), bench.apply([{ n: 2 }, { n: 3 }])]);
    expect(order.slice(0, 2).toSorted()).toEqual(['film-0', 'film-1']);
  });
});

describe('a batch that the server does not take', () => {
  const answers = (bench: StateBench, at: string, error: AppError) => {
    bench.server.accounts.beforeWrite = ({ state }) => {
      if (state.itemVendorId === at) throw error;
    };
  };

  it.each([
    ['SERVER_REJECTED_KEY', {}, null],
    ['USER_TOKEN_MISSING', {}, null],
    ['SERVER_RATE_LIMITED', { retryAfterMs: 7_000 }, 7_000],
    ['SERVER_UNREACHABLE', { reason: 'starting', retryAfterMs: 3_000 }, 3_000],
  ] as const)('ends with %s: the rows not tried are refused with it', async (code, details, retryAfterMs) => {
    const bench = await StateBench.start(rowsOf(6));
    answers(bench, 'film-2', new AppError(code, 'no', details));
    const result = await bench.apply(undefined, { atOnce: 1 });
    expect(result.outcomes).toEqual(['written', 'written', 'refused', 'refused', 'refused', 'refused']);
    expect(result.codes).toEqual([null, null, code, code, code, code]);
    expect(result.retryAfterMs).toBe(retryAfterMs);
    expect(bench.writes).toEqual(['film-0', 'film-1']);
  });

  it('goes on after a row that it refuses', async () => {
    const bench = await StateBench.start(rowsOf(3));
    answers(bench, 'film-1', new AppError('VALIDATION_FAILED', 'no'));
    const { outcomes, codes, written } = await bench.apply();
    expect([outcomes, codes]).toEqual([['written', 'failed', 'written'], [null, 'VALIDATION_FAILED', null]]);
    expect(written[1]!.now).toMatchObject({ played: false });
  });

  it('says so when the server does not keep what it took', async () => {
    const bench = await StateBench.start(rowsOf(2));
    bench.server.watchStates.set = async () => null;
    expect(await bench.apply()).toMatchObject({ outcomes: ['differs', 'differs'], codes: ['CAPABILITY_CHANGED', 'CAPABILITY_CHANGED'] });
  });

  it('knows nothing of rows that it cannot read back', async () => {
    const bench = await StateBench.start(rowsOf(3));
    bench.server.accounts.beforeWrite = () => bench.server.setFault(new AppError('SERVER_UNREACHABLE', 'away', { reason: 'refused' }));
    expect(await bench.apply(undefined, { atOnce: 1 })).toMatchObject({ outcomes: ['unknown', 'unknown', 'refused'], codes: all(3, 'SERVER_UNREACHABLE') });
  });

  it('fails as a whole when nothing could be read, with nothing written', async () => {
    const bench = await StateBench.start(rowsOf(2));
    bench.server.setFault(new AppError('SERVER_RATE_LIMITED', 'later', { retryAfterMs: 5_000 }));
    await expect(bench.apply()).rejects.toMatchObject({ code: 'SERVER_RATE_LIMITED', details: { retryAfterMs: 5_000 } });
    expect(bench.writes).toEqual([]);
  });

  it.each([['that arrived all the same', 10_500, 'written'], ['that never arrived', null, 'failed']] as const)('finds out by reading about a write without an answer %s', async (_name, landsAfterMs, outcome) => {
    const bench = await StateBench.start(rowsOf(3));
    bench.server.accounts.beforeWrite = ({ state }) => {
      if (state.itemVendorId !== 'film-1') return undefined;
      return landsAfterMs === null ? new Promise<void>(() => undefined) : bench.clock.sleep(landsAfterMs);
    };
    const result = await bench.apply(undefined, { atOnce: 1 });
    expect(result.outcomes).toEqual(['written', outcome, 'refused']);
    expect(result.tookMs).toBeGreaterThanOrEqual(11_000);
    expect(bench.writes.filter((id) => id === 'film-1')).toHaveLength(landsAfterMs === null ? 0 : 1);
  });

  it('finishes a row that was left half written, once', async () => {
    const rows = rowsOf(1, { from: { played: true, playCount: 9, lastPlayedAt: '2024-01-01T00:00:00.000Z' } });
    const bench = await StateBench.start(rows);
    bench.server.accounts.setState(USER, 'film-0', { played: true, playCount: 9, lastPlayedAt: '2024-01-01T00:00:00.000Z' });
    let tries = 0;
    bench.server.accounts.beforeWrite = () => {
      if (++tries > 1) return;
      // the first of two requests took the old play away, the second did not arrive
      bench.server.accounts.setState(USER, 'film-0', { played: false, playCount: 9, lastPlayedAt: null });
      throw new AppError('VENDOR_ANSWER_INVALID', 'half');
    };
    expect((await bench.apply()).written).toMatchObject([{ outcome: 'written', now: { played: true, playCount: 2 } }]);
    expect(tries).toBe(2);
  });
});
