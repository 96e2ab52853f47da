import type { Clock } from '@usher/resilience';
import type { ItemSpec, LibrarySpec } from './catalogue.js';
import type { SimulatorCore, UserSpec } from './core.js';
import type { DeliveryPlan } from './delivery.js';
import type { SimulatedDisk } from './disk.js';
import type { Fault, FaultScope } from './faults.js';
import type { CatalogueItem, SimulatedDevice, SimulatedUser } from './media.js';
import type { PaceOptions } from './pace.js';
import type { SimulatedSession } from './playback-engine.js';
import type { StoredState } from './watch-store.js';

export interface PlaybackOptions {
  /** A name; made when nobody has it. Default: the first ordinary user. */
  readonly user?: string;
  /** Title of something playable. Default: the first film. */
  readonly item?: string | CatalogueItem;
  readonly device?: Partial<SimulatedDevice>;
  /** Default: direct play. */
  readonly delivery?: DeliveryPlan;
  readonly positionMs?: number;
}

/** A viewer at work. Every call is seen by the server's clients like the viewer's own doing. */
export interface PlaybackHandle {
  readonly sessionId: string;
  readonly session: SimulatedSession;
  /** What remote control showed to the viewer. */
  readonly messages: readonly { header: string; text: string; timeoutMs: number | null }[];
  /** False when the viewer or somebody else has stopped it. */
  readonly playing: boolean;
  pause(): void;
  resume(): void;
  seek(positionMs: number): void;
  setDelivery(plan: DeliveryPlan): void;
  /** Buffering: the position stands still although nobody paused. Only Plex tells. */
  buffer(): void;
  /** The next item on the same device. */
  next(item: string | CatalogueItem, delivery?: DeliveryPlan): void;
  stop(): void;
  /** Stops and signs the device out. */
  leave(): void;
  /** The client is gone without a word. */
  vanish(): void;
}

/** What tests and the demo do to a simulated server from outside its protocol. */
export class SimulatorControl {
  private madeDevices = 0;

  constructor(private readonly core: SimulatorCore) {}

  get clock(): Clock {
    return this.core.clock;
  }

  /** Everything the server knows; for assertions. */
  get state(): SimulatorCore {
    return this.core;
  }

  addUser(spec: UserSpec): SimulatedUser {
    return this.core.addUser(spec);
  }

  addLibrary(spec: LibrarySpec): void {
    this.core.addLibrary(spec);
  }

  addItem(library: string, spec: ItemSpec): CatalogueItem {
    const found = this.core.catalogue.libraries.find((entry) => entry.name === library);
    if (found === undefined) throw new Error(`no library ${library}`);
    return this.core.catalogue.addItem(found, spec);
  }

  /** What the server sees of its disk, and how full it is. */
  get disk(): SimulatedDisk {
    return this.core.disk;
  }

  addChannel(title: string): CatalogueItem {
    return this.core.catalogue.addChannel(title);
  }

  /** A device that is signed in and plays nothing. */
  signIn(options: Pick<PlaybackOptions, 'user' | 'device'> = {}): SimulatedSession {
    return this.core.engine.open(this.userNamed(options.user), this.deviceOf(options.device ?? {}), 'virtual');
  }

  startPlayback(options: PlaybackOptions = {}): PlaybackHandle {
    const { engine } = this.core;
    const session = this.signIn(options);
    engine.start(session, this.itemOf(options.item), options.delivery ?? 'direct-play', options.positionMs ?? 0);
    return {
      sessionId: session.id,
      session,
      messages: session.messages,
      get playing() {
        return session.playback !== null;
      },
      pause: () => engine.pause(session),
      resume: () => engine.resume(session),
      seek: (positionMs) => engine.seek(session, positionMs),
      setDelivery: (plan) => engine.setDelivery(session, plan),
      buffer: () => {
        session.playback?.setState('buffering');
        engine.report(session, {});
      },
      next: (item, delivery) => void engine.start(session, this.itemOf(item), delivery ?? 'direct-play'),
      stop: () => engine.stop(session),
      leave: () => engine.close(session),
      vanish: () => engine.vanish(session),
    };
  }

  /** Adds a fault; the newest that applies wins. Resolves when it is in force. */
  setFault(fault: Fault, scope?: FaultScope): Promise<void> {
    return this.core.endpoint.setFault(fault, scope);
  }

  /** Takes all faults away; a refused port listens again when this resolves. */
  clearFault(): Promise<void> {
    return this.core.endpoint.clearFault();
  }

  /** How fast it answers from now on. */
  setPace(pace: PaceOptions): void {
    this.core.endpoint.pace.set(pace);
  }

  /** What that person did on another device, or long ago. Nothing of it goes through the server's protocol. */
  setState(user: string, item: string | CatalogueItem, change: Partial<StoredState>): void {
    this.core.states.setFromOutside(this.userNamed(user), this.itemOf(item), change);
  }

  /** What really stands in the server's store. */
  stateOf(user: string, item: string | CatalogueItem): StoredState {
    return this.core.states.get(this.userNamed(user), this.itemOf(item));
  }

  /** Every state of that person, by title. */
  statesOf(user: string): (readonly [CatalogueItem, StoredState])[] {
    return this.core.states.rows(this.userNamed(user));
  }

  /** Fields of the vendor's policy document. */
  setPolicy(user: string, policy: Readonly<Record<string, unknown>>): void {
    const found = this.userNamed(user);
    found.policy = { ...found.policy, ...policy };
  }

  rotateKey(): string {
    return this.core.rotateKey();
  }

  setVersion(version: string): void {
    this.core.version = version;
  }

  /** Another installation answers at the same address. */
  reinstall(): void {
    this.core.reinstall();
  }

  private userNamed(name: string | undefined): SimulatedUser {
    if (name === undefined) return this.core.users.find((user) => !user.isAdministrator) ?? this.core.addUser({ name: 'Guest' });
    return this.core.users.find((user) => user.name === name) ?? this.core.addUser({ name });
  }

  private itemOf(item: string | CatalogueItem | undefined): CatalogueItem {
    if (typeof item === 'object') return item;
    if (typeof item === 'string') return this.core.catalogue.byTitle(item);
    const first = this.core.catalogue.leaves()[0];
    if (first === undefined) throw new Error('the catalogue is empty');
    return first;
  }

  private deviceOf(device: Partial<SimulatedDevice>): SimulatedDevice {
    const number = ++this.madeDevices;
    return { id: `device-${number}`, name: `Living Room ${number}`, client: 'Test Player', version: '1.0', address: '192.168.1.20', platform: 'Android', controllable: true, ...device };
  }
}
