import { AppError, Session } from '@usher/contracts';
import { expect } from 'expect';
import type { LiveStatus, MediaServer } from '../media-server.js';
import { asPublished } from './as-published.js';
import { behavior, NOT_OFFERED, type Behavior } from './behavior.js';
import { failsWith } from './failing.js';
import { stateOf, until } from './snapshots.js';

const begin = (server: MediaServer, signal: AbortSignal) => server.sessions.watch(signal)[Symbol.asyncIterator]();

/** Following the sessions of a server, and what becomes of that when the server or the connection goes away. */
export const WATCHING: readonly Behavior[] = [
  behavior('sessions.watch() begins with a whole list and ends when it is told to', [], async ({ server }) => {
    const watching = new AbortController();
    const snapshots = begin(server, watching.signal);
    const { sessions, at } = await until(snapshots, () => true);
    for (const session of sessions) Session.parse(asPublished(session));
    expect(Number.isNaN(Date.parse(at))).toBe(false);
    watching.abort();
    // what was on its way may still come
    for (let next = await snapshots.next(); next.done !== true; ) next = await snapshots.next();
  }),

  behavior('sessions.watch() is pushed where that is declared', [], async ({ facts, another }) => {
    if (!(await facts.has('sessions.push'))) return NOT_OFFERED;
    const server = another();
    const watching = new AbortController();
    const late = AbortSignal.timeout(30_000);
    const modes = new Set<LiveStatus['mode']>();
    try {
      for await (const _ of server.sessions.watch(AbortSignal.any([watching.signal, late]), {
        onLive: ({ mode }) => {
          modes.add(mode);
          if (mode === 'push') watching.abort();
        },
      }));
      expect([...modes]).toContain('push');
    } finally {
      await server.close();
    }
  }),

  behavior('sessions.watch() begins with a whole list and follows start, pause and stop', ['playback'], async ({ server, stage }) => {
    const watching = new AbortController();
    const snapshots = begin(server, watching.signal);
    await until(snapshots, (sessions) => sessions.every((session) => session.stream === null));
    const viewer = stage.play('direct-play');
    await until(snapshots, (sessions) => stateOf(sessions, viewer) === 'playing');
    viewer.pause();
    await until(snapshots, (sessions) => stateOf(sessions, viewer) === 'paused');
    viewer.stop();
    const last = await until(snapshots, (sessions) => stateOf(sessions, viewer) === null);
    expect(Number.isNaN(Date.parse(last.at))).toBe(false);
    watching.abort();
    await expect(snapshots.next()).resolves.toMatchObject({ done: true });
  }),

  behavior('sessions.watch() outlives an outage', ['playback', 'faults'], async ({ server, stage }) => {
    const watching = new AbortController();
    const snapshots = begin(server, watching.signal);
    await until(snapshots, () => true);
    await stage.breakDown();
    const viewer = stage.play('direct-play');
    await stage.heal();
    await until(snapshots, (sessions) => stateOf(sessions, viewer) === 'playing');
    watching.abort();
    await expect(snapshots.next()).resolves.toMatchObject({ done: true });
  }),

  behavior('sessions.watch() ends when its reader leaves, can be begun again, and ends with the connection', [], async ({ another }) => {
    const server = another();
    const watching = new AbortController();
    try {
      for await (const snapshot of server.sessions.watch(watching.signal)) {
        expect(snapshot.sessions).toEqual(expect.any(Array));
        break;
      }
      const again = begin(server, watching.signal);
      await until(again, () => true);
      await server.close();
      for (let next = await again.next(); next.done !== true; ) next = await again.next();
    } finally {
      watching.abort();
      await server.close();
    }
  }),

  behavior('a server that nobody answers at is SERVER_UNREACHABLE, and recovers', ['faults'], async ({ server, stage }) => {
    await stage.breakDown();
    await failsWith(server.sessions.list(), { code: 'SERVER_UNREACHABLE' });
    await stage.heal();
    await expect(server.sessions.list()).resolves.toEqual(expect.any(Array));
  }),

  behavior('a key that is not known any more is SERVER_REJECTED_KEY', ['faults'], async ({ server, stage }) => {
    stage.revokeKey();
    for (const call of [server.probe(), server.sessions.list(), server.libraries.list(), server.users.list()]) {
      await failsWith(call, { code: 'SERVER_REJECTED_KEY' });
    }
  }),

  behavior('every call fails with AppError after close()', [], async ({ another }) => {
    const server = another();
    await server.close();
    await expect(server.sessions.list()).rejects.toBeInstanceOf(AppError);
  }),
];
