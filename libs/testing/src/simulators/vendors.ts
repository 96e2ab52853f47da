import type { ServerKind } from '@usher/contracts';
import type { Simulator, SimulatorOptions } from './base/simulator.js';
import { startEmby } from './emby.simulator.js';
import { startJellyfin } from './jellyfin.simulator.js';

/** Every vendor that can be simulated. */
export const VENDORS: Readonly<Partial<Record<ServerKind, (options: SimulatorOptions) => Promise<Simulator>>>> = {
  emby: startEmby,
  jellyfin: startJellyfin,
};
