import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { Secret } from '@usher/security';
import { ManualClock } from '@usher/resilience';
import { Actor, type OperatorRole } from '../auth/actor.js';
import type { SignInsService } from '../auth/sign-ins.service.js';
import { LiveConnection, LiveConnections } from './live-connections.js';

const logger = createLogger({ service: 'test', level: 'error', destination: { write: () => undefined } });
const actorOf = (role: OperatorRole) => new Actor({ operatorId: 'ana', name: 'ana', role, signInId: 's', kind: 'cli', provenAt: null, expiresAt: new Date(0) });

let answer: () => Promise<Actor>;
let clock: ManualClock;
let connections: LiveConnections;
let closes: [number, string][];

beforeEach(() => {
  answer = () => Promise.resolve(actorOf('operator'));
  clock = new ManualClock();
  closes = [];
  connections = new LiveConnections({ authenticate: () => answer() } as unknown as SignInsService, logger, clock);
});

async function opened(): Promise<LiveConnection> {
  const connection = new LiveConnection({ close: (code, reason) => void closes.push([code!, String(reason)]) }, '192.0.2.1', null);
  await connections.authenticate(connection, Secret.of('a token of the test'));
  return connection;
}

describe('LiveConnections', () => {
  it('refuses who is not signed in', async () => {
    answer = () => Promise.resolve(new Actor(null));
    await expect(opened()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('checks again every five minutes and closes when the sign-in is over', async () => {
    await opened();
    await clock.advance(300_000);
    expect(closes).toEqual([]);
    answer = () => Promise.resolve(new Actor(null));
    await clock.advance(299_999);
    expect(closes).toEqual([]);
    await clock.advance(1);
    expect(closes).toEqual([[4401, 'UNAUTHENTICATED']]);
  });

  it('closes when the role is another, at once when told', async () => {
    await opened();
    answer = () => Promise.resolve(actorOf('viewer'));
    await connections.recheckOperator('somebody else');
    expect(closes).toEqual([]);
    await connections.recheckOperator('ana');
    expect(closes).toEqual([[4403, 'FORBIDDEN']]);
  });

  it('closes who cannot be checked, without saying why', async () => {
    await opened();
    answer = () => Promise.reject(new Error('connect postgres://secret@db'));
    await clock.advance(300_000);
    expect(closes).toEqual([[4500, 'INTERNAL']]);
  });

  it('forgets a closed connection, gives its places back, and checks it no more', async () => {
    const connection = await opened();
    let left = 0;
    connection.running.set('1', () => void left++);
    connections.closed(connection);
    answer = () => Promise.reject(new AppError('INTERNAL', 'must not be asked'));
    await clock.advance(600_000);
    expect([left, closes]).toEqual([1, []]);
  });

  it('holds at most twenty connections of one sign-in', async () => {
    for (let i = 0; i < 20; i++) await opened();
    await expect(opened()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });
});
