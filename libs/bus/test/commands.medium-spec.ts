import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, configureServer, hubSubjects, listLibraries, probeServer, stopSession, uuidv7, type Library } from '@usher/contracts';
import type { CommandContext } from '@usher/bus';
import { signCommand, type CommandClaims } from '@usher/security';
import { eventually } from '@usher/testing';
import { TestFleet, TestJournal, type TestAgent } from './fleet-harness.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.start();
});
afterAll(() => fleet.close());

const stop = (vendorId = 's1') => ({ sessionVendorId: vendorId, reason: null });
const library = (name: string): Library => ({ vendorId: name.slice(0, 100), name, type: 'movies', itemCount: 1, childCount: null, folders: [] });
const profile = { kind: 'emby', machineId: 'm', name: 'n', version: '4.9', versionTested: true, platform: null, updateAvailable: null, capabilities: [], hardening: [] } as const;

describe('a command', () => {
  it('runs at its agent alone and brings the reply back', async () => {
    const ran: [string, unknown, CommandContext][] = [];
    const a = await fleet.addAgent({ dispatch: async (name, args, context) => (ran.push([name, args, context]), {}) });
    const b = await fleet.addAgent({ dispatch: async (name, args, context) => (ran.push([name, args, context]), {}) });
    await expect(fleet.bus.command(stopSession, { serverId: b.serverId }, stop())).resolves.toEqual({ outcome: 'sent' });
    expect(ran).toHaveLength(1);
    expect(ran[0]).toMatchObject(['session.stop@1', stop(), { serverId: b.serverId, agentId: b.agentId }]);
    await eventually(() => b.journal.acknowledgedIds.length === 1);
    expect(a.journal.entries.size).toBe(0);
  });

  it('brings its result in parts, each asked for before the next is made', async () => {
    const made: number[] = [];
    const agent = await fleet.addAgent({
      dispatch: async () =>
        (async function* () {
          for (let i = 0; i < 5; i++) {
            made.push(i);
            yield { libraries: [library(`l${i}`)] };
          }
        })(),
    });
    const seen: string[] = [];
    for await (const part of fleet.bus.command(listLibraries, { serverId: agent.serverId }, {})) {
      seen.push(part.libraries[0]!.name);
      // One part is held back by the agent, one is under way: no more are made ahead.
      expect(made.length).toBeLessThanOrEqual(seen.length + 2);
    }
    expect(seen).toEqual(['l0', 'l1', 'l2', 'l3', 'l4']);
  });

  it('takes an empty answer in parts, and refuses to await several', async () => {
    const empty = await fleet.addAgent({ dispatch: async () => (async function* () {})() });
    const parts: unknown[] = [];
    for await (const part of fleet.bus.command(listLibraries, { serverId: empty.serverId }, {})) parts.push(part);
    expect(parts).toEqual([]);
    await expect(fleet.bus.command(listLibraries, { serverId: empty.serverId }, {})).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    const two = await fleet.addAgent({
      dispatch: async () =>
        (async function* () {
          yield { libraries: [library('a')] };
          yield { libraries: [library('b')] };
        })(),
    });
    await expect(fleet.bus.command(listLibraries, { serverId: two.serverId }, {})).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  });

  it('tells the agent to stop when the reader leaves', async () => {
    let signal: AbortSignal | undefined;
    let made = 0;
    const agent = await fleet.addAgent({
      dispatch: async (_name, _args, context) => {
        signal = context.signal;
        return (async function* () {
          for (;;) yield { libraries: [library(`l${made++}`)] };
        })();
      },
    });
    for await (const part of fleet.bus.command(listLibraries, { serverId: agent.serverId }, {})) if (part.libraries[0]!.name === 'l2') break;
    await eventually(() => signal!.aborted);
    expect(made).toBeLessThan(8);
  });

  it("carries the agent's own error, and hides others", async () => {
    const agent = await fleet.addAgent({
      dispatch: async (_name, args) => {
        if ((args as { sessionVendorId: string }).sessionVendorId === 'known') throw new AppError('SERVER_UNREACHABLE', 'Nobody there.', { reason: 'refused' });
        throw new Error('a detail that must not leave');
      },
    });
    await expect(fleet.bus.command(stopSession, { serverId: agent.serverId }, stop('known'))).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'refused' } });
    await expect(fleet.bus.command(stopSession, { serverId: agent.serverId }, stop('other'))).rejects.toMatchObject({ code: 'INTERNAL', message: expect.not.stringContaining('detail') });
  });

  it('refuses a reply of another shape at the agent, and a part that is too large', async () => {
    const odd = await fleet.addAgent({ dispatch: async () => ({ more: 1 }) });
    await expect(fleet.bus.command(stopSession, { serverId: odd.serverId }, stop())).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    const large = await fleet.addAgent({ dispatch: async () => ({ libraries: Array.from({ length: 300 }, (_, i) => library(`${i}-${'x'.repeat(490)}`)) }) });
    await expect(fleet.bus.command(listLibraries, { serverId: large.serverId }, {})).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('fails at once with AGENT_OFFLINE when the agent is not there', async () => {
    const agent = await fleet.addAgent({}, false);
    await expect(fleet.bus.command(stopSession, { serverId: agent.serverId }, stop())).rejects.toMatchObject({ code: 'AGENT_OFFLINE' });
    await expect(fleet.bus.command(stopSession, { serverId: uuidv7() }, stop())).rejects.toMatchObject({ code: 'AGENT_OFFLINE' });
  });

  it('fails with AGENT_TIMEOUT when nobody accepts, and when it is not done in time', async () => {
    const gone = await fleet.addAgent({}, false);
    fleet.online.add(gone.serverId);
    await expect(fleet.bus.command(stopSession, { serverId: gone.serverId }, stop())).rejects.toMatchObject({ code: 'AGENT_TIMEOUT', details: { reason: 'not-accepted' } });
    const slow = await fleet.addAgent({ dispatch: () => new Promise(() => undefined) });
    await expect(fleet.bus.command(stopSession, { serverId: slow.serverId }, stop(), { timeoutMs: 300 })).rejects.toMatchObject({ code: 'AGENT_TIMEOUT', details: { reason: 'not-done' } });
  });

  it('is followed within milliseconds by presence, and refused after the agent left', async () => {
    const agent = await fleet.addAgent();
    await agent.link.stop();
    await eventually(() => !fleet.online.has(agent.serverId));
    expect(fleet.presence).toContainEqual([agent.acctPub, false]);
    await expect(fleet.bus.command(stopSession, { serverId: agent.serverId }, stop())).rejects.toMatchObject({ code: 'AGENT_OFFLINE' });
  });
});

