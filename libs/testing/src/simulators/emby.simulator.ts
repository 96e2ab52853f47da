import { startSimulator, type Simulator, type SimulatorOptions } from './base/simulator.js';
import { EmbyFace } from './emby/emby-face.js';
import { EmbyServer } from './emby/server.js';

export interface EmbyOptions extends SimulatorOptions {
  /** False: subscribed sockets hear nothing about sessions. Default true. */
  readonly pushesSessions?: boolean;
  /** Whether the plugin for backups is installed. Default false. */
  readonly backups?: boolean;
}

/** A simulated Emby, 4.9.1.90 unless told otherwise; its URL is given without the optional `/emby`. */
export function startEmby(options: EmbyOptions = {}): Promise<Simulator> {
  return startSimulator(
    { kind: 'emby', name: 'Basement', version: '4.9.1.90', makeFace: (core) => new EmbyFace(new EmbyServer(core, options.pushesSessions ?? true, options.backups ?? false)) },
    options,
  );
}
