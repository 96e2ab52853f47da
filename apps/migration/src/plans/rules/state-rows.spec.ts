import { describe, expect, it } from '@jest/globals';
import { PlanOptions, PlanRow, WATCH_FIELDS, type PlanDecision, type ServerKind, type WatchField, type WatchState } from '@usher/contracts';
import { Decisions, parseDecisionId } from './decisions.js';
import { StateRows, type Account, type DraftRow, type Shelves } from './state-rows.js';
import { traitsOf } from './target-traits.js';
import { TitleMatches, type Title } from './title-matches.js';
import { VerdictBook } from './verdicts.js';
import { emptyState } from './watch-fields.js';

function title(id: string, change: Partial<Title> = {}): Title {
  return { id, libraryId: 'films', type: 'movie', title: `Film ${id}`, parentId: null, seasonNumber: null, episodeNumber: null, episodeEndNumber: null, year: 2001, airDate: null, durationMs: 5_400_000, ids: [], path: `/media/${id}.mkv`, ...change };
}

function state(itemVendorId: string, change: Partial<WatchState> = {}): WatchState {
  return { ...emptyState(itemVendorId, true), ...change };
}

interface World {
  readonly source: Title[];
  readonly target: Title[];
  readonly states: WatchState[][];
  readonly before?: WatchState[];
  readonly kind?: ServerKind;
  readonly options?: Partial<PlanOptions>;
  readonly carried?: WatchField[];
  readonly decisions?: PlanDecision[];
}

async function plan({ source, target, states, before = [], kind = 'jellyfin', options = {}, carried = [...WATCH_FIELDS], decisions = [] }: World): Promise<{ rows: DraftRow[]; work: StateRows }> {
  const matches = new TitleMatches();
  await matches.add(source, target, []);
  const shelves: Shelves = {
    matches,
    source: new Map(source.map((each) => [each.id, each])),
    target: new Map(target.map((each) => [each.id, each])),
    decisions: new Decisions(decisions, ['ana']),
    carried: new Set(carried),
    options: PlanOptions.parse(options),
    nowMs: Date.parse('2026-01-01T00:00:00Z'),
  };
  const can = ['watchStates.write', 'watchStates.playedAt', 'watchStates.playCount', 'watchStates.favorite', 'watchStates.rating'] as const;
  const account: Account = { u: 0, user: 'ana', source: states, target: before, traits: traitsOf(kind, can, { isAdministrator: false, isReachable: true }) };
  const work = new StateRows(shelves, account, new VerdictBook());
  const rows = [...work.rows()];
  for (const { row } of rows) PlanRow.parse(row);
  return { rows, work };
}

const PLAYED = { played: true, playCount: 1, lastPlayedAt: '2024-01-01T00:00:00.000Z' };

