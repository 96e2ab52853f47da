import { afterEach, describe, expect, it } from '@jest/globals';
import { startEmby, startJellyfin, type Simulator } from '@usher/testing';
import { closeStages, editRows, stage } from './state-stage.js';

afterEach(closeStages);

const FILM = 'Nosferatu';
const notFound = { code: 'NOT_FOUND' };
const orders = (simulator: Simulator) => simulator.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path.replace(/^\/emby/, '').replaceAll(/[0-9a-f]{32}/g, '{id}')}`);
const namesOf = (simulator: Simulator) => simulator.control.state.catalogue.libraries.map(({ name }) => name);

describe.each([
  ['Jellyfin', startJellyfin],
  ['Emby', startEmby],
] as const)('%s', (_name, start) => {
  it('is not asked for a library whose name is taken, which would make a second one', async () => {
    const { simulator, server } = await stage(await start());
    const before = namesOf(simulator);
    await expect(server.libraries.create({ name: before[0]!.toUpperCase(), type: 'movies', folders: ['/media/attic'] })).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT' });
    await expect(server.libraries.create({ name: 'Attic', type: 'movies', folders: ['/not/there'] })).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'folders' } });
    expect(namesOf(simulator)).toEqual(before);
  });

  it('deletes nothing but lists by the route that deletes films with their files', async () => {
    const { simulator, server, person, itemId } = await stage(await start());
    const film = await itemId(FILM);
    await expect(server.playlists.remove(person.vendorId, film)).rejects.toMatchObject(notFound);
    await expect(server.collections.remove(film)).rejects.toMatchObject(notFound);
    expect(orders(simulator)).toEqual([]);
  });

  it('is asked to cancel only what runs', async () => {
    const { simulator, server } = await stage(await start());
    const [idle] = await server.tasks.list();
    await expect(server.actions.cancel(idle!.vendorId)).resolves.toBeUndefined();
    await expect(server.actions.cancel('ffffffffffffffffffffffffffffffff')).rejects.toMatchObject(notFound);
    await expect(server.devices.revoke('nobody')).rejects.toMatchObject(notFound);
    expect(orders(simulator)).toEqual([]);
  });

  it('never hears of an empty password, nor of a reset', async () => {
    const { simulator, server, person } = await stage(await start());
    for (const password of ['', '   ']) await expect(server.users.setPassword(person.vendorId, password)).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'password' } });
    expect(orders(simulator)).toEqual([]);
    await server.users.setPassword(person.vendorId, 'long enough');
    const { body } = simulator.requests.find(({ path }) => path.endsWith('/Password'))!;
    expect(JSON.parse(body)).toMatchObject({ NewPw: 'long enough' });
    expect(body).not.toContain('ResetPassword');
  });

  it('keeps the rest of a policy when an account is locked out and let in again', async () => {
    const { simulator, server, person } = await stage(await start());
    simulator.control.setPolicy('Nell', { BlockedTags: ['x'], InvalidLoginAttemptCount: 3 });
    await server.users.setEnabled(person.vendorId, false);
    const policy = () => simulator.control.state.users.find(({ name }) => name === 'Nell')!.policy;
    expect(policy()).toMatchObject({ BlockedTags: ['x'], InvalidLoginAttemptCount: 3, IsDisabled: true });
    await server.users.setEnabled(person.vendorId, true);
    expect(policy()).toMatchObject({ BlockedTags: ['x'], InvalidLoginAttemptCount: 0, IsDisabled: false });
  });

  it('keeps repeated entries of a playlist apart', async () => {
    const { server, person, itemId } = await stage(await start());
    const [a, b, c] = [await itemId(FILM), await itemId('Sunrise'), await itemId('Metropolis')];
    const ensure = (...itemIds: string[]) => server.playlists.ensure(person.vendorId, { name: 'Mixed', itemIds });
    const { vendorId } = await ensure(a, b, a, c);
    await ensure(a, b, c);
    expect(await server.playlists.items(person.vendorId, vendorId)).toEqual([a, b, c]);
    await expect(ensure(a, 'ffffffffffffffffffffffffffffffff')).rejects.toMatchObject(notFound);
    expect(await server.playlists.items(person.vendorId, vendorId)).toEqual([a, b, c]);
  });

  it('is not asked for titles by ids that it cannot read', async () => {
    const { simulator, server } = await stage(await start());
    const before = simulator.requests.length;
    expect(await server.libraries.itemsById(['abc', '../x', ''], { withFiles: false })).toEqual([]);
    expect(await server.subtitles.find('abc', 'en').catch((error: unknown) => error)).toMatchObject(notFound);
    expect(simulator.requests.length).toBe(before);
    await expect(server.libraries.items('1', { start: 0, limit: 1 }, { withFiles: false, changedSince: 'yesterday' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('is not asked to play what the viewer may not see', async () => {
    const { simulator, server, itemId } = await stage(await start());
    const viewer = simulator.control.startPlayback({ user: 'Nell', item: 'Sunrise' });
    const film = await itemId(FILM);
    simulator.control.setPolicy('Nell', { EnableAllFolders: false, EnabledFolders: [] });
    await expect(server.sessions.control(viewer.sessionId, { type: 'play', itemId: film, positionMs: 0 })).rejects.toMatchObject(notFound);
    expect(orders(simulator)).toEqual([]);
  });

  it('whose filters are not understood tells no figures of its metadata', async () => {
    const { simulator, server } = await stage(await start());
    const [library] = await server.libraries.list();
    const described = editRows((rows) => rows.forEach((row) => Object.assign(row, { Overview: 'There it is.', ProviderIds: { Imdb: 'tt1' }, HasSubtitles: true })));
    simulator.control.addItem(library!.name, { title: 'Bare' });
    await simulator.control.setFault({ kind: 'rewrite', rewrite: described }, { path: /\/Items$/ });
    expect(await server.libraries.health(library!.vendorId)).toMatchObject({ missingOverview: null, missingIds: null });
  });

  it('lets a viewer be limited and freed again', async () => {
    const { simulator, server } = await stage(await start());
    const viewer = simulator.control.startPlayback({ user: 'Nell', item: FILM });
    const delivery = () => viewer.session.playback?.delivery;
    await server.sessions.control(viewer.sessionId, { type: 'limit-bit-rate', kbps: 2_000 });
    expect(delivery()).toMatchObject({ kind: 'transcode', bitRate: 2_000_000 });
    await server.sessions.control(viewer.sessionId, { type: 'limit-bit-rate', kbps: null });
    expect(delivery()).toMatchObject({ kind: 'direct-play' });
  });
});

describe('Jellyfin', () => {
  it('is never asked by routes that lie or harm', async () => {
    const { simulator, server, person, write } = await stage(await startJellyfin());
    await write(FILM, { played: true, playCount: 2, lastPlayedAt: '2021-05-06T07:08:09.000Z', favorite: true, ratingTenths: 80 });
    await write(FILM, { played: false, playCount: 0, favorite: false, positionMs: 60_000 });
    await server.watchStates.list(person.vendorId, null, 500);
    await server.users.setPassword(person.vendorId, 'long enough');
    await server.users.discovery(person.vendorId);
    const films = (await server.libraries.list()).find(({ type }) => type === 'movies')!;
    await server.libraries.health(films.vendorId);
    for (const { path, query, body } of simulator.requests) {
      // a dated mark counts one more each time, and turns a key's session into that user's
      expect(path).not.toMatch(/^\/(UserPlayedItems|QuickConnect)|^\/Users\/[^/]+\/(Password|PlayedItems)/i);
      // it answers nothing for states
      expect(query).not.toHaveProperty('mindatelastsavedforuser');
      expect(body).not.toContain('ResetPassword');
      // without it films hide behind their collections
      if (path === '/Items') expect([query['collapseboxsetitems'], query['ids']]).not.toEqual([undefined, undefined]);
    }
  });

  it('makes playlists for one person only, and leaves those of others alone', async () => {
    const { simulator, server, person, itemId } = await stage(await startJellyfin());
    const other = (await server.users.list()).find(({ name }) => name === 'Otis')!;
    const [film, another] = [await itemId(FILM), await itemId('Sunrise')];
    // made by somebody who did not say for whom
    const headers = { authorization: `MediaBrowser Token="${simulator.adminKey}"`, 'content-type': 'application/json' };
    await fetch(`${simulator.url}/Playlists`, { method: 'POST', headers, body: JSON.stringify({ Name: 'Mixed', Ids: [another], UserId: other.vendorId }) });
    const [theirs] = await server.playlists.list(person.vendorId);
    expect(theirs).toMatchObject({ name: 'Mixed' });
    const mine = await server.playlists.ensure(person.vendorId, { name: 'Mixed', itemIds: [film] });
    expect(mine.vendorId).not.toBe(theirs!.vendorId);
    expect(await server.playlists.items(other.vendorId, theirs!.vendorId)).toEqual([another]);
    expect((await server.playlists.list(other.vendorId)).map(({ vendorId }) => vendorId)).toEqual([theirs!.vendorId]);
    await expect(server.playlists.remove(person.vendorId, theirs!.vendorId)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('takes the titles of a collection whose name it knows already', async () => {
    const { simulator, server, itemId } = await stage(await startJellyfin());
    simulator.control.state.catalogue.addBoxSet('Silent', [FILM, 'Metropolis']);
    const wanted = [await itemId('Sunrise'), await itemId(FILM)];
    const made = await server.collections.ensure('any', { name: 'Silent', itemIds: wanted });
    expect(new Set(await server.collections.items(made.vendorId))).toEqual(new Set(wanted));
    expect(orders(simulator)).toEqual(['POST /Collections/{id}/Items', 'DELETE /Collections/{id}/Items']);
    // and hides none of its films from the listing of their library
    const films = (await server.libraries.list()).find(({ type }) => type === 'movies')!;
    const { items } = await server.libraries.items(films.vendorId, { start: 0, limit: 500 }, { withFiles: false });
    expect(items.map(({ vendorId }) => vendorId)).toEqual(expect.arrayContaining(wanted));
  });

  it('is told times in UTC', async () => {
    const { simulator, server } = await stage(await startJellyfin());
    const [library] = await server.libraries.list();
    await server.libraries.items(library!.vendorId, { start: 0, limit: 5 }, { withFiles: false, changedSince: '2026-01-02T03:04:05+02:00' });
    expect(simulator.requests.at(-1)?.query).toMatchObject({ mindatelastsaved: '2026-01-02T01:04:05.000Z' });
  });

  it('takes a library away with its view', async () => {
    const { simulator, server } = await stage(await startJellyfin());
    simulator.control.disk.add('/media/a, b');
    const { vendorId } = await server.libraries.create({ name: 'Attic', type: 'shows', folders: ['/media/a, b'] });
    await server.libraries.remove(vendorId);
    expect(simulator.requests.at(-1)?.query).toMatchObject({ name: 'Attic', refreshlibrary: 'true' });
  });

  it.each([
    ['12.0.0', 1],
    ['10.11.11', 3],
  ] as const)('%s reads its log back in %i requests', async (version, expected) => {
    const { simulator, server } = await stage(await startJellyfin({ version }));
    for (let times = 0; times < 12; times++) simulator.control.startPlayback({ user: 'Nell', item: FILM }).leave();
    const before = simulator.requests.length;
    expect(await server.history.log(5, '2001-01-01T00:00:00.000Z')).toEqual([]);
    expect(simulator.requests.length - before).toBe(expected);
  });

  it('older than 10.11 has no backups', async () => {
    const { server } = await stage(await startJellyfin({ version: '10.10.7' }));
    await expect(server.backup.list()).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    const newer = await stage(await startJellyfin({ version: '10.11.11' }));
    await newer.server.backup.trigger();
    expect(await newer.server.backup.list()).toEqual([expect.objectContaining({ name: expect.stringMatching(/\.zip$/), serverVersion: '10.11.11' })]);
  });
});

describe('Emby', () => {
  it('is believed only for titles that hold the id', async () => {
    const { simulator, server } = await stage(await startEmby());
    const film = simulator.control.state.catalogue.byTitle(FILM);
    const imdb = Object.entries(film.providers).find(([name]) => name.toLowerCase() === 'imdb')![1];
    await simulator.control.setFault({ kind: 'rewrite', rewrite: editRows((rows) => rows.push({ Id: '1', Name: 'Another', Type: 'Movie', ProviderIds: { Imdb: 'tt0' } })) }, { path: /\/Items$/ });
    expect((await server.libraries.find({ imdb })).map(({ title }) => title)).toEqual([FILM]);
  });

  it('shows downloads among its work, and ends them', async () => {
    const { simulator, server } = await stage(await startEmby());
    const { downloads } = simulator.control.state;
    downloads.push({ id: 7, title: FILM, deviceName: 'Tablet', itemCount: 1, status: 'transferring', progress: 40 }, { id: 8, title: 'Sunrise', deviceName: 'Tablet', itemCount: 1, status: 'completed', progress: 100 });
    expect(await server.actions.running()).toEqual([expect.objectContaining({ type: 'download', title: FILM, deviceName: 'Tablet', progressPercent: 40, cancellable: true, state: 'running' })]);
    await server.actions.cancel('sync:7');
    await server.actions.cancel('sync:8');
    expect(downloads.map(({ id }) => id)).toEqual([8]);
    await expect(server.actions.cancel('sync:9')).rejects.toMatchObject(notFound);
  });

  it('backs up where somebody installed the plugin', async () => {
    const bare = await stage(await startEmby());
    expect(bare.server.capabilities.has('backup.trigger')).toBe(false);
    const { simulator, server } = await stage(await startEmby({ backups: true }));
    expect(server.capabilities.has('backup.list') && server.capabilities.has('backup.trigger')).toBe(true);
    await server.backup.trigger();
    expect(simulator.control.state.backups).toHaveLength(1);
    expect(await server.backup.list()).toHaveLength(2);
  });

  it('never loses the last title of a collection on the way to another one', async () => {
    const { simulator, server, itemId } = await stage(await startEmby());
    simulator.control.state.catalogue.addBoxSet('Silent', [FILM]);
    const wanted = [await itemId('Sunrise')];
    const made = await server.collections.ensure('any', { name: 'Silent', itemIds: wanted });
    expect(await server.collections.items(made.vendorId)).toEqual(wanted);
  });

  it('is asked for subtitles of a file', async () => {
    const { simulator, server, itemId } = await stage(await startEmby({ version: '4.8.11.0' }));
    const [found] = await server.subtitles.find(await itemId(FILM), 'de');
    expect(found).toMatchObject({ language: 'deu' });
    await server.subtitles.fetch(await itemId(FILM), found!.vendorId);
    expect(simulator.control.state.fetchedSubtitles.map(({ item, id }) => [item.title, id])).toEqual([[FILM, found!.vendorId]]);
  });
});
