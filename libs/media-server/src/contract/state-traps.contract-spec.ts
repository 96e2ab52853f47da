import { afterEach, describe, expect, it } from '@jest/globals';
import { startEmby, startJellyfin } from '@usher/testing';
import { benchOf } from './simulator-bench.js';
import { closeLater, closeStages, editRows, stage, type Stage } from './state-stage.js';

afterEach(closeStages);

const FILM = 'Nosferatu';
const incomplete = (reason: string) => ({ code: 'READ_INCOMPLETE', details: { reason } });

describe.each([
  ['Jellyfin', startJellyfin],
  ['Emby', startEmby],
] as const)('listings of %s that are not what was asked for', (_name, start) => {
  const prepared = async (): Promise<Stage> => {
    const found = await stage(await start());
    for (const title of [FILM, 'Sunrise', 'Metropolis', 'The General', 'Sherlock Jr.']) found.simulator.control.setState('Nell', title, { played: true, playCount: 1 });
    return found;
  };
  const first = ({ server, person }: Stage, page: string | null = null) => server.watchStates.list(person.vendorId, page, 3);

  it('are refused when a page is short', async () => {
    const found = await prepared();
    await found.simulator.control.setFault({ kind: 'rewrite', rewrite: editRows((rows) => void rows.pop()) }, { path: /\/Items$/ });
    await expect(first(found)).rejects.toMatchObject(incomplete('short'));
  });

  it('are refused when the total changes on the way', async () => {
    const found = await prepared();
    const { next } = await first(found);
    found.simulator.control.setState('Nell', 'Safety Last!', { played: true, playCount: 1 });
    await expect(first(found, next)).rejects.toMatchObject(incomplete('total'));
  });

  it('are refused when a page comes twice', async () => {
    const found = await prepared();
    const { next } = await first(found);
    let kept: unknown[] = [];
    await found.simulator.control.setFault({ kind: 'rewrite', rewrite: editRows((rows) => (kept = [...rows])) }, { path: /\/Items$/, times: 1 });
    const again = await first(found);
    await found.simulator.control.setFault({ kind: 'rewrite', rewrite: editRows((rows) => rows.splice(0, rows.length, ...(kept.slice(0, 2) as Record<string, unknown>[]))) }, { path: /\/Items$/ });
    await expect(first(found, again.next)).rejects.toMatchObject(incomplete('repeated'));
    expect(next).not.toBe(again.next);
  });

  it('are refused when the filter was not heard', async () => {
    const found = await prepared();
    const id = await found.itemId('Safety Last!');
    const unplayed = { PlaybackPositionTicks: 0, PlayCount: 0, IsFavorite: false, Played: false };
    await found.simulator.control.setFault({ kind: 'rewrite', rewrite: editRows((rows) => Object.assign(rows[1]!, { Id: id, UserData: unplayed })) }, { path: /\/Items$/ });
    await expect(first(found)).rejects.toMatchObject(incomplete('filter'));
  });

  it('are refused when folders come instead', async () => {
    const found = await prepared();
    await found.simulator.control.setFault({ kind: 'rewrite', rewrite: editRows((rows) => Object.assign(rows[0]!, { Type: 'CollectionFolder' })) }, { path: /\/Items$/ });
    await expect(first(found)).rejects.toMatchObject(incomplete('not-asked'));
  });

  it('go on where they were after another process took over', async () => {
    const found = await prepared();
    const { states, next } = await first(found);
    const { server } = benchOf(found.simulator);
    closeLater(() => server.close());
    const rest = await server.watchStates.list(found.person.vendorId, next, 3);
    expect([...states, ...rest.states]).toHaveLength(5);
  });
});

