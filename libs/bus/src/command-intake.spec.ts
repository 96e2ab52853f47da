import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Msg } from '@nats-io/transport-node';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppError, uuidv7 } from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { KeyRing, signCommand, type CommandClaims } from '@usher/security';
import { eventually } from '@usher/testing';
import { CommandIntake, type CommandIntakeOptions } from './command-intake.js';
import { MemoryJournal } from './memory-journal.js';
import { ResultSender } from './result-sender.js';
import type { Ack } from './wire.js';

let folder: string;
let ring: KeyRing;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-intake-'));
  ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const agentId = uuidv7();
const serverId = uuidv7();
const logger = createLogger({ service: 'test', level: 'error', destination: { write: () => undefined } });
const stops: AbortController[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop.abort()));

/** An intake whose acks end up in a list, confirmed at once. */
function begin(change: Partial<CommandIntakeOptions> = {}) {
  const acks: { subject: string; ack: Ack }[] = [];
  const order: string[] = [];
  const stop = new AbortController();
  stops.push(stop);
  const request = async (subject: string, payload: string) => {
    const ack = JSON.parse(payload) as Ack;
    acks.push({ subject, ack });
    order.push(ack.status);
    return { data: new TextEncoder().encode('{"ok":true}') } as Msg;
  };
  const journal = new MemoryJournal();
  const options: CommandIntakeOptions = {
    serverId,
    agentId,
    trustedKeys: () => ring.trustedKeys(),
    journal: {
      find: (id) => journal.find(id),
      intent: async (...intent) => (order.push('intent'), journal.intent(...intent)),
      done: async (...done) => (order.push('done'), journal.done(...done)),
      acknowledged: async () => void order.push('acknowledged'),
    },
    fences: { highest: () => 0, raise: async () => void order.push('fence') },
    dispatch: async () => (order.push('run'), {}),
    logger,
    ...change,
  };
  const intake = new CommandIntake(options, new ResultSender({ serverId, now: Date.now, signal: stop.signal, request }), stop.signal);
  const send = async (given: Partial<CommandClaims> = {}) => {
    const iat = Math.floor(Date.now() / 1000);
    const claims: CommandClaims = {
      v: 1,
      id: uuidv7(),
      iss: 'controller',
      aud: agentId,
      sid: serverId,
      iat,
      exp: iat + 60,
      op: 'session.stop@1',
      args: { sessionVendorId: 's', reason: null },
      fence: { n: 'fleet', e: 1 },
      to: { service: 'controller', process: 'p1' },
      ...given,
    };
    await intake.receive(await signCommand(ring.commandKey(claims.iss), claims), 'c');
    return claims;
  };
  return { intake, send, acks, order, journal, stop };
}

const failures = (acks: { ack: Ack }[]) => acks.flatMap(({ ack }) => (ack.status === 'failed' ? [ack.error.code] : []));

