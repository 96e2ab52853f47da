import { afterEach, describe, expect, it } from '@jest/globals';
import { startPlex, type Reply, type Simulator } from '@usher/testing';
import { closeStages, stage } from './state-stage.js';

afterEach(closeStages);

const FILM = 'Nosferatu';

describe('Plex', () => {
  const people = [
    { name: 'Marlow', isAdministrator: true },
    { name: 'Nell', plex: { kind: 'home' as const } },
    { name: 'Otis', plex: { kind: 'friend' as const, libraries: ['Movies'] }, email: 'otis@example.org' },
    { name: 'Pip', plex: { kind: 'pin' as const } },
    { name: 'Quill', plex: { kind: 'gone' as const } },
  ];
  const start = () => startPlex({ users: people });
  const tokenCalls = (simulator: Simulator) => simulator.requests.filter(({ path }) => path.startsWith('/api/')).length;

  it('reaches the owner, the home and friends, and nobody else', async () => {
    const { server } = await stage(await start());
    const users = await server.users.list();
    const reached = await server.users.reach(users.map(({ vendorId }) => vendorId));
    expect(users.filter(({ vendorId }) => reached.includes(vendorId)).map(({ name }) => name)).toEqual(['Marlow', 'Nell', 'Otis']);
    const gone = users.find(({ name }) => name === 'Quill')!;
    await expect(server.watchStates.list(gone.vendorId, null, 10)).rejects.toMatchObject({ code: 'USER_TOKEN_MISSING' });
    expect(users.find(({ name }) => name === 'Otis')?.email).toBe('otis@example.org');
  });

  it('tells in the list of accounts what is shared with them, where plex.tv says so', async () => {
    const { server } = await stage(await start());
    const films = (await server.libraries.list()).find(({ name }) => name === 'Movies')!;
    const told = new Map((await server.users.list()).map(({ name, libraries }) => [name, libraries]));
    expect(told.get('Marlow')).toBe('all');
    expect(told.get('Otis')).toEqual([films.vendorId]);
    expect(told.get('Quill')).toBeNull();
  });

  it('asks plex.tv once, however many calls are made in a name', async () => {
    const { simulator, read } = await stage(await start());
    await read(FILM);
    const asked = tokenCalls(simulator);
    for (let turn = 0; turn < 10; turn++) await read(FILM);
    expect(tokenCalls(simulator)).toBe(asked);
  });

  it('never mixes what two people watched, although both ask at the same moment', async () => {
    const { simulator, server, itemId } = await stage(await start());
    simulator.control.setState('Marlow', FILM, { played: true, playCount: 9 });
    simulator.control.setState('Nell', FILM, { played: true, playCount: 2 });
    const users = await server.users.list();
    const ids = ['Marlow', 'Nell', 'Otis'].map((name) => users.find((user) => user.name === name)!.vendorId);
    const film = await itemId(FILM);
    const answers = await Promise.all(ids.map((id) => server.watchStates.read(id, [film])));
    expect(answers.map(([state]) => state!.playCount)).toEqual([9, 2, 0]);
  });

  it('refuses a token that has the rights of the owner', async () => {
    const { simulator, server, person } = await stage(await start());
    const { adminKey } = simulator;
    const asOwner = (answer: Reply): Reply => ({ ...answer, body: answer.body.replace(/"accessToken":"[0-9a-f]+"/, `"accessToken":"${adminKey}"`) });
    await simulator.control.setFault({ kind: 'rewrite', rewrite: asOwner }, { path: /\/api\/v2\/resources/ });
    expect(await server.users.reach([person.vendorId])).toEqual([]);
    await expect(server.watchStates.read(person.vendorId, ['1'])).rejects.toMatchObject({ code: 'USER_TOKEN_MISSING' });
  });

  it('refuses a token of somebody else than was asked for', async () => {
    const { simulator, server, person } = await stage(await start());
    await simulator.control.setFault({ kind: 'rewrite', rewrite: (answer) => ({ ...answer, body: answer.body.replace(/"id":\d+/, '"id":4711') }) }, { path: /\/switch$/ });
    expect(await server.users.reach([person.vendorId])).toEqual([]);
  });

  it('does not ask again and again for a token that the server does not take', async () => {
    const { simulator, server, person, read } = await stage(await start());
    await read(FILM);
    for (const grant of simulator.control.state.grants.values()) if (grant.app === 'plex.tv') simulator.control.state.revoke(grant.token);
    const asked = tokenCalls(simulator);
    for (let turn = 0; turn < 3; turn++) await expect(server.watchStates.read(person.vendorId, ['1'])).rejects.toMatchObject({ code: 'USER_TOKEN_MISSING' });
    expect(tokenCalls(simulator)).toBe(asked);
    await expect(server.sessions.list()).resolves.toEqual([]);
  });

  it('waits when plex.tv asks for it', async () => {
    const { simulator, server, person } = await stage(await start());
    await server.users.list();
    await simulator.control.setFault({ kind: 'rate-limit', retryAfterS: 600 }, { path: /\/switch$/ });
    await expect(server.users.reach([person.vendorId])).rejects.toMatchObject({ code: 'SERVER_RATE_LIMITED', details: { retryAfterMs: 600_000 } });
    await expect(server.sessions.list()).resolves.toEqual([]);
  });

  it('marks a title only while it has no play, and sets the position afterwards', async () => {
    const { simulator, write } = await stage(await start());
    const changes = () => simulator.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/:/')).map(({ method, path }) => `${method} ${path}`);
    expect(await write(FILM, { played: true, playCount: 5, positionMs: 600_000 })).toMatchObject({ played: true, playCount: 1, positionMs: 600_000 });
    expect(changes()).toEqual(['PUT /:/scrobble', 'POST /:/timeline']);
    expect(await write(FILM, { played: true, playCount: 7 })).toMatchObject({ playCount: 1 });
    expect(changes()).toHaveLength(2);
    expect(await write(FILM, { played: false, playCount: 0, positionMs: 0 })).toMatchObject({ played: false, playCount: 0, positionMs: 0, lastPlayedAt: null });
    expect(changes()).toEqual(['PUT /:/scrobble', 'POST /:/timeline', 'PUT /:/unscrobble']);
  });

  it('neither shows nor changes the owner’s ratings in the name of a friend', async () => {
    const { simulator, read, write, server, person } = await stage(await start(), 'Otis');
    simulator.control.setState('Marlow', FILM, { rating: 8 });
    expect(await read(FILM)).toMatchObject({ ratingTenths: null });
    await write(FILM, { ratingTenths: 30 });
    expect(simulator.control.stateOf('Otis', FILM).rating).toBeNull();
    expect((await server.watchStates.list(person.vendorId, null, 500)).states).toEqual([]);
  });

  it('tells which libraries somebody sees', async () => {
    const { server, person } = await stage(await start(), 'Otis');
    const films = (await server.libraries.list()).find(({ type }) => type === 'movies')!;
    expect(await server.users.policy(person.vendorId)).toMatchObject({ enabled: true, libraries: [films.vendorId], downloads: false, streamLimit: null });
    const gone = (await server.users.list()).find(({ name }) => name === 'Quill')!;
    expect(await server.users.policy(gone.vendorId)).toMatchObject({ enabled: false, libraries: [] });
  });
});
