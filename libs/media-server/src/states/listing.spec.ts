import { describe, expect, it } from '@jest/globals';
import type { WatchState, WatchStatePage } from '@usher/contracts';
import { inParallel, Listings, type Listing } from './listing.js';

const state = (itemVendorId: string): WatchState => ({ itemVendorId, played: true, playCount: 1, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null, original: null });

/** Two passes over rows that a test changes. */
function listingOf(rows: Record<string, string[]>): Listing<string> & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    passes: async () => Object.keys(rows),
    page: async (pass, start, limit) => {
      asked.push(`${pass} ${start}`);
      return { rows: rows[pass]!.slice(start, start + limit), total: rows[pass]!.length };
    },
    idOf: (row) => row,
    statesOf: async (_pass, found) => found.map(state),
  };
}

async function all(listings: Listings, listing: Listing<string>, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for (let page: string | null = null; ; ) {
    const answer: WatchStatePage = await listings.next(listing, page, limit);
    ids.push(...answer.states.map(({ itemVendorId }) => itemVendorId));
    if (answer.next === null) return ids;
    page = answer.next;
  }
}

const incomplete = (reason: string) => ({ code: 'READ_INCOMPLETE', details: { reason } });

describe('listings in several passes', () => {
  it('come page by page, one pass after the other, empty passes at once', async () => {
    const listing = listingOf({ played: ['a', 'b', 'c'], resumable: [], favorite: ['a'], rated: [] });
    expect(await all(new Listings(), listing, 2)).toEqual(['a', 'b', 'c', 'a']);
    expect(listing.asked).toEqual(['played 0', 'played 2', 'resumable 0', 'favorite 0', 'rated 0']);
  });

  it('hold nothing where there are no passes', async () => {
    expect(await new Listings().next(listingOf({}), null, 10)).toEqual({ states: [], next: null });
  });

  it('can be asked for the same page again', async () => {
    const listings = new Listings();
    const listing = listingOf({ played: ['a', 'b', 'c'] });
    const { next } = await listings.next(listing, null, 2);
    expect(await listings.next(listing, next, 2)).toEqual(await listings.next(listing, next, 2));
  });

  it('are not complete when an id comes on two pages', async () => {
    const listings = new Listings();
    const { next } = await listings.next(listingOf({ played: ['a', 'b', 'c'] }), null, 2);
    await expect(listings.next(listingOf({ played: ['c', 'a', 'b'] }), next, 2)).rejects.toMatchObject(incomplete('repeated'));
    await expect(listings.next(listingOf({ played: ['a', 'a'] }), null, 2)).rejects.toMatchObject(incomplete('repeated'));
  });

  it('are not complete without a total, or with a page that is too long', async () => {
    const listing = listingOf({ played: ['a', 'b', 'c'] });
    await expect(new Listings().next({ ...listing, page: async () => ({ rows: ['a'], total: null }) }, null, 2)).rejects.toMatchObject(incomplete('no-total'));
    await expect(new Listings().next({ ...listing, page: async () => ({ rows: ['a', 'b', 'c'], total: 3 }) }, null, 2)).rejects.toMatchObject(incomplete('short'));
    await expect(new Listings().next({ ...listing, page: async () => ({ rows: [], total: 3 }) }, null, 2)).rejects.toMatchObject(incomplete('short'));
  });

  it('end where a pass is gone, and refuse what is no page', async () => {
    const listings = new Listings();
    const { next } = await listings.next(listingOf({ played: ['a', 'b', 'c'] }), null, 2);
    await expect(listings.next(listingOf({ other: ['a'] }), next, 2)).rejects.toMatchObject(incomplete('passes'));
    for (const page of ['', 'x', '12345678 -1 3 played', `${'a'.repeat(8)} 1 2`]) await expect(listings.next(listingOf({ played: ['a'] }), page, 2)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('inParallel', () => {
  it('keeps the order and the width, and fails with the first failure', async () => {
    let open = 0;
    let widest = 0;
    const work = async (value: number): Promise<number> => {
      widest = Math.max(widest, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return value * 2;
    };
    expect(await inParallel(2, [1, 2, 3, 4, 5], work)).toEqual([2, 4, 6, 8, 10]);
    expect(widest).toBe(2);
    await expect(inParallel(2, [1, 2], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inParallel(2, [], work)).toEqual([]);
  });
});