describe('CommandIntake', () => {
  it('keeps the order: fence, intent on disk, run, outcome on disk, answer, acknowledged', async () => {
    const { send, order } = begin();
    await send();
    await eventually(() => order.includes('acknowledged'));
    expect(order.filter((step) => step !== 'accepted')).toEqual(['fence', 'intent', 'run', 'done', 'part', 'acknowledged']);
    expect(order.indexOf('accepted')).toBeGreaterThan(order.indexOf('intent'));
  });

  it('does not run what it could not write down', async () => {
    const { send, order, acks } = begin({
      journal: { find: async () => null, intent: async () => Promise.reject(new Error('disk full')), done: async () => undefined, acknowledged: async () => undefined },
    });
    await send();
    await eventually(() => failures(acks).length === 1);
    expect(failures(acks)).toEqual(['INTERNAL']);
    expect(order).not.toContain('run');
  });

  it('answers SERVER_BUSY when too many run', async () => {
    const { send, acks } = begin({ dispatch: () => new Promise(() => undefined) });
    for (let i = 0; i < 33; i++) await send();
    await eventually(() => failures(acks).length === 1);
    expect(failures(acks)).toEqual(['SERVER_BUSY']);
  });

  it('drops and counts what comes faster than it can be checked', async () => {
    const { intake, order } = begin();
    await Promise.all(Array.from({ length: 300 }, () => intake.receive('garbage', 'c')));
    expect(intake.refusals.get('SERVER_BUSY/intake')).toBe(44);
    expect(intake.refusals.get('MESSAGE_INVALID/encoding')).toBe(256);
    expect(order).toEqual([]);
  });

  it('tells every process that sent a copy while it ran', async () => {
    let release: (value: object) => void = () => undefined;
    const { send, acks, intake } = begin({ dispatch: () => new Promise((resolve) => (release = resolve)) });
    const first = await send();
    await send({ id: first.id, to: { service: 'controller', process: 'p2' } });
    await send({ id: first.id });
    await send({ id: first.id, args: { sessionVendorId: 'other', reason: null } });
    expect(intake.refusals.get('IDEMPOTENCY_CONFLICT/command-id')).toBe(1);
    release({});
    await eventually(() => acks.filter(({ ack }) => ack.status === 'part').length === 2);
    expect(acks.filter(({ ack }) => ack.status === 'part').map(({ subject }) => subject.split('.').at(-2))).toEqual(['p1', 'p2']);
  });

  it('leaves the outcome open when it is stopped in the middle', async () => {
    const { send, journal, stop, order } = begin({
      dispatch: (_name, _args, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    });
    const { id } = await send();
    stop.abort();
    await new Promise(setImmediate);
    await expect(journal.find(id)).resolves.toMatchObject({ state: 'intent' });
    expect(order).not.toContain('done');
  });

  it('waits after a crash until a write of before can no longer land', async () => {
    const { send, journal, order } = begin();
    const id = uuidv7();
    const args = { config: { rev: 1, readOnly: false, poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 }, ignoredDevices: [] }, credential: null };
    // Another copy of the process wrote the intent just now: the wait is the contract's 5 s and one more.
    await send({ id, op: 'server.configure@1', args });
    await eventually(() => order.includes('done'));
    const sha = (await journal.find(id))!.argsSha256;
    const second = begin();
    await second.journal.intent(id, sha, 'server.configure@1');
    await second.send({ id, op: 'server.configure@1', args });
    await new Promise(setImmediate);
    expect(second.order).toContain('accepted');
    expect(second.order).not.toContain('run');
  });
});

