import { startSimulator, type Simulator, type SimulatorOptions } from './base/simulator.js';
import { PlexFace } from './plex/plex-face.js';

export interface PlexOptions extends SimulatorOptions {
  /** The owner's subscription; without it nobody can end another viewer's stream. Default: true. */
  readonly plexPass?: boolean;
  /** False: filters of watch states are ignored, as by a server that does not know them. Default: true. */
  readonly knowsFilters?: boolean;
  /** A release that is newer than it. Default: none. */
  readonly release?: string;
  /** Versions of files that it makes in the background. */
  readonly conversions?: readonly { readonly title: string; readonly progress: number }[];
}

/** A simulated Plex Media Server, 1.42 unless told otherwise. */
export function startPlex(options: PlexOptions = {}): Promise<Simulator> {
  const { plexPass = true, knowsFilters = true, release, conversions } = options;
  const work = { ...(release === undefined ? {} : { release }), ...(conversions === undefined ? {} : { conversions }) };
  return startSimulator({ kind: 'plex', name: 'Studio', version: '1.42.2.10156-f737b826c', makeFace: (core) => new PlexFace(core, plexPass, knowsFilters, work) }, options);
}
