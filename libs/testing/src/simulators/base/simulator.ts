import type { ServerKind } from '@usher/contracts';
import { systemClock, type Clock } from '@usher/resilience';
import type { LibrarySpec } from './catalogue.js';
import { SimulatorControl } from './control.js';
import { SimulatorCore, type UserSpec } from './core.js';
import { Endpoint, type EndpointOptions, type VendorFace } from './endpoint.js';
import type { SimulatedDevice } from './media.js';
import type { RecordedRequest } from './message.js';
import { defaultLibraries } from './titles.js';

export interface SimulatorOptions extends Partial<EndpointOptions> {
  readonly name?: string;
  readonly version?: string;
  readonly mediaRoot?: string;
  /** Default: an administrator and two ordinary people. */
  readonly users?: readonly UserSpec[];
  /** Default: a few films, two series, one artist. */
  readonly libraries?: readonly LibrarySpec[];
}

/** A running simulated media server. */
export interface Simulator {
  readonly kind: ServerKind;
  readonly url: string;
  /** The key of an administrator; changes with `control.rotateKey()`. */
  readonly adminKey: string;
  /** A token that works but is no administrator's. */
  readonly viewerKey: string;
  readonly control: SimulatorControl;
  /** Every request since the start, oldest first. */
  readonly requests: RecordedRequest[];
  /** Ends in order; sockets are closed by the server. */
  close(): Promise<void>;
  /** Cuts everything at once, as after `kill -9`. */
  kill(): Promise<void>;
}

export interface VendorDefaults {
  readonly kind: ServerKind;
  readonly name: string;
  readonly version: string;
  readonly makeFace: (core: SimulatorCore) => VendorFace & { dispose(): void };
}

const DEFAULT_USERS: readonly UserSpec[] = [{ name: 'Marlow', isAdministrator: true }, { name: 'Nell' }, { name: 'Otis' }];

const VIEWER_DEVICE: SimulatedDevice = { id: 'viewer-device', name: 'Kitchen', client: 'Viewer', version: '1.0', address: '192.168.1.30', platform: 'Linux', controllable: false };

/** Builds state, face and endpoint, and listens on 127.0.0.1. */
export async function startSimulator(vendor: VendorDefaults, options: SimulatorOptions): Promise<Simulator> {
  const clock: Clock = options.clock ?? systemClock;
  const name = options.name ?? vendor.name;
  const core = new SimulatorCore({ kind: vendor.kind, name, version: options.version ?? vendor.version, clock, mediaRoot: options.mediaRoot ?? `/media/${name.toLowerCase()}` });
  for (const user of options.users ?? DEFAULT_USERS) core.addUser(user);
  for (const library of options.libraries ?? defaultLibraries()) core.addLibrary(library);
  const viewer = core.users.find((user) => !user.isAdministrator) ?? core.addUser({ name: 'Guest' });
  const viewerKey = core.grant(viewer, VIEWER_DEVICE, VIEWER_DEVICE.client).token;
  const face = vendor.makeFace(core);
  const endpoint = new Endpoint(face, { ...options, clock });
  core.bind(endpoint);
  await endpoint.listen();
  const end = async () => {
    face.dispose();
    core.engine.dispose();
    await endpoint.stop();
  };
  return {
    kind: vendor.kind,
    get url() {
      return endpoint.url;
    },
    get adminKey() {
      return core.adminKey;
    },
    viewerKey,
    control: new SimulatorControl(core),
    requests: endpoint.requests,
    close: async () => {
      for (const socket of endpoint.sockets) socket.close(1001);
      await end();
    },
    kill: end,
  };
}