describe('a command that needs a ticket', () => {
  const remove = { iss: 'migration', op: 'created.remove@1', args: { planSha256: 'a'.repeat(64), n: 3 }, fence: { n: 'run:r', e: 2 }, to: { service: 'migration', process: 'p1' } } as const;
  const removed = { removed: true, reason: null };

  it('is refused without one, and where nobody checks it', async () => {
    const unguarded = begin();
    await unguarded.send(remove);
    await unguarded.send({ ...remove, ticket: 't', approvals: ['a'] });
    expect([...unguarded.intake.refusals]).toEqual([['TICKET_INVALID/missing', 1], ['TICKET_INVALID/not-checked', 1]]);
    const guarded = begin({ guard: async () => undefined });
    await guarded.send(remove);
    await eventually(() => failures([...unguarded.acks, ...guarded.acks]).length === 3);
    expect(failures([...unguarded.acks, ...guarded.acks])).toEqual(['TICKET_INVALID', 'TICKET_INVALID', 'TICKET_INVALID']);
    expect([...unguarded.order, ...guarded.order]).not.toContain('intent');
  });

  it('has it checked after the fence and before the intent, with what was signed beside it', async () => {
    const guarded: unknown[] = [];
    const { send, order } = begin({ guard: async (claims, contract, args) => void guarded.push(claims.ticket, claims.approvals, contract.name, args, order.push('guard')), dispatch: async () => (order.push('run'), removed) });
    await send({ ...remove, ticket: 't', approvals: ['a', 'b'] });
    await eventually(() => order.includes('acknowledged'));
    expect(guarded.slice(0, 4)).toEqual(['t', ['a', 'b'], 'created.remove', remove.args]);
    expect(order.filter((step) => step !== 'accepted')).toEqual(['fence', 'guard', 'intent', 'run', 'done', 'part', 'acknowledged']);
  });

  it('leaves nothing behind when it is refused, and may come again with a better one', async () => {
    let allow = false;
    const { send, acks, order, journal } = begin({
      guard: async () => {
        if (!allow) throw new AppError('TICKET_EXPIRED', 'Too late.');
      },
      dispatch: async () => removed,
    });
    const { id } = await send({ ...remove, ticket: 'old' });
    await eventually(() => failures(acks).length === 1);
    expect(failures(acks)).toEqual(['TICKET_EXPIRED']);
    await expect(journal.find(id)).resolves.toBeNull();
    allow = true;
    await send({ ...remove, id, ticket: 'new' });
    await eventually(() => order.includes('acknowledged'));
  });

  it('is answered by the journal without another check, and checked again when it is done again', async () => {
    let checks = 0;
    const first = begin({ guard: async () => void checks++, dispatch: async () => removed });
    const { id } = await first.send({ ...remove, ticket: 't' });
    await eventually(() => first.order.includes('acknowledged'));
    await first.send({ ...remove, id, ticket: 't' });
    await eventually(() => first.order.filter((step) => step === 'acknowledged').length === 2);
    expect(checks).toBe(1);
    const second = begin({ guard: async () => void checks++, dispatch: async () => removed });
    await second.journal.intent(id, (await first.journal.find(id))!.argsSha256, remove.op);
    await second.send({ ...remove, id, ticket: 't' });
    expect(checks).toBe(2);
    expect(second.order).not.toContain('run');
  });

  it('that finds out by itself what was done does not wait after a crash', async () => {
    const apply = { ...remove, op: 'watch-state.apply@1', args: { planSha256: 'a'.repeat(64), rows: [{ n: 1, to: null }], atOnce: 1, maxPerSecond: null } };
    const reply = { rows: [{ n: 1, outcome: 'same', now: null, code: null }], streams: 0, requests: 1, tookMs: 1 };
    const first = begin({ guard: async () => undefined, dispatch: async () => reply });
    const { id } = await first.send({ ...apply, ticket: 't' });
    await eventually(() => first.order.includes('acknowledged'));
    const second = begin({ guard: async () => undefined, dispatch: async () => (second.order.push('run'), reply) });
    await second.journal.intent(id, (await first.journal.find(id))!.argsSha256, apply.op);
    await second.send({ ...apply, id, ticket: 't' });
    await eventually(() => second.order.includes('acknowledged'));
    expect(second.order).toContain('run');
  });
});

describe('MemoryJournal', () => {
  it('keeps the latest outcomes, and ids for longer', async () => {
    const journal = new MemoryJournal();
    for (let i = 0; i < 40; i++) {
      await journal.intent(`id-${i}`, 'sha', 'library.list@1');
      await journal.done(`id-${i}`, { ok: true, parts: [i] });
    }
    await expect(journal.find('id-0')).resolves.toMatchObject({ state: 'done', outcome: undefined });
    await expect(journal.find('id-39')).resolves.toMatchObject({ outcome: { ok: true, parts: [39] } });
    await expect(journal.find('other')).resolves.toBeNull();
    await journal.done('other', { ok: true, parts: [] });
    await expect(journal.find('other')).resolves.toBeNull();
  });
});

describe('ResultSender', () => {
  it('repeats an ack until it is confirmed, and gives up at the end of its time', async () => {
    let tries = 0;
    const stop = new AbortController();
    const sender = new ResultSender({
      serverId,
      now: Date.now,
      signal: stop.signal,
      request: async () => {
        if (++tries < 3) throw new Error('timeout');
        return { data: new TextEncoder().encode('{"ok":true,"stop":true}') } as Msg;
      },
    });
    await expect(sender.send({ service: 'controller', process: 'p' }, uuidv7(), { status: 'accepted' }, Date.now() + 10_000)).resolves.toEqual({ ok: true, stop: true });
    expect(tries).toBe(3);
    await expect(sender.send({ service: 'controller', process: 'p' }, uuidv7(), { status: 'accepted' }, Date.now() - 1)).resolves.toBeNull();
    stop.abort();
    await expect(sender.send({ service: 'controller', process: 'p' }, uuidv7(), { status: 'accepted' }, Date.now() + 10_000)).resolves.toBeNull();
  });
});
