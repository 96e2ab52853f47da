import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, applyWatchStates, ensureUser, removeCreated, uuidv7, type CommandContract, type PlanRow } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { KeyRing, runFence, sha256Hex } from '@usher/security';
import { makePlan, stateRow, type MadePlan } from '../../test/plans.js';
import { recordingLogger, tempFolder } from '../../test/support.js';
import { TicketOffice } from '../../test/tickets.js';
import { HeldPlans } from './held-plans.js';
import { PlanHolding } from './plan-holding.service.js';
import { Revocations } from './revocations.js';
import { TicketGuard } from './ticket.guard.js';
import { UsedTickets } from './used-tickets.js';

let ring: KeyRing;
beforeAll(async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-guard-'));
  ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
  await rm(folder, { recursive: true });
});
const opened: UsedTickets[] = [];
afterEach(() => Promise.all(opened.splice(0).map((used) => used.close())));

const serverId = uuidv7();
const agentId = uuidv7();
const jkt = 'k'.repeat(43);
const rows: PlanRow[] = [{ n: 0, u: 0, op: 'user.ensure', name: 'Ada' }, ...Array.from({ length: 9 }, (_, i) => stateRow(i + 1, `film-${i + 1}`))];

async function setUp(plan: MadePlan = makePlan(serverId, rows), isHeld = true) {
  const folder = await tempFolder();
  const clock = new ManualClock();
  const { logger } = recordingLogger();
  const plans = await HeldPlans.open(path.join(folder, 'plans'), clock, logger);
  const used = await UsedTickets.open(path.join(folder, 'used.ndjson'), clock, logger);
  opened.push(used);
  const revocations = await Revocations.open(path.join(folder, 'revocations.json'));
  const fences = new Map<string, number>();
  const world = { fleetId: ring.fleetId as string | null, offsetMs: 0, forbidden: null as AppError | null };
  const guard = new TicketGuard({
    identity: { agentId, serverId, keys: ring.trustedKeys(), get fleetId() { return world.fleetId; } },
    jkt,
    plans,
    used,
    revocations,
    fences: { highest: (name) => fences.get(name) ?? 0 },
    controllerClock: { now: () => clock.now() + world.offsetMs, get offsetMs() { return world.offsetMs; } },
    forbidden: () => world.forbidden,
  });
  if (isHeld) {
    await plans.hold(plan.sha256, null, plan.headerBytes, serverId);
    for (const [n, chunk] of plan.chunks.entries()) await plans.hold(plan.sha256, n, chunk, serverId);
  }
  const office = new TicketOffice(ring, plan, { agentId, serverId, jkt }, () => clock.now());
  const holding = new PlanHolding({ serverId, keys: { openPlanPiece: async (sealed) => Buffer.from(sealed, 'base64') }, plans, revocations, guard, now: () => clock.now(), logger });
  const apply = (numbers: readonly number[]) => ({ planSha256: plan.sha256, rows: numbers.map((n) => ({ n, to: null })), atOnce: 1, maxPerSecond: null });
  /** The code that a command is refused with, or `passed`. */
  const check = async (args: unknown = apply([1, 2]), given: Parameters<TicketOffice['leave']>[1] = {}, contract: CommandContract = applyWatchStates) => {
    const claims = await office.claims(contract, args, given);
    return guard.check(claims, contract, args).then(() => 'passed', ({ code, details }: AppError) => (details['reason'] === undefined ? code : `${code}/${String(details['reason'])}`));
  };
  return { guard, office, plans, plan, revocations, holding, fences, world, clock, apply, check };
}

