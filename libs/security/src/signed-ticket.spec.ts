import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { uuidv7 } from '@usher/contracts';
import { CompactSign, type JWK } from 'jose';
import { AgentKeys } from './agent-keys.js';
import { KeyRing } from './key-ring.js';
import { sha256Hex } from './plan-hash.js';
import { signApproval, type ApprovalClaims } from './signed-approval.js';
import { keyThumbprint, runFence, signTicket, ticketIssuer, verifyTicket, type TicketClaims, type TicketExpectation } from './signed-ticket.js';

let folder: string;
let ring: KeyRing;
let stranger: KeyRing;
let jkt: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-ticket-'));
  ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
  stranger = await KeyRing.loadOrCreate(path.join(folder, 'other.json'));
  jkt = await keyThumbprint((await AgentKeys.loadOrCreate(folder)).sigPub);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const [agentId, serverId, peer, runId, planId, commandId, ada, bob, cleo] = Array.from({ length: 9 }, uuidv7) as [string, string, string, string, string, string, string, string, string];
const now = 1_800_000_000_000;
const nowS = now / 1000;
const planSha256 = sha256Hex('a plan');
const op = 'watch-state.apply@1';

const approvalOf = (change: Partial<ApprovalClaims> = {}, signer = ring.commandKey('controller')) =>
  signApproval(signer, { v: 1, planId, planSha256, server: serverId, peer, initiator: ada, approver: bob, approverName: 'Bob', required: 1, iat: nowS - 60, nbf: nowS - 60, exp: nowS + 3_540, maxWrites: 500, ...change });

function claimsOf(approvals: readonly string[], change: Partial<Record<keyof TicketClaims, unknown>> = {}): TicketClaims {
  return {
    iss: ticketIssuer(ring.fleetId), sub: runId, aud: agentId, jti: uuidv7(), iat: nowS, nbf: nowS, exp: nowS + 900, server: serverId, peer, ops: [op], command: commandId, rows: [10, 105],
    plan_sha256: planSha256, approval_sha256: approvals.map((text) => sha256Hex(text)), act: { initiator: ada, approvers: [bob] }, cnf: { jkt }, epoch: 4, maxWrites: 1_000, ...change,
  } as TicketClaims;
}

const expectation = (change: Partial<TicketExpectation> = {}, command: Partial<TicketExpectation['command']> = {}): TicketExpectation => ({
  trustedKeys: ring.trustedKeys(), fleetId: ring.fleetId, agentId, serverId, jkt, now, ...change,
  command: { id: commandId, op, planSha256, rows: [10, 11, 105], fence: { n: runFence(runId), e: 4 }, ...command },
});

/** Signs whatever is given, also what `signTicket` would refuse. */
const signRaw = (payload: unknown, header: object = {}, key = ring.commandKey('migration').key) =>
  new CompactSign(Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))).setProtectedHeader({ alg: 'EdDSA', typ: 'usher-ticket+jwt', kid: 'migration-1', ...header }).sign(key);

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const without = (claims: TicketClaims, name: keyof TicketClaims) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
const code = async (ticket: string, approvals: readonly string[], expected = expectation()) =>
  verifyTicket(ticket, approvals, expected).then(() => 'valid', ({ code: name, details }: { code: string; details: { reason?: string } }) => (details.reason === undefined ? name : `${name}/${details.reason}`));

