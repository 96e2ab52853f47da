import type { ServerKind } from '@usher/contracts';
import type { Simulator, SimulatorOptions } from './base/simulator.js';
import { startEmby } from './emby.simulator.js';
import { startJellyfin } from './jellyfin.simulator.js';
import { startPlex } from './plex.simulator.js';

/** Every vendor that can be simulated. */
export const VENDORS: Readonly<Record<ServerKind, (options: SimulatorOptions) => Promise<Simulator>>> = {
  emby: startEmby,
  jellyfin: startJellyfin,
  plex: startPlex,
};
