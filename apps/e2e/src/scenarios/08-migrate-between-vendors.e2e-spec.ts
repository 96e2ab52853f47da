import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stack, startEmby, startJellyfin, startPlex, startPlexTv, type PlexTv, type Simulator } from '@usher/testing';
import { Migrations, type PlanRow } from '../migrations.js';
import { changesAt, episodeNamed, filmNamed, heldBy, household, MINUTE, undated, UNTOUCHED, watch, type Held } from '../migrant.js';
import { Operator } from '../operator.js';

const VENDORS = ['emby', 'jellyfin', 'plex'] as const;
type Vendor = (typeof VENDORS)[number];
const PAIRS = VENDORS.flatMap((from) => VENDORS.map((to) => ({ from, to })));
/** The account of a target that takes what comes from a vendor: on Plex it is there already. */
const accountFrom = (from: Vendor) => `from_${from}`;

/** Twelve titles: each field alone and together, at both sides of what a vendor keeps. */
function history(kind: Vendor): Record<string, Held> {
  const day = (at: number) => `2024-0${at + 1}-04T20:15:00Z`;
  const states: Record<string, Held> = {
    [filmNamed(0)]: { ...UNTOUCHED, played: true, playCount: 1, lastPlayedAt: day(0) },
    [filmNamed(1)]: { ...UNTOUCHED, played: true, playCount: 5, lastPlayedAt: day(1), favorite: true },
    [filmNamed(2)]: { ...UNTOUCHED, positionMs: 50 * MINUTE, lastPlayedAt: day(2) },
    [filmNamed(3)]: { ...UNTOUCHED, played: true, playCount: 2, lastPlayedAt: day(3), positionMs: 10 * MINUTE },
    [filmNamed(4)]: { ...UNTOUCHED, favorite: true },
    [filmNamed(5)]: { ...UNTOUCHED, played: true, playCount: 3, lastPlayedAt: day(4), ratingTenths: 75 },
    [filmNamed(6)]: { ...UNTOUCHED, positionMs: 1 * MINUTE, lastPlayedAt: day(5) },
    [filmNamed(7)]: { ...UNTOUCHED, played: true, playCount: 1, lastPlayedAt: day(6), favorite: true, ratingTenths: 100 },
    [episodeNamed(0)]: { ...UNTOUCHED, played: true, playCount: 1, lastPlayedAt: day(7) },
    [episodeNamed(1)]: { ...UNTOUCHED, played: true, playCount: 4, lastPlayedAt: day(7) },
    [episodeNamed(2)]: { ...UNTOUCHED, positionMs: 12 * MINUTE, lastPlayedAt: day(8) },
    [episodeNamed(3)]: { ...UNTOUCHED, positionMs: 38 * MINUTE, lastPlayedAt: day(8) },
  };
  if (kind !== 'plex') return states;
  return Object.fromEntries(Object.entries(states).map(([title, held]) => [title, { ...held, favorite: false }]));
}

describe('moving a user between any two vendors', () => {
  let stack: Stack;
  let sam: Operator;
  let plexTv: PlexTv;
  let sources: Record<Vendor, Simulator>;
  let targets: Record<Vendor, Simulator>;
  let migrations: Migrations;
  const ids = new Map<Simulator, string>();

  beforeAll(async () => {
    const people = VENDORS.map(accountFrom);
    const start = { emby: startEmby, jellyfin: startJellyfin, plex: startPlex };
    const all = async (name: string, who: (vendor: Vendor) => readonly string[]): Promise<Record<Vendor, Simulator>> => {
      const made = await Promise.all(VENDORS.map(async (vendor) => [vendor, await start[vendor](household(`${name} ${vendor}`, who(vendor)))] as const));
      return Object.fromEntries(made) as Record<Vendor, Simulator>;
    };
    sources = await all('Old', () => ['Nell']);
    targets = await all('New', (vendor) => (vendor === 'plex' ? people : []));
    plexTv = await startPlexTv([sources.plex, targets.plex]);
    for (const vendor of VENDORS) for (const [title, held] of Object.entries(history(vendor))) watch(sources[vendor], 'Nell', title, held);
    stack = await Stack.start({ mode: 'all-in-one', env: { USHER_PLEX_TV_URL: plexTv.url } });
    sam = await Operator.first(stack);
    migrations = await Migrations.of(sam);
    for (const simulator of [...Object.values(sources), ...Object.values(targets)]) ids.set(simulator, await sam.register(simulator, simulator.control.state.name));
    for (const id of ids.values()) await sam.untilState(id, 'ONLINE');
  }, 180_000);

  afterAll(async () => {
    await stack?.close();
    await Promise.all([...Object.values(sources ?? {}), ...Object.values(targets ?? {})].map((simulator) => simulator.close()));
    await plexTv?.close();
  });

  it.each(PAIRS)('$from to $to: what arrives is what the plan said', async ({ from, to }) => {
    const [source, target] = [sources[from], targets[to]];
    const account = accountFrom(from);
    const plan = await migrations.plan(ids.get(source)!, ids.get(target)!, [{ from: 'Nell', ...(to === 'plex' ? { to: account } : { create: account }) }]);
    const rows = await migrations.rows(plan.id);
    const planned = Object.fromEntries(rows.filter(({ operation }) => operation === 'WATCH_STATE_SET').map((row) => [row.title, asHeld(row, target)]));
    expect(Object.keys(planned).length).toBeGreaterThanOrEqual(8);
    const run = await migrations.carryOut(plan.id);
    expect(run).toMatchObject({ state: 'DONE', counts: { conflict: 0, failed: 0 }, verification: { differs: 0, notThere: 0, unreadable: 0 } });
    const arrived = heldBy(target, account);
    expect(to === 'plex' ? undated(arrived) : arrived).toEqual(planned);
    // Whatever is not as it was at the source, the plan said before.
    const given = heldBy(source, 'Nell');
    const differing = Object.keys(given).filter((title) => JSON.stringify(given[title]) !== JSON.stringify(planned[title]));
    const declared = rows.filter(({ losses, operation }) => losses.length > 0 || operation === 'SKIP').map(({ title }) => title);
    expect(differing.filter((title) => !declared.includes(title))).toEqual([]);
    if (from !== 'plex' && to === 'jellyfin') expect(arrived).toEqual(given);
    expect(changesAt(source)).toEqual([]);
  }, 120_000);
});

/** Plex has no favorites and dates itself. */
function asHeld({ to }: PlanRow, { kind }: Simulator): Held {
  const { played, playCount, lastPlayedAt, positionMs, favorite, ratingTenths } = to!;
  const isPlex = kind === 'plex';
  return { played, playCount, lastPlayedAt: isPlex || !lastPlayedAt ? null : `${lastPlayedAt.slice(0, 19)}Z`, positionMs, favorite: isPlex ? false : favorite, ratingTenths };
}