describe('a repeated command', () => {
  it('is answered from the journal without running twice, also after a restart of the agent', async () => {
    let runs = 0;
    const dispatch = async () => (runs++, {});
    const agent = await fleet.addAgent({ dispatch });
    const commandId = uuidv7();
    await fleet.bus.command(stopSession, { serverId: agent.serverId }, stop(), { commandId });
    await fleet.bus.command(stopSession, { serverId: agent.serverId }, stop(), { commandId });
    const again = await fleet.restart(agent, { dispatch });
    await fleet.bus.command(stopSession, { serverId: again.serverId }, stop(), { commandId });
    expect(runs).toBe(1);
  });

  it('is refused when its content differs', async () => {
    const agent = await fleet.addAgent();
    const commandId = uuidv7();
    await fleet.bus.command(stopSession, { serverId: agent.serverId }, stop('one'), { commandId });
    await expect(fleet.bus.command(stopSession, { serverId: agent.serverId }, stop('two'), { commandId })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  it('of a read runs once too', async () => {
    let runs = 0;
    const agent = await fleet.addAgent({ dispatch: async () => (runs++, profile) });
    const commandId = uuidv7();
    await fleet.bus.command(probeServer, { serverId: agent.serverId }, {}, { commandId });
    await expect(fleet.bus.command(probeServer, { serverId: agent.serverId }, {}, { commandId })).resolves.toMatchObject({ version: '4.9' });
    expect(runs).toBe(1);
    expect(agent.journal.entries.size).toBe(0);
  });

  it('of which the outcome was lost in a crash is unknown, or done again where that is harmless', async () => {
    const journal = new TestJournal();
    const agent = await fleet.addAgent({ dispatch: () => new Promise(() => undefined), journal });
    const commandId = uuidv7();
    fleet.bus.command(stopSession, { serverId: agent.serverId }, stop(), { commandId, timeoutMs: 5_000 }).catch(() => undefined);
    const config = { rev: 1, readOnly: false, poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 }, ignoredDevices: [] };
    const configureId = uuidv7();
    fleet.bus.command(configureServer, { serverId: agent.serverId }, { config, credential: null }, { commandId: configureId }).catch(() => undefined);
    await eventually(() => journal.entries.size === 2);
    let runs = 0;
    // The intent is old enough: the quiet wait is over.
    journal.entries.set(configureId, { ...journal.entries.get(configureId)!, at: Date.now() - 60_000 });
    const again = await fleet.restart(agent, { dispatch: async () => (runs++, { configRev: 1, credentialRev: 0 }) });
    await expect(fleet.bus.command(stopSession, { serverId: again.serverId }, stop(), { commandId })).rejects.toMatchObject({ code: 'AGENT_TIMEOUT', details: { reason: 'outcome-unknown' } });
    expect(runs).toBe(0);
    await fleet.bus.command(configureServer, { serverId: again.serverId }, { config, credential: null }, { commandId: configureId });
    expect(runs).toBe(1);
  });
});

describe('a command that an agent must not obey', () => {
  let agent: TestAgent;
  let runs = 0;
  beforeAll(async () => {
    agent = await fleet.addAgent({ dispatch: async () => (runs++, {}), refuse: (contract) => (contract.effect === 'configure' ? new AppError('SERVER_READ_ONLY', 'Read-only.') : null) });
  });

  const claims = (): CommandClaims => {
    const iat = Math.floor(Date.now() / 1000);
    return { v: 1, id: uuidv7(), iss: 'controller', aud: agent.agentId, sid: agent.serverId, iat, exp: iat + 60, op: 'session.stop@1', args: stop(), fence: { n: 'fleet', e: 1 }, to: { service: 'controller', process: fleet.hub.processId } };
  };
  const sendText = (text: string) => fleet.hub.publish(hubSubjects.command(agent.acctPub, 'session.stop'), text);
  const send = async (given: CommandClaims) => sendText(await signCommand(fleet.ring.commandKey('controller'), given));
  const refused = (name: string, count = 1) => eventually(() => agent.link.refusals.get(name) === count);

  it('is refused with its code, and nothing runs', async () => {
    const now = Math.floor(Date.now() / 1000);
    await send({ ...claims(), iat: now - 100, exp: now - 40 });
    await refused('MESSAGE_INVALID/expired');
    await send({ ...claims(), aud: uuidv7() });
    await send({ ...claims(), sid: uuidv7() });
    await refused('MESSAGE_INVALID/audience', 2);
    await send({ ...claims(), exp: now + 4000 });
    await refused('MESSAGE_INVALID/lifetime');
    await send({ ...claims(), iat: now + 300, exp: now + 400 });
    await refused('CLOCK_SKEW');
    sendText('not a command');
    await refused('MESSAGE_INVALID/encoding');
    sendText('[1');
    await refused('MESSAGE_INVALID/encoding', 2);
    const { key } = fleet.ring.commandKey('controller');
    sendText(await signCommand({ kid: 'controller-9', issuer: 'controller', key, trusted: fleet.ring.trustedKeys()[0]! }, claims()));
    await refused('MESSAGE_INVALID/key');
    const good = await signCommand(fleet.ring.commandKey('controller'), claims());
    sendText(`${good.slice(0, -8)}AAAAAAA${good.at(-1)}`);
    await refused('MESSAGE_INVALID/signature');
    await send({ ...claims(), args: { ...stop(), more: 1 } });
    await refused('MESSAGE_INVALID/schema');
    await send({ ...claims(), op: 'session.explode@1' });
    await refused('PROTOCOL_UNSUPPORTED');
    await send({ ...claims(), op: 'user.ensure@1', args: { planSha256: 'a'.repeat(64), n: 0 } });
    await refused('FORBIDDEN/issuer');
    expect(runs).toBe(0);
  });

  it('is refused by the settings of the agent', async () => {
    const config = { rev: 1, readOnly: false, poll: {}, ignoredDevices: [] };
    await expect(fleet.bus.command(configureServer, { serverId: agent.serverId }, { config: { ...config, poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 } }, credential: null })).rejects.toMatchObject({ code: 'SERVER_READ_ONLY' });
    expect(runs).toBe(0);
  });

  it('is refused once a newer epoch was seen', async () => {
    fleet.fleetEpoch = 7;
    await fleet.bus.command(stopSession, { serverId: agent.serverId }, stop());
    expect(agent.fences.highest('fleet')).toBe(7);
    fleet.fleetEpoch = 6;
    await expect(fleet.bus.command(stopSession, { serverId: agent.serverId }, stop())).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    fleet.fleetEpoch = 7;
    // Each lease counts for itself.
    await fleet.bus.command(stopSession, { serverId: agent.serverId }, stop(), { fence: { n: 'scheduler', e: 1 } });
    expect(runs).toBe(2);
  });

  it('replayed a hundred times runs once', async () => {
    const before = runs;
    const given = { ...claims(), fence: { n: 'fleet', e: 7 } };
    const text = await signCommand(fleet.ring.commandKey('controller'), given);
    for (let i = 0; i < 100; i++) sendText(text);
    await eventually(() => agent.journal.entries.get(given.id)?.state === 'done');
    await fleet.bus.command(stopSession, { serverId: agent.serverId }, stop('after'));
    expect(runs).toBe(before + 2);
  });
});
