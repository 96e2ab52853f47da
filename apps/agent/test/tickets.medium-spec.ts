import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, applyPolicy, applyWatchStates, configureServer, ensureUser, holdPlan, listWatchStates, readWatchStates, releasePlan, removeCreated, revokeTickets, uuidv7, type CommandContract, type PlanRow } from '@usher/contracts';
import type { InMemoryMediaServer } from '@usher/media-server';
import { runFence, sealPlanPiece, sha256Hex, ticketIssuer, type ApprovalClaims, type TicketClaims } from '@usher/security';
import { eventually } from '@usher/testing';
import { TestFleet } from './fleet-harness.js';
import { MigrationTarget } from './migration-bench.js';
import { stateRow } from './plans.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.start(await mkdtemp(path.join(os.tmpdir(), 'usher-tickets-')));
});
afterAll(() => fleet?.close());

const rows: PlanRow[] = [{ n: 0, u: 0, op: 'user.ensure', name: 'Grace' }, { n: 1, u: 0, op: 'policy.apply', from: null, to: { downloads: false }, loss: [] }, ...Array.from({ length: 8 }, (_, i) => stateRow(i + 2, `film-${i}`))];

/** Everything that is asked of the vendor for accounts and states. */
function countCalls(vendor: InMemoryMediaServer): { calls: number } {
  const counted = { calls: 0 };
  for (const room of [vendor.users, vendor.watchStates] as unknown as Record<string, (...args: never[]) => unknown>[]) {
    for (const [name, call] of Object.entries(room)) room[name] = (...args) => (counted.calls++, call(...args));
  }
  return counted;
}

function refusalOf(error: unknown): string {
  const { code, details } = error as AppError;
  return details['reason'] === undefined ? code : `${code}/${String(details['reason'])}`;
}

