import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startEmby, startJellyfin, startPlex, type Simulator } from '@usher/testing';
import type { MediaServer } from '../../media-server.js';
import { READINGS, type Known } from './readings.js';
import { foreignError } from './foreign-error.js';
import { FuzzBench, heldBytes } from './fuzz-bench.js';
import { mutate, seeded } from './mutate.js';

const ANSWERS = 10_000;
const SEED = 20_261_121;
/** One reading may page, but not for ever because an answer says that there is always more. */
const MOST_REQUESTS = 3_000;
const MOST_HELD_BYTES = 64 * 1_048_576;

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => void process.on('unhandledRejection', note));
afterEach(() => void process.off('unhandledRejection', note));

async function knownOf(server: MediaServer): Promise<Known> {
  await server.probe();
  const [library] = await server.libraries.list();
  const users = await server.users.list();
  const userId = users.find(({ isAdministrator }) => !isAdministrator)!.vendorId;
  const { items } = await server.libraries.items(library!.vendorId, { start: 0, limit: 10 }, { withFiles: false });
  const itemIds = items.slice(0, 2).map(({ vendorId }) => vendorId);
  const playlist = await server.playlists.ensure(userId, { name: 'Fuzz', itemIds });
  const collection = await server.collections.ensure(library!.vendorId, { name: 'Fuzz', itemIds });
  return { libraryId: library!.vendorId, userId, itemId: itemIds[0]!, playlistId: playlist.vendorId, collectionId: collection.vendorId };
}

describe.each<[string, () => Promise<Simulator>]>([
  ['Jellyfin', () => startJellyfin()],
  ['Emby', () => startEmby()],
  ['Plex', () => startPlex()],
])(`${ANSWERS} damaged answers of %s`, (_name, start) => {
  it('bring forth no error but those that callers know, no loose rejection, and nothing that stays', async () => {
    const simulator = await start();
    simulator.control.startPlayback({ delivery: { kind: 'transcode', video: 'convert' } });
    simulator.control.startPlayback({ item: 'Nosferatu' });
    const bench = FuzzBench.start(simulator, SEED);
    const known = await knownOf(bench.server);
    const heldBefore = heldBytes();
    const foreign = new Set<string>();
    let mostRequests = 0;
    bench.beginDamage();
    for (let turn = 0; bench.damaged < ANSWERS; turn++) {
      const failure = await foreignError(READINGS[turn % READINGS.length]!, bench.server, known);
      if (failure !== null) foreign.add(failure);
      mostRequests = Math.max(mostRequests, bench.nextReading());
    }
    expect([...foreign].slice(0, 5)).toEqual([]);
    expect(unhandled).toEqual([]);
    expect(mostRequests).toBeLessThan(MOST_REQUESTS);
    expect(heldBytes() - heldBefore).toBeLessThan(MOST_HELD_BYTES);
    await bench.close();
  }, 600_000);
});

describe('mutate', () => {
  it('repeats itself for a seed, and damages nearly every answer', () => {
    const body = JSON.stringify({ Items: [{ Id: 'a', Count: 3 }], TotalRecordCount: 1 });
    const run = () => {
      const random = seeded(SEED);
      return Array.from({ length: 500 }, () => mutate(body, random));
    };
    const texts = run();
    expect(run()).toEqual(texts);
    expect(texts.filter((text) => text !== body).length).toBeGreaterThan(450);
    expect(texts).toContain('');
    expect(texts.filter((text) => text.length > 88_000).length).toBeGreaterThan(0);
  });
});
