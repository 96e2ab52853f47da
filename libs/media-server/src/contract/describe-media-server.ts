import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MediaItem } from '@usher/contracts';
import type { Seed, Subject } from '../behaviors/behavior.js';
import { Facts } from '../behaviors/facts.js';
import type { Stage } from '../behaviors/stage.js';
import { BEHAVIORS } from '../behaviors/suite.js';
import type { MediaServer } from '../media-server.js';

/** One started media server with its adapter. */
export interface Bench extends Stage {
  readonly server: MediaServer;
  another(): MediaServer;
  /** What that person did, beside the protocol. */
  seed(userName: string, item: MediaItem, change: Seed): void;
  /** What the server's store holds. */
  stored(userName: string, item: MediaItem): Required<Seed>;
  sent(): number;
  close(): Promise<void>;
}

/** Where the suite makes a library. */
export const EMPTY_FOLDERS = ['/media/attic', '/media/cellar'];

/** On a server that is there for nothing else everything is given, and whoever lives there may be changed. */
function subjectOf(bench: Bench): Subject {
  const facts = new Facts(bench.server);
  const ordinary = () => facts.ordinary();
  return {
    server: bench.server,
    facts,
    lacks: () => null,
    own: ordinary,
    listOwner: ordinary,
    nameOf: (text) => text,
    folders: EMPTY_FOLDERS,
    seed: async ({ name }, item, change) => bench.seed(name, item, change),
    stored: async ({ name }, item) => bench.stored(name, item),
    another: () => bench.another(),
    sent: () => bench.sent(),
    stage: bench,
  };
}

/** The suite on an adapter: each behavior on a server of its own. */
export function describeMediaServer(name: string, start: () => Promise<Bench>): void {
  describe(`MediaServer: ${name}`, () => {
    let bench: Bench;
    beforeEach(async () => {
      bench = await start();
    });
    afterEach(async () => {
      await bench.server.close();
      await bench.close();
    });

    it.each(BEHAVIORS.map((behavior) => [behavior.name, behavior] as const))('%s', async (_name, { run }) => {
      // one that finds nothing to be tried on has failed here
      expect(['not offered', undefined]).toContain(await run(subjectOf(bench)));
    });
  });
}
