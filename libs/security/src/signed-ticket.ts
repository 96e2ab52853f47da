import { AppError, Sha256Hex, Uuid7, type TrustedKey } from '@usher/contracts';
import { calculateJwkThumbprint, errors, importJWK, jwtVerify, type JWK, type JWTHeaderParameters } from 'jose';
import { z } from 'zod';
import type { CommandSigner } from './command-signer.js';
import { signJson } from './jws.js';
import { MAX_APPROVAL_CHARS, verifyApproval, type VerifiedApproval } from './signed-approval.js';

const TYPE = 'usher-ticket+jwt';
export const MAX_TICKET_CHARS = 8_192;
export const MAX_APPROVALS = 8;
/** A ticket lives at most so long; revocation bites within this time also where it cannot be told. */
export const MAX_TICKET_LIFETIME_S = 900;
export const TICKET_TOLERANCE_S = 30;

const REQUIRED_CLAIMS = ['iss', 'sub', 'aud', 'jti', 'iat', 'nbf', 'exp', 'server', 'peer', 'ops', 'command', 'rows', 'plan_sha256', 'approval_sha256', 'act', 'cnf', 'epoch', 'maxWrites'];

const Seconds = z.number().int().nonnegative();
const RowNumber = z.number().int().nonnegative();

/** Leave to carry out one command of one run at one agent. Times are epoch seconds. */
export const TicketClaims = z.strictObject({
  /** `urn:usher:migration:<fleetId>` */
  iss: z.string().max(200),
  /** The run. */
  sub: Uuid7,
  /** One agent: an array that also names another one is refused. */
  aud: Uuid7,
  jti: Uuid7,
  iat: Seconds,
  nbf: Seconds,
  exp: Seconds,
  /** The target: the server of the agent. */
  server: Uuid7,
  /** The source. */
  peer: Uuid7,
  ops: z.tuple([z.string().max(64)]),
  /** The id of the command that carries it. */
  command: Uuid7,
  /** First and last row, both included. */
  rows: z.tuple([RowNumber, RowNumber]),
  plan_sha256: Sha256Hex,
  approval_sha256: z.array(Sha256Hex).min(1).max(MAX_APPROVALS),
  act: z.strictObject({ initiator: Uuid7, approvers: z.array(Uuid7).min(1).max(MAX_APPROVALS) }),
  /** Thumbprint (RFC 7638) of the agent's signing key. */
  cnf: z.strictObject({ jkt: z.string().length(43) }),
  /** Of the run: a successor raises it. */
  epoch: z.number().int().nonnegative(),
  /** Of the whole plan, whatever tickets were used before. */
  maxWrites: z.number().int().nonnegative(),
});
export type TicketClaims = z.infer<typeof TicketClaims>;

/** What the agent knows by itself, and what the signed command around the ticket says. */
export interface TicketExpectation {
  readonly trustedKeys: readonly TrustedKey[];
  readonly fleetId: string;
  readonly agentId: string;
  readonly serverId: string;
  /** `keyThumbprint` of the agent's signing key. */
  readonly jkt: string;
  /** Epoch ms of the controller's clock. */
  readonly now: number;
  readonly command: {
    readonly id: string;
    readonly op: string;
    readonly planSha256: string;
    /** Every row that it names. */
    readonly rows: readonly number[];
    readonly fence: { readonly n: string; readonly e: number };
  };
}

export interface VerifiedTicket {
  readonly ticket: TicketClaims;
  readonly approvals: readonly VerifiedApproval[];
  /** The smallest limit of ticket and approvals. */
  readonly maxWrites: number;
}

export function ticketIssuer(fleetId: string): string {
  return `urn:usher:migration:${fleetId}`;
}

/** Name of the fence that the commands of a run carry. */
export function runFence(runId: string): string {
  return `run:${runId}`;
}

/** RFC 7638, SHA-256, base64url. */
export function keyThumbprint(jwk: JWK): Promise<string> {
  return calculateJwkThumbprint(jwk, 'sha256');
}

/** JWS compact, EdDSA, by migration. @throws RangeError for a lifetime that no agent would take */
export async function signTicket(signer: CommandSigner, claims: TicketClaims): Promise<string> {
  const parsed = TicketClaims.parse(claims);
  if (parsed.exp <= parsed.iat || parsed.exp - parsed.iat > MAX_TICKET_LIFETIME_S) throw new RangeError('a ticket lives for 15 minutes at most');
  return signJson(signer, TYPE, parsed);
}

/**
 * Everything about a ticket that can be told from the texts alone: signature, issuer, audience and times by `jose`, and by hand
 * what it lets through (an audience of several, any far end) or does not know. First use, revocation and the held plan are the
 * agent's own business.
 * @throws AppError `TICKET_EXPIRED`, `APPROVAL_EXPIRED`, `TICKET_INVALID` with details.reason `signature`, `issuer`, `claims`,
 *   `not-yet-valid`, `audience`, `ttl`, `plan`, `approval`, `scope`, `rows`, `key`, `epoch`
 */