describe('a ticket that does not hold', () => {
  let target: MigrationTarget & { vendor: InMemoryMediaServer };
  let counted: { calls: number };
  beforeAll(async () => {
    target = await MigrationTarget.inMemory(fleet, rows);
    await target.hold();
    counted = countCalls(target.vendor);
  });

  const nowS = Math.floor(Date.now() / 1000);
  const tickets: [string, string, Partial<TicketClaims>][] = [
    ['expired', 'TICKET_EXPIRED', { iat: nowS - 800, nbf: nowS - 800, exp: nowS - 60 }],
    ['not valid yet', 'TICKET_INVALID/not-yet-valid', { nbf: nowS + 600 }],
    ['for another agent', 'TICKET_INVALID/audience', { aud: uuidv7() }],
    ['of another fleet', 'TICKET_INVALID/issuer', { iss: ticketIssuer(uuidv7()) }],
    ['for another key', 'TICKET_INVALID/key', { cnf: { jkt: 'x'.repeat(43) } }],
    ['for another server', 'TICKET_INVALID/scope', { server: uuidv7() }],
    ['for another operation', 'TICKET_INVALID/scope', { ops: ['policy.apply@1'] }],
    ['for another command', 'TICKET_INVALID/scope', { command: uuidv7() }],
    ['for other rows', 'TICKET_INVALID/rows', { rows: [4, 9] }],
    ['for another plan', 'TICKET_INVALID/plan', { plan_sha256: sha256Hex('other') }],
    ['of another run', 'TICKET_INVALID/epoch', { sub: uuidv7() }],
    ['of another epoch', 'TICKET_INVALID/epoch', { epoch: 9 }],
    ['without any write left', 'TICKET_INVALID/limit', { maxWrites: 0 }],
  ];
  const approvals: [string, string, Partial<ApprovalClaims>][] = [
    ['of another plan', 'TICKET_INVALID/approval', { planSha256: sha256Hex('other') }],
    ['for another target', 'TICKET_INVALID/approval', { server: uuidv7() }],
    ['that needs a second person', 'TICKET_INVALID/approval', { required: 2 }],
    ['that is over', 'APPROVAL_EXPIRED', { iat: nowS - 4_000, nbf: nowS - 4_000, exp: nowS - 60 }],
    ['that begins tomorrow', 'TICKET_INVALID/not-yet-valid', { nbf: nowS + 86_400, exp: nowS + 90_000 }],
  ];
  it.each([...tickets.map(([name, code, ticket]) => [`ticket ${name}`, code, { ticket }] as const), ...approvals.map(([name, code, approval]) => [`approval ${name}`, code, { approval }] as const)])('(%s) is refused with %s', async (_name, code, given) => {
    const leave = await target.office.leave(applyWatchStates, given);
    await expect(target.apply([2, 3], { leave }).catch(refusalOf)).resolves.toBe(code);
    expect([counted.calls, target.vendor.accounts.writes]).toEqual([0, []]);
  });

  it('is refused by every command that needs one: none at all, and one for something else', async () => {
    const named: [CommandContract, object][] = [[ensureUser, { n: 0 }], [applyPolicy, { n: 1 }], [removeCreated, { n: 0 }], [applyWatchStates, { rows: [{ n: 2, to: null }], atOnce: 1, maxPerSecond: null }]];
    for (const [contract, args] of named) {
      const request = { planSha256: target.plan.sha256, ...args };
      const send = (options: object) => fleet.migration.command(contract, { serverId: target.serverId }, request, options).then(() => 'done', refusalOf);
      const { ticket, approvals: signed, fence, commandId } = await target.office.leave(contract === ensureUser ? applyPolicy : ensureUser);
      expect(await send({ fence })).toBe('TICKET_INVALID/missing');
      expect(await send({ fence, commandId, ticket, approvals: signed })).toBe('TICKET_INVALID/scope');
      expect(await send({ fence, commandId: uuidv7(), ticket: 'garbage', approvals: signed })).toBe('TICKET_INVALID/signature');
    }
    expect(counted.calls).toBe(0);
  });

  it('is refused when it was used, revoked, or signed before the agent could remember', async () => {
    const other = await MigrationTarget.inMemory(fleet, rows);
    await other.hold();
    const jti = uuidv7();
    await other.apply([2], { leave: await other.office.leave(applyWatchStates, { ticket: { jti } }) });
    await expect(other.apply([3], { leave: await other.office.leave(applyWatchStates, { ticket: { jti } }) })).rejects.toMatchObject({ code: 'TICKET_REUSED' });
    await fleet.migration.command(revokeTickets, { serverId: other.serverId }, { planSha256: other.plan.sha256, approvalSha256: null, runId: other.office.runId });
    await expect(other.apply([3])).rejects.toMatchObject({ code: 'TICKET_REVOKED' });
    expect(other.vendor.accounts.writes).toHaveLength(1);

    const early = await MigrationTarget.inMemory(fleet, rows);
    await early.hold();
    const leave = await early.office.leave(applyWatchStates, { ticket: { iat: nowS - 300, nbf: nowS - 300, exp: nowS + 500 } });
    await fleet.stopHost();
    await rm(path.join(fleet.dataDir, 'agents', early.serverId, 'used-tickets.ndjson'));
    const { agentId } = fleet.controller.agents.get(early.serverId)!;
    const hellos = () => fleet.controller.hellos.filter((hello) => hello.agentId === agentId).length;
    const before = hellos();
    await fleet.startHost();
    await eventually(() => hellos() > before);
    await expect(early.apply([2], { leave }).catch(refusalOf)).resolves.toBe('TICKET_INVALID/predates-agent');
    expect(early.vendor.accounts.writes).toEqual([]);
  });

  it('does not help the controller, whose orders of this kind the broker carries to nobody', async () => {
    const leave = await target.office.leave(ensureUser);
    const stopped = () => fleet.log.lines.filter(({ event, error }) => event === 'bus.failed' && String((error as Error | undefined)?.message).includes('user.ensure')).length;
    const before = stopped();
    fleet.bus.command(ensureUser, { serverId: target.serverId }, { planSha256: target.plan.sha256, n: 0 }, leave).catch(() => undefined);
    await eventually(() => stopped() > before);
    expect(counted.calls).toBe(0);
  });
});

describe('a read-only server', () => {
  it('refuses what a ticket allows, also when it becomes so in the middle', async () => {
    const target = await MigrationTarget.inMemory(fleet, Array.from({ length: 60 }, (_, n) => stateRow(n, `film-${n}`)));
    await target.hold();
    const config = { ...fleet.controller.configs.get(target.serverId)!, rev: 2, readOnly: true };
    const running = target.apply(target.plan.rows.map(({ n }) => n), { maxPerSecond: 20 });
    await eventually(() => target.vendor.accounts.writes.length > 0);
    fleet.controller.configs.set(target.serverId, config);
    await fleet.bus.command(configureServer, { serverId: target.serverId }, { config, credential: null });
    const written = target.vendor.accounts.writes.length;
    expect((await running).filter(({ code }) => code === 'SERVER_READ_ONLY').length).toBeGreaterThanOrEqual(59 - written);
    expect(target.vendor.accounts.writes.length).toBeLessThanOrEqual(written + 1);
    await expect(target.apply([59])).rejects.toMatchObject({ code: 'SERVER_READ_ONLY' });
  });
});