describe('a ticket', () => {
  it('is taken by its agent, with the smallest limit of all that was signed', async () => {
    const approval = await approvalOf();
    const claims = claimsOf([approval]);
    const verified = await verifyTicket(await signTicket(ring.commandKey('migration'), claims), [approval], expectation());
    expect(verified).toMatchObject({ ticket: claims, maxWrites: 500, approvals: [{ approver: bob, sha256: sha256Hex(approval) }] });
  });

  it.each<[string, string, (approval: string) => Promise<string> | string]>([
    ['valid', 'valid', (a) => signRaw(claimsOf([a]))],
    ['expired', 'TICKET_EXPIRED', (a) => signRaw(claimsOf([a], { iat: nowS - 600, nbf: nowS - 600, exp: nowS - 31 }))],
    ['expired inside the tolerance', 'valid', (a) => signRaw(claimsOf([a], { iat: nowS - 600, nbf: nowS - 600, exp: nowS - 29 }))],
    ['older than any may be', 'TICKET_EXPIRED', (a) => signRaw(claimsOf([a], { iat: nowS - 931, nbf: nowS - 931, exp: nowS + 10 }))],
    ['not valid yet', 'TICKET_INVALID/not-yet-valid', (a) => signRaw(claimsOf([a], { nbf: nowS + 31 }))],
    ['issued in the future', 'TICKET_INVALID/not-yet-valid', (a) => signRaw(claimsOf([a], { iat: nowS + 31, exp: nowS + 100 }))],
    ['for another agent', 'TICKET_INVALID/audience', (a) => signRaw(claimsOf([a], { aud: uuidv7() }))],
    ['for nobody', 'TICKET_INVALID/audience', (a) => signRaw(without(claimsOf([a]), 'aud'))],
    ['for two agents', 'TICKET_INVALID/audience', (a) => signRaw(claimsOf([a], { aud: [agentId, uuidv7()] }))],
    ['for a list of one', 'TICKET_INVALID/audience', (a) => signRaw(claimsOf([a], { aud: [agentId] }))],
    ['of another fleet', 'TICKET_INVALID/issuer', (a) => signRaw(claimsOf([a], { iss: ticketIssuer(uuidv7()) }))],
    ['without an issuer', 'TICKET_INVALID/issuer', (a) => signRaw(without(claimsOf([a]), 'iss'))],
    ['without an end', 'TICKET_INVALID/claims', (a) => signRaw(without(claimsOf([a]), 'exp'))],
    ['without an id', 'TICKET_INVALID/claims', (a) => signRaw(without(claimsOf([a]), 'jti'))],
    ['without rows', 'TICKET_INVALID/claims', (a) => signRaw(without(claimsOf([a]), 'rows'))],
    ['with more in it than agreed', 'TICKET_INVALID/claims', (a) => signRaw({ ...claimsOf([a]), root: true })],
    ['of another type', 'TICKET_INVALID/signature', (a) => signRaw(claimsOf([a]), { typ: 'usher-cmd+jws' })],
    ['by another key of that name', 'TICKET_INVALID/signature', (a) => signRaw(claimsOf([a]), {}, stranger.commandKey('migration').key)],
    ['by the controller', 'TICKET_INVALID/signature', (a) => signRaw(claimsOf([a]), { kid: 'controller-1' }, ring.commandKey('controller').key)],
    ['by a key of no name', 'TICKET_INVALID/signature', (a) => signRaw(claimsOf([a]), { kid: undefined })],
    ['with its own key inside', 'TICKET_INVALID/signature', (a) => signRaw(claimsOf([a]), { kid: undefined, jwk: stranger.commandKey('migration').trusted.jwk as JWK }, stranger.commandKey('migration').key)],
    ['of ten years', 'TICKET_INVALID/ttl', (a) => signRaw(claimsOf([a], { exp: nowS + 315_360_000 }))],
    ['of 901 seconds', 'TICKET_INVALID/ttl', (a) => signRaw(claimsOf([a], { exp: nowS + 901 }))],
    ['that ends before it begins', 'TICKET_INVALID/ttl', (a) => signRaw(claimsOf([a], { iat: nowS + 20, exp: nowS + 10 }))],
    ['with alg none', 'TICKET_INVALID/signature', (a) => `${encode({ alg: 'none', typ: 'usher-ticket+jwt', kid: 'migration-1' })}.${encode(claimsOf([a]))}.`],
    [
      'with HS256 and the public key',
      'TICKET_INVALID/signature',
      (a) => {
        const input = `${encode({ alg: 'HS256', typ: 'usher-ticket+jwt', kid: 'migration-1' })}.${encode(claimsOf([a]))}`;
        return `${input}.${createHmac('sha256', Buffer.from(ring.commandKey('migration').trusted.jwk['x']!, 'base64url')).update(input).digest('base64url')}`;
      },
    ],
    ['that was changed', 'TICKET_INVALID/signature', async (a) => (await signRaw(claimsOf([a]))).replace(/\.[^.]+\./, `.${encode(claimsOf([a], { maxWrites: 1_000_000 }))}.`)],
    ['with a critical header nobody knows', 'TICKET_INVALID/signature', async (a) => (await signRaw(claimsOf([a]))).replace(/^[^.]+/, encode({ alg: 'EdDSA', typ: 'usher-ticket+jwt', kid: 'migration-1', crit: ['x'], x: 1 }))],
    ['that is garbage', 'TICKET_INVALID/signature', () => 'garbage'],
    ['that is empty', 'TICKET_INVALID/signature', () => ''],
    ['of no object', 'TICKET_INVALID/signature', () => signRaw('[1]')],
    ['of two megabytes', 'TICKET_INVALID/signature', () => 'x'.repeat(2_000_000)],
    ['for the key of another agent', 'TICKET_INVALID/key', (a) => signRaw(claimsOf([a], { cnf: { jkt: 'k'.repeat(43) } }))],
    ['for another server', 'TICKET_INVALID/scope', (a) => signRaw(claimsOf([a], { server: uuidv7() }))],
    ['with the target as its own source', 'TICKET_INVALID/scope', (a) => signRaw(claimsOf([a], { peer: serverId }))],
    ['for another operation', 'TICKET_INVALID/scope', (a) => signRaw(claimsOf([a], { ops: ['created.remove@1'] }))],
    ['for several operations', 'TICKET_INVALID/claims', (a) => signRaw(claimsOf([a], { ops: [op, 'created.remove@1'] }))],
    ['for another command', 'TICKET_INVALID/scope', (a) => signRaw(claimsOf([a], { command: uuidv7() }))],
    ['for another plan', 'TICKET_INVALID/plan', (a) => signRaw(claimsOf([a], { plan_sha256: sha256Hex('another') }))],
    ['for fewer rows', 'TICKET_INVALID/rows', (a) => signRaw(claimsOf([a], { rows: [10, 104] }))],
    ['for later rows', 'TICKET_INVALID/rows', (a) => signRaw(claimsOf([a], { rows: [11, 105] }))],
    ['of an older epoch than its command', 'TICKET_INVALID/epoch', (a) => signRaw(claimsOf([a], { epoch: 3 }))],
    ['of another run than its command', 'TICKET_INVALID/epoch', (a) => signRaw(claimsOf([a], { sub: uuidv7() }))],
  ])('%s: %s', async (_name, wanted, make) => {
    const approval = await approvalOf();
    expect(await code(await make(approval), [approval])).toBe(wanted);
  });

  it('is never made with a life that no agent would take', async () => {
    const approval = await approvalOf();
    for (const exp of [nowS + 901, nowS]) await expect(signTicket(ring.commandKey('migration'), claimsOf([approval], { exp }))).rejects.toThrow(RangeError);
  });
});