export async function verifyTicket(text: string, approvals: readonly string[], expected: TicketExpectation): Promise<VerifiedTicket> {
  const ticket = await readTicket(text, expected);
  checkBinding(ticket, expected);
  const verified = await verifyApprovals(approvals, ticket, expected);
  return { ticket, approvals: verified, maxWrites: Math.min(ticket.maxWrites, ...verified.map((approval) => approval.maxWrites)) };
}

async function readTicket(text: string, { trustedKeys, fleetId, agentId, now }: TicketExpectation): Promise<TicketClaims> {
  if (text.length > MAX_TICKET_CHARS) throw invalid('signature', 'size');
  const payload = await jwtVerify(text, (header) => keyOf(header, trustedKeys), {
    algorithms: ['EdDSA'],
    typ: TYPE,
    issuer: ticketIssuer(fleetId),
    audience: agentId,
    clockTolerance: TICKET_TOLERANCE_S,
    maxTokenAge: MAX_TICKET_LIFETIME_S,
    currentDate: new Date(now),
    requiredClaims: REQUIRED_CLAIMS,
  }).then(
    (result) => result.payload,
    (error: unknown) => {
      throw refusalOf(error);
    },
  );
  if (typeof payload.aud !== 'string') throw invalid('audience', 'several');
  const parsed = TicketClaims.safeParse(payload);
  if (!parsed.success) throw invalid('claims', parsed.error.issues[0]?.path.join('.') ?? '');
  const { iat, exp } = parsed.data;
  if (exp <= iat || exp - iat > MAX_TICKET_LIFETIME_S) throw invalid('ttl');
  return parsed.data;
}

/** Only keys that are known here, by their name; a key inside the ticket is not looked at. */
async function keyOf({ kid }: JWTHeaderParameters, trustedKeys: readonly TrustedKey[]) {
  const key = trustedKeys.find((candidate) => candidate.kid === kid && candidate.issuer === 'migration');
  if (!key) throw new errors.JWSInvalid('not signed by a key of migration');
  return importJWK(key.jwk, 'EdDSA');
}

function refusalOf(error: unknown): AppError {
  if (error instanceof errors.JWTExpired) return new AppError('TICKET_EXPIRED', 'A ticket came too late.');
  if (!(error instanceof errors.JWTClaimValidationFailed)) return invalid('signature');
  const { claim, reason } = error;
  if (claim === 'aud') return invalid('audience');
  if (claim === 'iss') return invalid('issuer');
  if (claim === 'typ') return invalid('signature', 'type');
  if (reason === 'missing' || reason === 'invalid') return invalid('claims', claim);
  return invalid(claim === 'nbf' || claim === 'iat' ? 'not-yet-valid' : 'claims', claim);
}

/** The ticket is for this agent, key and server, and for exactly the command that carries it. */
function checkBinding(ticket: TicketClaims, { serverId, jkt, command }: TicketExpectation): void {
  if (ticket.cnf.jkt !== jkt) throw invalid('key');
  if (ticket.server !== serverId) throw invalid('scope', 'server');
  if (ticket.peer === serverId) throw invalid('scope', 'peer');
  if (ticket.ops[0] !== command.op) throw invalid('scope', 'op');
  if (ticket.command !== command.id) throw invalid('scope', 'command');
  if (ticket.plan_sha256 !== command.planSha256) throw invalid('plan');
  const [first, last] = ticket.rows;
  if (command.rows.some((row) => row < first || row > last)) throw invalid('rows');
  if (command.fence.n !== runFence(ticket.sub) || command.fence.e !== ticket.epoch) throw invalid('epoch');
}

async function verifyApprovals(texts: readonly string[], ticket: TicketClaims, { trustedKeys, now }: TicketExpectation): Promise<VerifiedApproval[]> {
  if (texts.length > MAX_APPROVALS || texts.some((text) => text.length > MAX_APPROVAL_CHARS)) throw invalid('approval', 'size');
  const approvals = await Promise.all(texts.map((text) => verifyApproval(text, trustedKeys, { now })));
  for (const { planSha256, server, peer, initiator } of approvals) {
    if (planSha256 !== ticket.plan_sha256) throw invalid('approval', 'plan');
    if (server !== ticket.server || peer !== ticket.peer) throw invalid('approval', 'server');
    if (initiator !== ticket.act.initiator) throw invalid('approval', 'initiator');
  }
  if (!isSameSet(approvals.map(({ sha256 }) => sha256), ticket.approval_sha256)) throw invalid('approval', 'hash');
  const approvers = new Set(approvals.map(({ approver }) => approver));
  if (!isSameSet([...approvers], ticket.act.approvers)) throw invalid('approval', 'approvers');
  const required = Math.max(...approvals.map((approval) => approval.required));
  // Where two have to agree, whoever made the plan is not one of them.
  if (required > 1) approvers.delete(ticket.act.initiator);
  if (approvers.size < required) throw invalid('approval', 'too-few');
  return approvals;
}

function isSameSet(given: readonly string[], wanted: readonly string[]): boolean {
  const left = new Set(given);
  const right = new Set(wanted);
  return left.size === right.size && [...left].every((entry) => right.has(entry));
}

function invalid(reason: string, problem?: string): AppError {
  return new AppError('TICKET_INVALID', 'A ticket does not hold.', { reason, ...(problem !== undefined && { problem }) });
}