describe('a held plan', () => {
  it('is asked for when it is not there, and asked for again after it was released', async () => {
    const target = await MigrationTarget.inMemory(fleet, rows);
    const leave = await target.office.leave(applyWatchStates);
    await expect(target.apply([2], { leave })).rejects.toMatchObject({ code: 'NOT_FOUND', details: { reason: 'plan-not-held' } });
    await target.hold();
    await expect(target.apply([2], { leave })).resolves.toMatchObject([{ outcome: 'written' }]);
    await fleet.migration.command(releasePlan, { serverId: target.serverId }, { planSha256: target.plan.sha256 });
    await expect(target.apply([3])).rejects.toMatchObject({ details: { reason: 'plan-not-held' } });
  });

  it('is refused when it is changed, cut, of another agent, or sealed to another', async () => {
    const [target, other] = [await MigrationTarget.inMemory(fleet, rows), await MigrationTarget.inMemory(fleet, rows)];
    const { boxPub } = fleet.controller.agents.get(target.serverId)!;
    const send = (planSha256: string, chunk: number | null, sealed: string) =>
      fleet.migration.command(holdPlan, { serverId: target.serverId }, { planSha256, chunk, sealed }).then(() => 'held', refusalOf);
    const header = await sealPlanPiece(boxPub, target.plan.headerBytes);
    expect(await send(other.plan.sha256, null, header)).toBe('MESSAGE_INVALID/plan');
    expect(await send(other.plan.sha256, null, await sealPlanPiece(boxPub, other.plan.headerBytes))).toBe('MESSAGE_INVALID/plan');
    expect(await send(target.plan.sha256, null, await sealPlanPiece(fleet.controller.agents.get(other.serverId)!.boxPub, target.plan.headerBytes))).toBe('MESSAGE_INVALID/sealed');
    expect(await send(target.plan.sha256, 0, await sealPlanPiece(boxPub, target.plan.chunks[0]!))).toBe('NOT_FOUND/plan-not-held');
    expect(await send(target.plan.sha256, null, header)).toBe('held');
    expect(await send(target.plan.sha256, 0, await sealPlanPiece(boxPub, target.plan.chunks[0]!.subarray(0, -1)))).toBe('MESSAGE_INVALID/plan');
    expect(await send(target.plan.sha256, 1, await sealPlanPiece(boxPub, target.plan.chunks[0]!))).toBe('MESSAGE_INVALID/plan');
    for (let i = 0; i < 2; i++) expect(await send(target.plan.sha256, 0, await sealPlanPiece(boxPub, target.plan.chunks[0]!))).toBe('held');
  });
});

describe('reading', () => {
  it('needs no ticket, and brings whole pages', async () => {
    const target = await MigrationTarget.inMemory(fleet, rows);
    for (let i = 0; i < 8; i++) target.vendor.accounts.setState('user-1', `film-${i}`, { played: true, playCount: i + 1 });
    const listed = await fleet.migration.command(listWatchStates, { serverId: target.serverId }, { userVendorId: 'user-1', page: null });
    expect([listed.states.length, listed.next, listed.streams]).toEqual([8, null, 0]);
    const read = await fleet.migration.command(readWatchStates, { serverId: target.serverId }, { userVendorId: 'user-1', itemVendorIds: ['film-1', 'gone'] });
    expect(read.states).toMatchObject([{ itemVendorId: 'film-1', playCount: 2 }]);
  });
});

describe('a successor of a run', () => {
  it('ends the batch of the one before, and the one before is not heard again', async () => {
    const target = await MigrationTarget.inMemory(fleet, Array.from({ length: 60 }, (_, n) => stateRow(n, `film-${n}`)));
    await target.hold();
    const old = await target.office.leave(applyWatchStates);
    const running = target.apply(target.plan.rows.slice(0, 50).map(({ n }) => n), { maxPerSecond: 20 });
    await eventually(() => target.vendor.accounts.writes.length > 0);
    target.office.epoch = 2;
    const next = target.apply([55]);
    expect((await running).at(-1)).toMatchObject({ outcome: 'refused', code: 'STALE_EPOCH' });
    await expect(next).resolves.toMatchObject([{ outcome: 'written' }]);
    expect(old.fence).toEqual({ n: runFence(target.office.runId), e: 1 });
    await expect(target.apply([56], { leave: old })).rejects.toMatchObject({ code: 'STALE_EPOCH' });
  });
});
