import { describe, expect, it } from '@jest/globals';
import type { HubBus } from '@usher/bus';
import { AppError, watchSessions } from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { ManualClock } from '@usher/resilience';
import { AudienceService } from './audience.service.js';
import type { SessionsService } from './sessions.service.js';

function start(answer: () => Promise<unknown>) {
  const clock = new ManualClock();
  const told: string[] = [];
  const mirrored = new Set<string>();
  const positions: unknown[] = [];
  let followed: string[] = [];
  const bus = {
    command: (contract: unknown, { serverId }: { serverId: string }, request: { positions?: boolean }) => {
      expect(contract).toBe(watchSessions);
      told.push(serverId);
      positions.push(request.positions);
      return answer();
    },
  };
  const logger = createLogger({ service: 'test', level: 'error', destination: { write: () => undefined } });
  const audience = new AudienceService({ followed: () => followed, isMirrored: (serverId: string) => mirrored.has(serverId) } as unknown as SessionsService, bus as unknown as HubBus, logger, clock);
  audience.onApplicationBootstrap();
  return { clock, told, positions, mirrored, audience, follow: (...serverIds: string[]) => (followed = serverIds) };
}

describe('AudienceService', () => {
  it('tells agents whose sessions are followed, soon and then every 30 s, and nobody else', async () => {
    const { clock, told, audience, follow } = start(() => Promise.resolve({}));
    await clock.advance(60_000);
    expect(told).toEqual([]);
    follow('a', 'b');
    await clock.advance(2_000);
    expect(told).toEqual(['a', 'b']);
    follow('a');
    await clock.advance(28_000);
    expect(told).toEqual(['a', 'b']);
    await clock.advance(4_000);
    expect(told).toEqual(['a', 'b', 'a']);
    audience.onApplicationShutdown();
    await clock.advance(120_000);
    expect(told).toHaveLength(3);
  });

  it('tries an agent that could not be told again at the next look', async () => {
    const { clock, told, follow } = start(() => Promise.reject(new AppError('AGENT_TIMEOUT', 'late')));
    follow('a');
    await clock.advance(4_000);
    expect(told).toEqual(['a', 'a']);
  });

  it('asks for positions at once when somebody mirrors a session, and says so again as long as they do', async () => {
    const { clock, positions, mirrored, follow } = start(() => Promise.resolve({}));
    follow('a');
    await clock.advance(2_000);
    mirrored.add('a');
    await clock.advance(4_000);
    expect(positions).toEqual([undefined, true]);
    await clock.advance(30_000);
    expect(positions).toEqual([undefined, true, true]);
    mirrored.clear();
    await clock.advance(30_000);
    expect(positions).toEqual([undefined, true, true, undefined]);
  });
});
