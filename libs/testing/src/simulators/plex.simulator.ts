import { startSimulator, type Simulator, type SimulatorOptions } from './base/simulator.js';
import { PlexFace } from './plex/plex-face.js';

export interface PlexOptions extends SimulatorOptions {
  /** The owner's subscription; without it nobody can end another viewer's stream. Default: true. */
  readonly plexPass?: boolean;
  /** False: filters of watch states are ignored, as by a server that does not know them. Default: true. */
  readonly knowsFilters?: boolean;
}

/** A simulated Plex Media Server, 1.42 unless told otherwise. */
export function startPlex(options: PlexOptions = {}): Promise<Simulator> {
  return startSimulator({ kind: 'plex', name: 'Studio', version: '1.42.2.10156-f737b826c', makeFace: (core) => new PlexFace(core, options.plexPass ?? true, options.knowsFilters ?? true) }, options);
}