describe('the approvals beside a ticket', () => {
  const withApprovals = async (changes: Partial<ApprovalClaims>[], act: Partial<TicketClaims['act']> = {}) => {
    const approvals = await Promise.all(changes.map((change) => approvalOf(change)));
    const approvers = [...new Set(changes.map((change) => change.approver ?? bob))];
    return code(await signRaw(claimsOf(approvals, { act: { initiator: ada, approvers, ...act } })), approvals);
  };

  it.each<[string, string, Partial<ApprovalClaims>[]]>([
    ['one of one, by whoever made the plan', 'valid', [{ approver: ada }]],
    ['two of two', 'valid', [{ required: 2 }, { required: 2, approver: cleo }]],
    ['one of two', 'TICKET_INVALID/approval', [{ required: 2 }]],
    ['one person twice', 'TICKET_INVALID/approval', [{ required: 2 }, { required: 2, nbf: nowS - 30 }]],
    ['two, one of them whoever made the plan', 'TICKET_INVALID/approval', [{ required: 2 }, { required: 2, approver: ada }]],
    ['two that disagree about how many it takes', 'TICKET_INVALID/approval', [{ required: 1, approver: ada }, { required: 2 }]],
    ['of another plan', 'TICKET_INVALID/approval', [{ planSha256: sha256Hex('older') }]],
    ['for another target', 'TICKET_INVALID/approval', [{ server: uuidv7() }]],
    ['for another source', 'TICKET_INVALID/approval', [{ peer: uuidv7() }]],
    ['of a plan of somebody else', 'TICKET_INVALID/approval', [{ initiator: cleo }]],
    ['that is over', 'APPROVAL_EXPIRED', [{ iat: nowS - 4_000, nbf: nowS - 4_000, exp: nowS - 31 }]],
    ['that begins tonight', 'TICKET_INVALID/not-yet-valid', [{ nbf: nowS + 7_200, exp: nowS + 10_000 }]],
  ])('%s: %s', async (_name, wanted, changes) => {
    expect(await withApprovals(changes)).toBe(wanted);
  });

  it('are those that the ticket names, all of them and no others', async () => {
    const [one, other] = [await approvalOf(), await approvalOf({ approver: cleo })];
    const ticket = await signRaw(claimsOf([one]));
    expect(await code(ticket, [other])).toBe('TICKET_INVALID/approval');
    expect(await code(ticket, [one, other])).toBe('TICKET_INVALID/approval');
    expect(await code(ticket, [])).toBe('TICKET_INVALID/approval');
    expect(await code(ticket, Array.from({ length: 9 }, () => one))).toBe('TICKET_INVALID/approval');
    expect(await withApprovals([{}], { approvers: [cleo] })).toBe('TICKET_INVALID/approval');
  });

  it('are signed by the controller alone', async () => {
    const fake = await approvalOf({}, { ...ring.commandKey('migration') });
    expect(await code(await signRaw(claimsOf([fake])), [fake])).toBe('TICKET_INVALID/approval');
    const foreign = await approvalOf({}, stranger.commandKey('controller'));
    expect(await code(await signRaw(claimsOf([foreign])), [foreign])).toBe('TICKET_INVALID/approval');
    const good = await approvalOf();
    const ticketAsApproval = await signRaw(claimsOf([good]));
    expect(await code(await signRaw(claimsOf([ticketAsApproval])), [ticketAsApproval])).toBe('TICKET_INVALID/approval');
    const long = 'x'.repeat(9_000);
    expect(await code(await signRaw(claimsOf([long])), [long])).toBe('TICKET_INVALID/approval');
  });

  it.each([{ exp: nowS + 800 }, { exp: nowS + 86_400 }, { nbf: nowS + 8 * 86_400, exp: nowS + 8 * 86_400 + 3_600 }, { nbf: nowS - 61 }])('are never made for times that no agent would take: %j', async (change) => {
    await expect(approvalOf(change)).rejects.toThrow(RangeError);
  });
});
