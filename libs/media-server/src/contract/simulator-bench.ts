import { EgressGuard, createMediaServer } from '../index.js';
import { systemClock } from '@usher/resilience';
import type { Simulator } from '@usher/testing';
import type { Viewer } from '../behaviors/stage.js';
import { EMPTY_FOLDERS, type Bench } from './describe-media-server.js';
import { checkRequestsOf } from './documented-requests.js';

/** Short, so that vendors without reliable push are followed quickly. */
const POLL_S = 0.2;

/** An adapter on a running simulator; every request it sends has to be one that the vendor's document knows. */
export function benchOf(simulator: Simulator): Bench {
  checkRequestsOf(simulator);
  const key = simulator.adminKey;
  for (const folder of EMPTY_FOLDERS) simulator.control.disk.add(folder);
  // work must not end by itself while a case looks at it, however slow the machine is
  simulator.control.state.tasks.takesMs = 600_000;
  const connect = (deviceId: string) =>
    createMediaServer({
      kind: simulator.kind,
      origin: simulator.url,
      token: () => key,
      tls: { verify: true },
      clock: systemClock,
      clientName: 'Usher',
      clientVersion: '0.1.0',
      deviceId,
      plexTvUrl: simulator.url,
      egress: new EgressGuard({ profile: 'home' }),
      isWatched: () => true,
      sessionsPollS: () => POLL_S,
    });
  return {
    server: connect('usher-contract-test'),
    another: () => connect('usher-contract-test-2'),
    sent: () => simulator.requests.length,
    play: (delivery): Viewer => {
      const playback = simulator.control.startPlayback({ delivery });
      return {
        id: playback.sessionId,
        pause: () => playback.pause(),
        resume: () => playback.resume(),
        stop: () => playback.stop(),
        isPlaying: () => playback.playing,
        isPaused: () => playback.session.playback?.state === 'paused',
        messages: () => playback.messages.map((message) => message.text),
      };
    },
    breakDown: () => simulator.control.setFault({ kind: 'refuse' }),
    heal: () => simulator.control.clearFault(),
    revokeKey: () => void simulator.control.rotateKey(),
    seed: (userName, item, { positionMs, lastPlayedAt, ratingTenths, ...same }) =>
      simulator.control.setState(userName, item.title, {
        ...same,
        favorite: same.favorite ?? false,
        ...(positionMs === undefined ? {} : { ticks: positionMs * 10_000 }),
        ...(lastPlayedAt === undefined ? {} : { lastPlayed: lastPlayedAt && lastPlayedAt.replace('Z', '0000Z') }),
        ...(ratingTenths === undefined ? {} : { rating: ratingTenths && ratingTenths / 10 }),
      }),
    stored: (userName, item) => {
      const { played, playCount, ticks, lastPlayed, favorite, rating } = simulator.control.stateOf(userName, item.title);
      return { played, playCount, positionMs: ticks / 10_000, lastPlayedAt: lastPlayed && new Date(lastPlayed).toISOString(), favorite, ratingTenths: rating === null ? null : rating * 10 };
    },
    watchToEnd: (userName, { title, durationMs }) => simulator.control.startPlayback({ user: userName, item: title, positionMs: (durationMs ?? 1_000) - 1_000 }).stop(),
    add: (title) => void simulator.control.addItem(simulator.control.state.catalogue.libraries.find(({ type }) => type === 'movies')!.name, { title }),
    passwordOf: (userName) => simulator.control.state.users.find(({ name }) => name === userName)!.password,
    startedTasks: () => simulator.control.state.tasks.startedByHand,
    close: () => simulator.close(),
  };
}
