import { ListedItem, MediaItem, MetadataHealth, SubtitleCandidate } from '@usher/contracts';
import { expect } from 'expect';
import { behavior, GONE, NOT_OFFERED, type Behavior, type Subject } from './behavior.js';
import { failsWith, INVALID, NOT_FOUND } from './failing.js';

const LEAN = { withFiles: false };
const NEW = 'A Reel Without a Label';
const DAY_MS = 86_400_000;
const YEARS_AGO = '2001-01-01T00:00:00.000Z';

const inTime = (ms: number): string => new Date(Date.now() + ms).toISOString();
const imdbOf = ({ guids }: MediaItem): string | undefined => guids.map((guid) => /^imdb:\/\/(tt\d+)$/i.exec(guid)?.[1]).find((id) => id !== undefined);

async function listed({ server, facts }: Subject, changedSince?: string): Promise<MediaItem[]> {
  const { vendorId } = await facts.library('movies');
  return (await server.libraries.items(vendorId, { start: 0, limit: 500 }, { ...LEAN, ...(changedSince === undefined ? {} : { changedSince }) })).items;
}

/** Looking for titles, and at what is known of them. */
export const TITLES: readonly Behavior[] = [
  behavior('libraries.find() finds every copy of a title by an id of somebody else', [], async ({ server, facts }) => {
    if (!(await facts.has('items.byProviderId'))) return NOT_OFFERED;
    const film = await facts.filmThat('with an id of IMDb', (each) => imdbOf(each) !== undefined);
    const imdb = imdbOf(film)!;
    const found = await server.libraries.find({ imdb });
    for (const item of found) expect(MediaItem.parse(item)).toEqual(item);
    expect(new Set(found.map(imdbOf))).toEqual(new Set([imdb]));
    expect(found.map(({ vendorId }) => vendorId)).toContain(film.vendorId);
    expect(await server.libraries.find({ imdb: 'tt9999999' })).toEqual([]);
    await failsWith(server.libraries.find({}), INVALID);
  }),

  behavior('libraries.recentlyAdded() is in order and keeps to its limit', [], async ({ server, facts }) => {
    if (!(await facts.has('items.recentlyAdded'))) return NOT_OFFERED;
    await facts.film();
    const newest = await server.libraries.recentlyAdded(5);
    for (const each of newest) expect(ListedItem.parse(each)).toEqual(each);
    expect(newest.length).toBeGreaterThan(0);
    expect(newest.length).toBeLessThanOrEqual(5);
    const times = newest.map(({ at }) => at ?? '');
    expect(times).toEqual([...times].sort().reverse());
    expect(await server.libraries.recentlyAdded(1)).toHaveLength(1);
  }),

  behavior('libraries.recentlyAdded() begins with the newest', ['store'], async ({ server, facts, stage }) => {
    if (!(await facts.has('items.recentlyAdded'))) return NOT_OFFERED;
    stage.add(NEW);
    const newest = await server.libraries.recentlyAdded(5);
    expect(newest).toHaveLength(5);
    expect(newest[0]?.item.title).toBe(NEW);
    expect(await server.libraries.recentlyAdded(1)).toHaveLength(1);
  }),

  behavior('libraries.items() since a time leaves out what is older', [], async (subject) => {
    if (!(await subject.facts.has('items.changedSince'))) return NOT_OFFERED;
    const all = await listed(subject);
    expect((await listed(subject, YEARS_AGO)).map(({ vendorId }) => vendorId).sort()).toEqual(all.map(({ vendorId }) => vendorId).sort());
    expect(await listed(subject, inTime(DAY_MS))).toEqual([]);
  }),

  behavior('libraries.items() lists what changed since', ['store'], async (subject) => {
    if (!(await subject.facts.has('items.changedSince'))) return NOT_OFFERED;
    const all = await listed(subject);
    subject.stage.add(NEW);
    const changed = await listed(subject, inTime(-3_600_000));
    expect(changed.map(({ title }) => title)).toContain(NEW);
    expect(await listed(subject, YEARS_AGO)).toHaveLength(all.length + 1);
    expect(await listed(subject, inTime(DAY_MS))).toEqual([]);
    // the next whole listing is whole
    expect(await listed(subject)).toHaveLength(all.length + 1);
  }),

  behavior('libraries.health() counts what is missing', [], async ({ server, facts }) => {
    if (!(await facts.has('metadata.health'))) return NOT_OFFERED;
    const { vendorId, itemCount } = await facts.library('movies');
    const health = await server.libraries.health(vendorId);
    expect(MetadataHealth.parse(health)).toEqual(health);
    expect(health.items).toBe(itemCount);
    for (const count of [health.missingPoster, health.missingOverview, health.missingIds]) expect(count ?? 0).toBeLessThanOrEqual(health.items);
    await failsWith(server.libraries.health(GONE), NOT_FOUND);
  }),

  behavior('libraries.health() counts what is missing anew and names examples', ['store', 'whole-server'], async ({ server, facts, stage }) => {
    if (!(await facts.has('metadata.health'))) return NOT_OFFERED;
    const { vendorId } = await facts.library('movies');
    const before = await server.libraries.health(vendorId);
    stage.add(NEW);
    // what was counted before is kept until the libraries are looked through
    await server.actions.scan(null);
    const { items, missingPoster, missingOverview, missingIds, examples } = await server.libraries.health(vendorId);
    expect(items).toBe(before.items + 1);
    const more = (now: number | null, then: number | null) => (now === null || then === null ? 1 : now - then);
    expect([more(missingPoster, before.missingPoster), more(missingOverview, before.missingOverview), more(missingIds, before.missingIds)]).toEqual([1, 1, 1]);
    const example = examples.find(({ title }) => title === NEW);
    expect(example?.missing).toEqual(expect.arrayContaining([...(missingIds === null ? [] : ['ids']), ...(missingPoster === null ? [] : ['poster'])]));
  }),

  behavior('subtitles.find() answers what the contract says', [], async ({ server, facts }) => {
    if (!(await facts.has('subtitles.search'))) return NOT_OFFERED;
    const { vendorId } = await facts.film();
    for (const candidate of await server.subtitles.find(vendorId, 'en')) expect(SubtitleCandidate.parse(candidate)).toEqual(candidate);
    await failsWith(server.subtitles.find(GONE, 'en'), NOT_FOUND);
  }),

  behavior('subtitles.find() and fetch() get a subtitle that is not there', ['whole-server'], async ({ server, facts }) => {
    if (!(await facts.has('subtitles.search'))) return NOT_OFFERED;
    const { vendorId } = await facts.film();
    const candidates = await server.subtitles.find(vendorId, 'en');
    expect(candidates.length).toBeGreaterThan(0);
    await expect(server.subtitles.fetch(vendorId, candidates[0]!.vendorId)).resolves.toBeUndefined();
  }),
];
