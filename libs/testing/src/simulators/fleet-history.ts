import type { Simulator } from './base/simulator.js';
import { between, type Random } from './base/random.js';
import { isoDate, toTicks } from './mediabrowser/ticks.js';

const YEAR_MS = 365 * 86_400_000;

/** What the people of a server have watched so far; always the same for the same source of numbers. */
export function giveHistory({ control }: Simulator, random: Random): void {
  const { catalogue, users, states, clock } = control.state;
  const leaves = catalogue.leaves().filter(({ kind }) => kind !== 'channel');
  for (const user of users) {
    const share = 0.1 + random() * 0.4;
    for (const leaf of leaves) {
      const luck = random();
      if (luck >= share + 0.05) continue;
      const played = luck < share;
      const lastPlayed = isoDate(clock.now() - between(random, 1, 3 * YEAR_MS));
      const positionMs = played ? 0 : Math.floor((leaf.durationMs ?? 0) * (0.1 + random() * 0.7));
      states.set(user, leaf, {
        played,
        playCount: played ? between(random, 1, 3) : 0,
        ticks: toTicks(positionMs),
        lastPlayed,
        favorite: random() < 0.05,
        rating: random() < 0.08 ? between(random, 2, 10) : null,
      });
    }
  }
}