describe('rows of a user', () => {
  const both = { source: [title('a')], target: [title('A', { title: 'Film a', path: '/media/a.mkv' })] };

  it('name the fields that change, and keep the others of the target', async () => {
    const { rows } = await plan({ ...both, states: [[state('a', PLAYED)]], before: [state('A', { favorite: true, lastPlayedAt: '2025-01-01T00:00:00.000Z' })] });
    expect(rows).toMatchObject([{ tab: 'change', hasLoss: false, row: { fields: ['played', 'playCount'], to: { itemVendorId: 'A', favorite: true, lastPlayedAt: '2025-01-01T00:00:00.000Z', played: true } } }]);
  });

  it('are none for a title that came twice with nothing at last', async () => {
    expect((await plan({ ...both, states: [[state('a', PLAYED), state('a')]] })).rows).toEqual([]);
  });

  it('add up the plays of two accounts where the plan says so', async () => {
    const states = [[state('a', { ...PLAYED, playCount: 2 })], [state('a', { ...PLAYED, playCount: 3 })]];
    expect((await plan({ ...both, states })).rows[0]!.row).toMatchObject({ to: { playCount: 3 } });
    const summed = await plan({ ...both, states, options: { playCounts: 'sum' } });
    expect(summed.rows[0]!.row).toMatchObject({ to: { playCount: 5 } });
    const after = (summed.rows[0]!.row as Extract<PlanRow, { op: 'watch-state.set' }>).to;
    expect((await plan({ ...both, states, options: { playCounts: 'sum' }, before: [after] })).rows).toMatchObject([{ row: { op: 'skip', reason: 'already-there' } }]);
  });

  it('treat copies of the source as one title, and write each copy of a Jellyfin, one of the others', async () => {
    const copies = { source: [title('a', { ids: ['imdb:tt0000001', 'tmdb:movie:1'] }), title('a2', { title: 'Film a', ids: ['imdb:tt0000001', 'tmdb:movie:1'] })], target: [title('A', { title: 'Film a', path: '/x/1.mkv', ids: ['imdb:tt0000001', 'tmdb:movie:1'] }), title('B', { title: 'Film a', path: '/x/2.mkv', ids: ['imdb:tt0000001', 'tmdb:movie:1'] })] };
    const states = [[state('a', PLAYED), state('a2', { positionMs: 900_000 })]];
    const onJellyfin = await plan({ ...copies, states });
    expect(onJellyfin.rows.map(({ row }) => row.op === 'watch-state.set' && row.to.itemVendorId)).toEqual(['A', 'B']);
    const onEmby = await plan({ ...copies, states, kind: 'emby', before: [state('B', { favorite: true })] });
    expect(onEmby.rows).toMatchObject([{ row: { to: { itemVendorId: 'B', favorite: true, played: true, playCount: 1 } } }]);
  });

  it('leave out values that cannot be true, and say so', async () => {
    const { rows, work } = await plan({ ...both, states: [[state('a', { ...PLAYED, lastPlayedAt: '9999-01-01T00:00:00.000Z' })]] });
    expect(rows[0]!.row).toMatchObject({ fields: ['played', 'playCount'], to: { lastPlayedAt: null }, loss: [{ field: 'lastPlayedAt', kind: 'lossy', reason: 'value-invalid' }] });
    expect([...work.invalid]).toEqual(['a']);
  });

  it('carry nothing but the chosen fields', async () => {
    const { rows } = await plan({ ...both, states: [[state('a', { ...PLAYED, favorite: true })]], carried: ['favorite'] });
    expect(rows).toMatchObject([{ row: { fields: ['favorite'], to: { favorite: true, played: false } } }]);
    expect((await plan({ ...both, states: [[state('a', PLAYED)]], carried: ['favorite'] })).rows).toMatchObject([{ tab: 'skip', row: { reason: 'nothing-to-carry' } }]);
  });

  it('tell episodes by series and number', async () => {
    const source = [title('s', { type: 'series', title: 'Show' }), title('e', { type: 'episode', title: 'Pilot', parentId: 's', seasonNumber: 1, episodeNumber: 2 })];
    const { rows } = await plan({ source, target: [], states: [[state('e', PLAYED)]] });
    expect(rows[0]!.row).toMatchObject({ op: 'skip', title: 'Show · S01E02 · Pilot', reason: 'not-on-target' });
  });

  it('never act upon what could be one title or another', async () => {
    const target = ['A', 'B'].map((id) => title(id, { path: `/other/${id}.mkv`, title: id, ids: [`imdb:tt000000${id === 'A' ? 1 : 2}`], year: 1990 }));
    const { rows } = await plan({ source: [title('a', { ids: ['imdb:tt0000001', 'imdb:tt0000002'] })], target, states: [[state('a', PLAYED)]] });
    expect(rows).toMatchObject([{ tab: 'conflict', row: { op: 'skip', reason: 'ambiguous', candidates: expect.arrayContaining(['A', 'B']) } }]);
    const chosen = await plan({ source: [title('a', { ids: ['imdb:tt0000001', 'imdb:tt0000002'] })], target, states: [[state('a', PLAYED)]], decisions: [{ id: 'item:ana:a', decision: 'map', target: 'B', reason: null }] });
    expect(chosen.rows).toMatchObject([{ row: { op: 'watch-state.set', tier: 'M', to: { itemVendorId: 'B' } } }]);
  });

  it('survive long and broken texts', async () => {
    const source = [title('a', { title: `\u0000${'🙂'.repeat(400)}\ud800` })];
    const { rows } = await plan({ source, target: [], states: [[state('a', PLAYED)]] });
    const { title: text } = rows[0]!.row as Extract<PlanRow, { op: 'skip' }>;
    expect(text.length).toBeLessThanOrEqual(300);
    expect(/\p{Surrogate}/u.test(text)).toBe(false);
  });
});

describe('ids of decisions', () => {
  it('are read with the users at hand, whatever their ids hold', () => {
    const users = ['ana', 'ana:1'];
    expect(parseDecisionId('user:ana:1', users)).toEqual({ kind: 'user', user: 'ana:1' });
    expect(parseDecisionId('item:ana:1:7', users)).toEqual({ kind: 'item', user: 'ana:1', item: '7' });
    expect(parseDecisionId('state:ana:a:b:played', users)).toEqual({ kind: 'state', user: 'ana', item: 'a:b', field: 'played' });
    for (const id of ['', 'item', 'item:ben:1', 'item:ana:', 'state:ana:1', 'field:ana:1', 'user:ben']) expect(parseDecisionId(id, users)).toBeNull();
  });
});
