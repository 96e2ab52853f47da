import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { agentHello, AppError, uuidv7, type AskContract } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import type { z } from 'zod';
import { recordingLogger, tempFolder } from '../../test/support.js';
import { AgentIdentity } from '../enrollment/agent-identity.js';
import { Fences } from '../journal/fences.js';
import { ControllerClock } from './controller-clock.js';
import { Hello } from './hello.js';

const config = { rev: 3, readOnly: false, poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 }, ignoredDevices: [] };

async function setUp() {
  const folder = await tempFolder();
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  const identity = { agentId: uuidv7(), serverId: uuidv7(), userJwt: 'jwt', generation: 1, keys: [{ kid: 'controller-1', issuer: 'controller' as const, jwk: {} }] };
  await AgentIdentity.create(folder, identity);
  const opened = await AgentIdentity.open(folder);
  const fences = await Fences.open(path.join(folder, 'fences.json'));
  const controllerClock = new ControllerClock(clock);
  const asked: z.infer<typeof agentHello.request>[] = [];
  const applied: unknown[] = [];
  const link = {
    connected: true,
    failures: [] as Error[],
    answer: {
      protocol: 1,
      controllerTime: new Date(clock.now()).toISOString(),
      fleetEpoch: 4,
      fleetId: uuidv7(),
      config,
      credential: null as string | null,
      keys: [{ kid: 'controller-2', issuer: 'controller' as const, jwk: {} }],
    },
    ask: async (_contract: AskContract, request: unknown) => {
      asked.push(agentHello.request.parse(request));
      const failure = link.failures.shift();
      if (failure) throw failure;
      return link.answer;
    },
  };
  const hello = new Hello({
    link: link as never,
    identity: opened,
    settings: { config, credentialRev: 2 },
    configuration: { apply: async (given, from) => (applied.push([given, from]), { configRev: 3, credentialRev: 2 }) },
    fences,
    controllerClock,
    clock,
    logger,
  });
  return { clock, lines, hello, link, asked, applied, identity: opened, fences, controllerClock };
}

describe('Hello', () => {
  it('says who it is and takes all that it is told', async () => {
    const { clock, hello, link, asked, applied, identity, fences } = await setUp();
    hello.begin();
    await clock.advance(0);
    await hello.stop();
    expect(asked).toMatchObject([{ agentId: identity.agentId, configRev: 3, credentialRev: 2, protocol: { min: 1, max: 1 } }]);
    expect(applied).toMatchObject([[{ config, credential: null }, 'hello']]);
    expect(identity.keys.map(({ kid }) => kid)).toEqual(['controller-2']);
    expect(identity.fleetId).toBe(link.answer.fleetId);
    expect(fences.highest('fleet')).toBe(4);
  });

  it('asks again until there is an answer', async () => {
    const { clock, hello, link, asked, applied } = await setUp();
    link.failures = [new AppError('AGENT_TIMEOUT', 'nobody'), new AppError('FORBIDDEN', 'no')];
    hello.begin();
    await clock.advance(120_000);
    await hello.stop();
    expect(asked).toHaveLength(3);
    expect(applied).toHaveLength(1);
  });

  it('asks rarely when there is no common protocol', async () => {
    const { clock, hello, link, asked, lines, applied } = await setUp();
    link.answer.protocol = 99;
    hello.begin();
    await clock.advance(59_000);
    expect(asked).toHaveLength(1);
    await clock.advance(2_000);
    expect(asked).toHaveLength(2);
    expect(applied).toEqual([]);
    expect(lines.find(({ event }) => event === 'hello.failed')).toMatchObject({ error: { code: 'PROTOCOL_UNSUPPORTED' } });
    await hello.stop();
  });

  it('stops asking when the link is down', async () => {
    const { clock, hello, link, asked } = await setUp();
    link.failures = [new AppError('AGENT_OFFLINE', 'down')];
    hello.begin();
    await clock.advance(0);
    link.connected = false;
    await clock.advance(120_000);
    expect(asked).toHaveLength(1);
    await hello.stop();
  });

  it('takes the time of the controller and warns when the clocks differ', async () => {
    const { clock, hello, link, lines, controllerClock } = await setUp();
    link.answer.controllerTime = new Date(clock.now() + 7_000).toISOString();
    hello.begin();
    await clock.advance(0);
    await hello.stop();
    expect(controllerClock.now() - clock.now()).toBe(7_000);
    expect(lines.some(({ event }) => event === 'clock.skewed')).toBe(true);
  });

  it('takes nothing from an answer that comes after it was stopped', async () => {
    const { clock, hello, link, applied } = await setUp();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { ask } = link;
    link.ask = async (...given) => (await held, ask(...given));
    hello.begin();
    await clock.advance(0);
    const stopping = hello.stop();
    release();
    await stopping;
    expect(applied).toEqual([]);
  });
});