describe('Jellyfin', () => {
  it('keeps the mark of a season when an episode of it is written afterwards', async () => {
    const { simulator, person, itemId, read, write } = await stage(await startJellyfin());
    const series = simulator.control.state.catalogue.ofKind('season')[0]!;
    const [episode] = simulator.control.state.catalogue.leavesBelow(series);
    const headers = { authorization: `MediaBrowser Token="${simulator.adminKey}"` };
    const id = await itemId(episode!.title);
    const call = async (path: string, method = 'GET') => (await (await fetch(`${simulator.url}${path}`, { method, headers })).json()) as Record<string, unknown>;
    const single = () => call(`/UserItems/${id}/UserData?userId=${person.vendorId}`);
    expect(await single()).toMatchObject({ Played: false });
    const seasons = (await call('/Items?recursive=true&includeItemTypes=Season'))['Items'] as { Id: string }[];
    await call(`/UserPlayedItems/${seasons[0]!.Id}?userId=${person.vendorId}`, 'POST');
    expect(await single()).toMatchObject({ Played: false });
    expect((await read(episode!.title)).played).toBe(true);
    expect(await write(episode!.title, { favorite: true })).toMatchObject({ played: true, playCount: 1, favorite: true });
    expect(simulator.control.stateOf('Nell', episode!)).toMatchObject({ played: true, favorite: true });
  });

  it('stores times as they were meant, wherever it stands', async () => {
    for (const zoneMinutes of [-300, 0, 345]) {
      const { simulator, write } = await stage(await startJellyfin({ zoneMinutes }));
      for (const lastPlayedAt of ['2021-05-06T07:08:09Z', '2021-05-06T07:08:09.12Z', '2021-05-06T07:08:09.1234567Z']) {
        await write(FILM, { played: true, playCount: 1, lastPlayedAt });
        expect(simulator.control.stateOf('Nell', FILM).lastPlayed).toBe(`2021-05-06T07:08:09.${(/\.(\d+)/.exec(lastPlayedAt)?.[1] ?? '').padEnd(7, '0')}Z`);
      }
    }
  });

  it('gets back its own values, to the last digit', async () => {
    const { simulator, server, person, read, write } = await stage(await startJellyfin());
    const odd = { played: true, playCount: 3, ticks: 1_234_567_891, lastPlayed: '1999-12-31T23:59:59.9999999Z', favorite: true, rating: 7.25 };
    simulator.control.setState('Nell', FILM, odd);
    const before = await read(FILM);
    expect(before).toMatchObject({ positionMs: 123_456, ratingTenths: 73 });
    const changed = await write(FILM, { played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null });
    expect(simulator.control.stateOf('Nell', FILM)).toEqual({ played: false, playCount: 0, ticks: 0, lastPlayed: null, favorite: false, rating: null });
    await server.watchStates.set(person.vendorId, before, changed);
    expect(simulator.control.stateOf('Nell', FILM)).toEqual(odd);
  });

  it('takes the single read for a row of a list that is stale', async () => {
    const { simulator, server, person } = await stage(await startJellyfin());
    simulator.control.setState('Nell', FILM, { played: true, playCount: 2 });
    await simulator.control.setFault({ kind: 'rewrite', rewrite: editRows((rows) => Object.assign(rows[0]!, { UserData: { PlaybackPositionTicks: 0, PlayCount: 0, IsFavorite: false, Played: false } })) }, { path: /\/Items$/, times: 1 });
    const { states } = await server.watchStates.list(person.vendorId, null, 500);
    expect(states).toEqual([expect.objectContaining({ played: true, playCount: 2 })]);
  });

  it('keeps the state of each file of a title', async () => {
    const libraries = [{ name: 'Movies', type: 'movies' as const, items: [{ title: 'Metropolis', year: 1927, versions: ['restored'] }] }];
    const { simulator, server, person, read, write } = await stage(await startJellyfin({ libraries }));
    const [other] = simulator.control.state.catalogue.versionsOf(simulator.control.state.catalogue.byTitle('Metropolis'));
    simulator.control.setState('Nell', other!, { played: true, playCount: 2, lastPlayed: '2020-01-01T00:00:00.0000000Z', ticks: 600_000_000 });
    const before = await read('Metropolis');
    expect(before).toMatchObject({ played: true, playCount: 2, positionMs: 60_000, lastPlayedAt: '2020-01-01T00:00:00.000Z' });
    const now = await write('Metropolis', { playCount: 5, lastPlayedAt: '2022-01-01T00:00:00.000Z' });
    expect(now).toMatchObject({ played: true, playCount: 5, lastPlayedAt: '2022-01-01T00:00:00.000Z' });
    expect(simulator.control.stateOf('Nell', other!)).toMatchObject({ playCount: 2, ticks: 600_000_000 });
    await server.watchStates.set(person.vendorId, before, now);
    expect(simulator.control.stateOf('Nell', other!)).toMatchObject({ played: true, playCount: 2, lastPlayed: '2020-01-01T00:00:00.0000000Z' });
    expect(await read('Metropolis')).toEqual(before);
  });

  it('makes accounts that no empty password opens', async () => {
    const { simulator, server } = await stage(await startJellyfin());
    const made = await server.users.create('Quill');
    const passwords = simulator.requests.filter(({ path }) => path === '/Users/New').map(({ body }) => (JSON.parse(body) as { Password: string }).Password);
    expect(passwords).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    const other = await server.users.create('Ines');
    expect(simulator.control.state.users.filter(({ name }) => name === 'Quill' || name === 'Ines').map(({ password }) => password.length)).toEqual([43, 43]);
    expect(made.vendorId).not.toBe(other.vendorId);
  });

  it('leaves no account behind whose rights could not be taken away', async () => {
    const { simulator, server } = await stage(await startJellyfin());
    await simulator.control.setFault({ kind: 'status', status: 500 }, { path: /\/Policy$/ });
    await expect(server.users.create('Quill')).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
    expect(simulator.control.state.users.map(({ name }) => name)).not.toContain('Quill');
  });

  it('older than 10.9 can be read and not written', async () => {
    const { server } = await stage(await startJellyfin({ version: '10.8.13' }));
    expect(server.capabilities.has('watchStates.read')).toBe(true);
    expect(server.capabilities.has('watchStates.write')).toBe(false);
  });

  it('a write whose answer was lost is there, and the second changes nothing', async () => {
    const { simulator, server, person, read } = await stage(await startJellyfin());
    const before = await read(FILM);
    const wanted = { ...before, played: true, playCount: 4, lastPlayedAt: '2021-05-06T07:08:09.000Z' };
    await simulator.control.setFault({ kind: 'drop-reply' }, { methods: ['POST'], times: 1 });
    await expect(server.watchStates.set(person.vendorId, wanted, before)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    const once = simulator.control.stateOf('Nell', FILM);
    expect(once).toMatchObject({ played: true, playCount: 4 });
    await server.watchStates.set(person.vendorId, wanted, await read(FILM));
    expect(simulator.control.stateOf('Nell', FILM)).toEqual(once);
  });
});

describe('Emby', () => {
  it.each(['4.8.11.0', '4.9.1.90', '4.10.0.1'])('%s keeps and gives favorites whatever its writes do with them', async (version) => {
    const { simulator, write } = await stage(await startEmby({ version }));
    simulator.control.setState('Nell', FILM, { favorite: true });
    expect(await write(FILM, { played: true, playCount: 1 })).toMatchObject({ played: true, favorite: true });
    expect(await write(FILM, { favorite: false })).toMatchObject({ played: true, favorite: false });
    expect(await write(FILM, { favorite: true })).toMatchObject({ played: true, favorite: true });
  });

  it('whose lists keep counts and times back is asked for details', async () => {
    const { simulator, server, person } = await stage(await startEmby({ version: '4.8.11.0' }));
    for (const title of [FILM, 'Sunrise']) simulator.control.setState('Nell', title, { played: true, playCount: 3, lastPlayed: '2021-05-06T07:08:09.0000000Z' });
    const { states } = await server.watchStates.list(person.vendorId, null, 500);
    expect(states.map(({ playCount, lastPlayedAt }) => [playCount, lastPlayedAt])).toEqual([[3, '2021-05-06T07:08:09.000Z'], [3, '2021-05-06T07:08:09.000Z']]);
  });

  it('whose lists tell all is not asked for more', async () => {
    const { simulator, server, person } = await stage(await startEmby());
    for (const title of [FILM, 'Sunrise']) simulator.control.setState('Nell', title, { played: true, playCount: 3, lastPlayed: '2021-05-06T07:08:09.0000000Z' });
    const before = simulator.requests.length;
    await server.watchStates.list(person.vendorId, null, 500);
    expect(simulator.requests.length - before).toBe(1);
  });

  it('grants libraries by their Guid', async () => {
    const { simulator, server, person } = await stage(await startEmby());
    const [library] = await server.libraries.list();
    await server.users.applyPolicy(person.vendorId, { libraries: [library!.vendorId] });
    const stored = simulator.control.state.users.find(({ name }) => name === 'Nell')!.policy['EnabledFolders'] as string[];
    expect(stored).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(await server.users.policy(person.vendorId)).toMatchObject({ libraries: [library!.vendorId] });
  });

  it('gives a new account a password before anything else', async () => {
    const { simulator, server } = await stage(await startEmby());
    await server.users.create('Quill');
    const changes = simulator.requests.filter(({ method }) => method === 'POST').map(({ path }) => path.replace(/[0-9a-f]{32}/, '{id}'));
    expect(changes).toEqual(['/emby/Users/New', '/emby/Users/{id}/Password', '/emby/Users/{id}/Policy']);
    expect(simulator.control.state.users.find(({ name }) => name === 'Quill')?.password).toHaveLength(43);
  });
});