describe('TicketGuard', () => {
  it('lets a command pass once, and gives its leave to it alone', async () => {
    const { guard, office, apply, plan } = await setUp();
    const claims = await office.claims(applyWatchStates, apply([3, 1]));
    await guard.check(claims, applyWatchStates, apply([3, 1]));
    await expect(guard.with(uuidv7(), async () => undefined)).rejects.toMatchObject({ code: 'TICKET_INVALID', details: { reason: 'not-checked' } });
    const leave = await guard.with(claims.id, async (grant) => ({ rows: grant.rows, refusal: grant.refusal(), plan: grant.planSha256, maxWrites: grant.maxWrites }));
    expect(leave).toEqual({ rows: [rows[3], rows[1]], refusal: null, plan: plan.sha256, maxWrites: 10_000 });
    await expect(guard.with(claims.id, async () => undefined)).rejects.toMatchObject({ details: { reason: 'not-checked' } });
  });

  it('takes the same ticket again for the same command, and for no other', async () => {
    const { guard, office, apply, check } = await setUp();
    const jti = uuidv7();
    const claims = await office.claims(applyWatchStates, apply([1]), { ticket: { jti } });
    for (let i = 0; i < 2; i++) await guard.check(claims, applyWatchStates, apply([1]));
    expect(await check(apply([1]), { ticket: { jti } })).toBe('TICKET_REUSED');
  });

  it('refuses rows that the plan gives to another kind of command, or does not have', async () => {
    const { check, apply, plan } = await setUp();
    expect(await check({ planSha256: plan.sha256, n: 0 }, {}, ensureUser)).toBe('passed');
    expect(await check({ planSha256: plan.sha256, n: 1 }, {}, ensureUser)).toBe('TICKET_INVALID/scope');
    expect(await check({ planSha256: plan.sha256, n: 1 }, {}, removeCreated)).toBe('TICKET_INVALID/scope');
    expect(await check(apply([0, 1]))).toBe('TICKET_INVALID/scope');
    expect(await check(apply([10]))).toBe('TICKET_INVALID/rows');
    expect(await check(apply([1, 2]), { ticket: { rows: [1, 1] } })).toBe('TICKET_INVALID/rows');
  });

  it('asks for a plan that it does not hold, with nothing used up', async () => {
    const { guard, office, apply, plan, plans } = await setUp(undefined, false);
    const claims = await office.claims(applyWatchStates, apply([1]));
    await expect(guard.check(claims, applyWatchStates, apply([1]))).rejects.toMatchObject({ code: 'NOT_FOUND', details: { reason: 'plan-not-held' } });
    await plans.hold(plan.sha256, null, plan.headerBytes, serverId);
    await expect(guard.check(claims, applyWatchStates, apply([1]))).rejects.toMatchObject({ details: { reason: 'plan-not-held' } });
    await plans.hold(plan.sha256, 0, plan.chunks[0]!, serverId);
    await expect(guard.check(claims, applyWatchStates, apply([1]))).resolves.toBeUndefined();
  });

  it('compares approvals and ticket with the plan itself', async () => {
    const two = makePlan(serverId, rows, { options: { overwrite: 'additive', playCounts: 'max', minTier: 'C', maxConnections: 8, driftLimitPercent: 5, approvalsRequired: 2 } });
    const { check, apply, office } = await setUp(two);
    expect(await check()).toBe('TICKET_INVALID/approval');
    expect(await check(apply([1]), { approval: { required: 2 } })).toBe('TICKET_INVALID/approval');
    expect(await check(apply([1]), { approvals: [await office.approval({ required: 2 }), await office.approval({ required: 2 })] })).toBe('passed');
    expect(await check(apply([1]), { approvals: [await office.approval({ required: 2, planId: uuidv7() }), await office.approval({ required: 2 })] })).toBe('TICKET_INVALID/approval');
    const one = await setUp();
    const initiator = uuidv7();
    const approval = await one.office.approval({ initiator });
    expect(await one.check(one.apply([1]), { approvals: [approval], ticket: { act: { initiator, approvers: [JSON.parse(Buffer.from(approval.split('.')[1]!, 'base64url').toString()).approver as string] } } })).toBe('TICKET_INVALID/plan');
    const peer = uuidv7();
    expect(await one.check(one.apply([1]), { approval: { peer }, ticket: { peer } })).toBe('TICKET_INVALID/plan');
  });

  it('stops at the number of rows that people allowed', async () => {
    const { check, apply, plans, plan, clock } = await setUp();
    await (await plans.ledger(plan.sha256)).begin([1, 2, 3], clock.now());
    for (const limit of [{ approval: { maxWrites: 3 } }, { ticket: { maxWrites: 3 } }]) {
      expect(await check(apply([4]), limit)).toBe('TICKET_INVALID/limit');
      expect(await check(apply([2, 4]), limit)).toBe('passed');
    }
    const small = await setUp(makePlan(serverId, rows, { limits: { maxWrites: 0, maxFailures: 1 } }));
    expect(await small.check()).toBe('TICKET_INVALID/limit');
  });

  it('takes no ticket while it does not know the time or the fleet', async () => {
    const { check, world } = await setUp();
    world.offsetMs = 61_000;
    expect(await check()).toBe('CLOCK_SKEW');
    world.offsetMs = -61_000;
    expect(await check()).toBe('CLOCK_SKEW');
    world.offsetMs = 29_000;
    expect(await check()).toBe('passed');
    world.offsetMs = -29_000;
    expect(await check()).toBe('passed');
    world.offsetMs = 0;
    world.fleetId = null;
    expect(await check()).toBe('TICKET_INVALID/issuer');
    world.fleetId = uuidv7();
    expect(await check()).toBe('TICKET_INVALID/issuer');
  });

  it('refuses what was revoked: everything, one approval, one run', async () => {
    const { check, apply, holding, office, plan, clock } = await setUp();
    const [first, second] = [await office.approval(), await office.approval()];
    await holding.revoke({ planSha256: plan.sha256, approvalSha256: sha256Hex(first), runId: null });
    expect(await check(apply([1]), { approvals: [first] })).toBe('TICKET_REVOKED');
    expect(await check(apply([1]), { approvals: [second] })).toBe('passed');
    await holding.revoke({ planSha256: plan.sha256, approvalSha256: null, runId: null });
    expect(await check(apply([1]), { approvals: [second] })).toBe('TICKET_REVOKED');
    await clock.advance(5_000);
    expect(await check(apply([1]))).toBe('passed');
    await holding.revoke({ planSha256: plan.sha256, approvalSha256: null, runId: office.runId });
    await clock.advance(5_000);
    expect(await check(apply([1]))).toBe('TICKET_REVOKED');
  });

  it('wakes a command that is under way, and says why it is over', async () => {
    const over: [string, (it: Awaited<ReturnType<typeof setUp>>) => unknown][] = [
      ['TICKET_REVOKED', ({ holding, plan }) => holding.revoke({ planSha256: plan.sha256, approvalSha256: null, runId: null })],
      ['STALE_EPOCH', ({ fences, office }) => fences.set(runFence(office.runId), 2)],
      ['TICKET_EXPIRED', ({ clock }) => clock.advance(931_000)],
      ['SERVER_READ_ONLY', ({ world }) => (world.forbidden = new AppError('SERVER_READ_ONLY', 'no'))],
    ];
    for (const [code, end] of over) {
      const it = await setUp();
      const claims = await it.office.claims(applyWatchStates, it.apply([1]));
      await it.guard.check(claims, applyWatchStates, it.apply([1]));
      await it.guard.with(claims.id, async (grant) => {
        expect(grant.refusal()).toBeNull();
        await end(it);
        it.guard.recheck();
        expect(grant.refusal()).toMatchObject({ code });
        expect(grant.signal.reason).toMatchObject({ code });
      });
    }
    const short = await setUp();
    const claims = await short.office.claims(applyWatchStates, short.apply([1]), { approval: { exp: Math.floor(short.clock.now() / 1000) + 899, nbf: Math.floor(short.clock.now() / 1000) - 1 } });
    await short.guard.check(claims, applyWatchStates, short.apply([1]));
    await short.guard.with(claims.id, async (grant) => {
      await short.clock.advance(929_500);
      expect(grant.refusal()).toMatchObject({ code: 'APPROVAL_EXPIRED' });
    });
  });
});
