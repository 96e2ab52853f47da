import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AlertListener, PlexServer, type Movie, type MovieSection, type ShowSection } from '@ctrl/plex';
import { eventually } from '../eventually.js';
import type { Simulator } from '../simulators/base/simulator.js';
import { startPlex } from '../simulators/plex.simulator.js';

let simulator: Simulator;
let server: PlexServer;
beforeEach(async () => {
  simulator = await startPlex();
  server = new PlexServer(simulator.url, simulator.adminKey);
  await server.connect();
});
afterEach(() => simulator.close());

const FILM = 'Nosferatu';
type Rows = { MediaContainer: { Metadata?: Record<string, unknown>[]; Account?: { id: number; name: string }[] } };

/** A client that others wrote for Plex, at the simulated server. It asks with GET for everything that changes marks. */
describe('@ctrl/plex at the simulated Plex', () => {
  const films = async (): Promise<MovieSection> => (await server.library()).section<MovieSection>('Movies');
  const film = async (): Promise<Movie> => (await (await films()).search({ title: FILM })).find(({ title }) => title === FILM)!;

  it('reads who the server is, its libraries and accounts', async () => {
    expect(server).toMatchObject({ friendlyName: simulator.control.state.name, version: simulator.control.state.version, myPlexSubscription: true });
    expect(server.machineIdentifier).toMatch(/^[0-9a-f]{40}$/);
    const sections = await (await server.library()).sections();
    expect(sections.map(({ title, type }) => [title, type])).toEqual(expect.arrayContaining([['Movies', 'movie'], ['Shows', 'show']]));
    expect(sections.find(({ title }) => title === 'Movies')!.locations[0]!.path).toMatch(/^\//);
    const { Account } = (await server.query<Rows>('/accounts')).MediaContainer;
    expect(Account!.map(({ name }) => name)).toEqual(expect.arrayContaining(['Marlow', 'Nell']));
  });

  it('lists films with their ids and files, and a show with its episodes', async () => {
    const all = await (await films()).all();
    expect(all.length).toBeGreaterThan(5);
    const found = await film();
    expect(found.duration).toBeGreaterThan(60_000);
    await found.reload();
    expect(found.guids!.map(({ id }) => id)).toEqual(expect.arrayContaining([expect.stringMatching(/^imdb:\/\/tt\d+$/)]));
    expect(found.media[0]!.parts[0]!.file).toMatch(/Nosferatu/);
    const shows = await (await server.library()).section<ShowSection>('Shows');
    expect((await shows.all()).length).toBeGreaterThan(0);
  });

  it('marks a film, takes the mark away and rates it', async () => {
    await (await film()).markWatched();
    expect(simulator.control.stateOf('Marlow', FILM)).toMatchObject({ played: true, playCount: 1 });
    const marked = await film();
    // The server writes numbers as text here, as real ones do; this client hands them on as they come.
    expect(Number(marked.viewCount)).toBe(1);
    await marked.rate(8);
    await marked.markUnwatched();
    expect(simulator.control.stateOf('Marlow', FILM)).toMatchObject({ played: false, playCount: 0, rating: 8 });
  });

  it('sees who plays what', async () => {
    const playback = simulator.control.startPlayback({ user: 'Nell', item: FILM, delivery: { kind: 'transcode', video: 'convert' } });
    const { Metadata } = (await server.query<Rows>('/status/sessions')).MediaContainer;
    expect(Metadata).toHaveLength(1);
    expect(Metadata![0]).toMatchObject({ title: FILM, User: { title: 'Nell' }, Player: { state: 'playing' }, Session: { id: playback.sessionId }, TranscodeSession: { videoDecision: 'transcode' } });
  });

  it('hears of what plays over the socket', async () => {
    const heard: string[] = [];
    const listener = new AlertListener(server, (alert) => {
      const { PlaySessionStateNotification: entries } = alert as unknown as { PlaySessionStateNotification?: { state: string }[] };
      heard.push(...(entries ?? []).map(({ state }) => state));
    });
    await listener.run();
    const playback = simulator.control.startPlayback({ user: 'Nell', item: FILM });
    playback.pause();
    playback.stop();
    await eventually(() => expect(heard).toEqual(['playing', 'paused', 'stopped']));
    listener.stop();
  });

  it('is refused with a token that is not known', async () => {
    await expect(new PlexServer(simulator.url, 'nobody').connect()).rejects.toMatchObject({ statusCode: 401 });
  });
});
