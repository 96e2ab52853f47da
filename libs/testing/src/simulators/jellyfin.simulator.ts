import { startSimulator, type Simulator, type SimulatorOptions } from './base/simulator.js';
import { JellyfinFace } from './jellyfin/jellyfin-face.js';
import { JellyfinServer } from './jellyfin/server.js';

export interface JellyfinOptions extends SimulatorOptions {
  /** Old forms of authorization: on before 12, off from 12 on, unless said otherwise. */
  readonly legacyAuthorization?: boolean;
  /** The time zone of its process, minutes east of Greenwich; −300 unless told otherwise, so that wrong dates show. */
  readonly zoneMinutes?: number;
}

/** A simulated Jellyfin, 12.0.0 unless told otherwise; 10.10 and 10.11 differ as the real ones do. */
export function startJellyfin(options: JellyfinOptions = {}): Promise<Simulator> {
  return startSimulator(
    { kind: 'jellyfin', name: 'Attic', version: '12.0.0', makeFace: (core) => new JellyfinFace(new JellyfinServer(core, options.legacyAuthorization, options.zoneMinutes ?? -300)) },
    options,
  );
}
