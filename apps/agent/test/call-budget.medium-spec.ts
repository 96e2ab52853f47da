import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { MAX_STATE_ROWS, PollSettings, type LiveMode } from '@usher/contracts';
import { createMediaServer, EgressGuard, type MediaServer } from '@usher/media-server';
import { ManualClock, type TimerHandle } from '@usher/resilience';
import { startEmby, startJellyfin, startPlex, type Simulator } from '@usher/testing';
import { ActivityWatcher } from '../src/activities/activity-watcher.js';
import { LoadSampler } from '../src/load/load-sampler.js';
import { Sequence } from '../src/server/sequence.js';
import { ServerProbe } from '../src/server/server-probe.js';
import { ServerStatus } from '../src/server/server-status.js';
import { PlaybackStore } from '../src/sessions/playback-store.js';
import { SessionWatcher } from '../src/sessions/session-watcher.js';
import { StateReader } from '../src/watch-states/state-reader.service.js';
import { FactSpool } from '../src/spool/fact-spool.js';
import { recordingLogger, tempFolder } from './support.js';

const STEP_MS = 5_000;
const HOUR_MS = 3_600_000;
/** Every call to a media server holds a timer of this length while it is under way. */
const ATTEMPT_MS = 40_000;

/** Time goes on only when no call is under way: what is counted does not depend on the machine. */
class CallClock extends ManualClock {
  private readonly calls = new Set<unknown>();

  override setTimeout(work: () => void, ms: number): TimerHandle {
    const handle = super.setTimeout(work, ms);
    if (ms === ATTEMPT_MS) this.calls.add(handle.id);
    return handle;
  }

  override clearTimeout(handle: TimerHandle): void {
    this.calls.delete(handle.id);
    super.clearTimeout(handle);
  }

  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 10; quiet = this.calls.size > 0 ? 0 : quiet + 1) await new Promise((resolve) => setImmediate(resolve));
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.advance(STEP_MS);
      await this.settle();
    }
  }
}

/** What everything of an agent that asks its server by itself asks in an hour, after the first minute, with the look at one account that the controller orders in it. */
async function anHourOf(simulator: Simulator): Promise<LiveMode> {
  const folder = await tempFolder();
  const clock = new CallClock(Date.now());
  const { logger } = recordingLogger();
  const status = new ServerStatus(clock);
  const key = simulator.adminKey;
  const server: MediaServer = createMediaServer({
    kind: simulator.kind,
    origin: simulator.url,
    token: () => key,
    tls: { verify: true },
    clock,
    clientName: 'Usher',
    clientVersion: '1',
    deviceId: 'budget',
    plexTvUrl: simulator.url,
    egress: new EgressGuard({ profile: 'home' }),
    onCall: (call) => status.noteCall(call),
    onStatus: (vendor) => status.noteVendor(vendor),
    isWatched: () => false,
    sessionsPollS: () => 10,
  });
  const spool = await FactSpool.open(path.join(folder, 'spool'), { clock, logger });
  const sequence = await Sequence.open(path.join(folder, 'seq.json'), clock);
  const store = await PlaybackStore.open(path.join(folder, 'playbacks.json'), spool, logger);
  const provider = { current: () => server, currentOrNull: server };
  const link = { connected: true, publishState: () => undefined };
  const watcher = new SessionWatcher({ store, publisher: { offer: () => undefined }, ignored: () => [], hooks: { onLive: (live) => status.noteLive(live) }, clock, logger });
  const config = { rev: 1, readOnly: false, poll: PollSettings.parse({}), ignoredDevices: [] };
  const probe = new ServerProbe({ provider, settings: { config }, spool, clock, logger });
  const load = new LoadSampler({ provider, status, sessions: () => watcher.seen, link, sequence, clock, logger });
  const activities = new ActivityWatcher({ provider, status, link, sequence, ignored: () => [], clock, logger });
  status.onChange((now) => {
    if (now.status === 'online') activities.wake();
  });
  await watcher.watch(server);
  probe.start();
  load.start();
  activities.start();
  try {
    await clock.settle();
    const look = await lookerOf(server, new StateReader(provider, () => 0, clock, () => probe.spare()));
    await look();
    await clock.pass(60_000);
    await clock.pass(HOUR_MS / 2);
    await look();
    await clock.pass(HOUR_MS / 2);
    return status.live;
  } finally {
    await server.close();
    await Promise.all([probe.stop(), load.stop(), activities.stop(), watcher.stop()]);
    await spool.close();
    await simulator.close();
  }
}

/** What a round asks of one server. The first look at an account of Plex costs one more call and is made before. */
async function lookerOf(server: MediaServer, reader: StateReader): Promise<() => Promise<void>> {
  const person = (await server.users.list()).find(({ isAdministrator }) => !isAdministrator)!;
  const library = (await server.libraries.list()).find(({ type }) => type === 'movies')!;
  const { items } = await server.libraries.items(library.vendorId, { start: 0, limit: MAX_STATE_ROWS }, { withFiles: false });
  return async () => {
    await reader.glance({ userVendorId: person.vendorId, of: { newest: 'movie' } });
    await reader.glance({ userVendorId: person.vendorId, of: { itemVendorIds: items.map(({ vendorId }) => vendorId) } });
  };
}

describe.each([
  ['Jellyfin', startJellyfin, true],
  ['Plex', startPlex, true],
  ['Emby', startEmby, false],
  ['Jellyfin without push', withoutSockets, false],
] as const)('the calls of an hour to a simulated %s', (_name, startServer, hasPush) => {
  it('while nothing plays', async () => {
    const live = await anHourOf(await startServer());
    expect(live.mode).toBe(hasPush ? 'push' : 'poll');
    expect(live.sessionCallsLastHour).toBeGreaterThan(0);
    expect(live.sessionCallsLastHour).toBeLessThanOrEqual(hasPush ? 12 : 60);
    expectFewOthers(live);
  }, 120_000);

  it('while twenty play', async () => {
    const simulator = await startServer();
    for (let i = 0; i < 20; i++) simulator.control.startPlayback();
    const live = await anHourOf(simulator);
    expect(live.sessionCallsLastHour).toBeGreaterThan(12);
    expect(live.sessionCallsLastHour).toBeLessThanOrEqual(hasPush ? 60 : 360);
    expectFewOthers(live);
  }, 120_000);
});

async function withoutSockets(): Promise<Simulator> {
  const simulator = await startJellyfin();
  await simulator.control.setFault({ kind: 'refuse-sockets' });
  return simulator;
}

/** The probe every five minutes but one, a look at what the server is busy with, and one at what an account watched. */
function expectFewOthers(live: LiveMode): void {
  expect(live.otherCallsLastHour).toBeGreaterThanOrEqual(13);
  expect(live.otherCallsLastHour).toBeLessThanOrEqual(15);
}
