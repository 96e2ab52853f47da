import { AGENT_EXPORTS, AppError, Uuid7 } from '@usher/contracts';
import { encodeAccount, encodeGeneric, encodeOperator, encodeUser, fmtCreds, type Account, type AccountLimits, type Export, type Import, type NatsLimits } from '@nats-io/jwt';
import { z } from 'zod';
import { CANARY_PERMISSIONS, SYS_PERMISSIONS, agentPermissions, hubPermissions, inAgentAccount, type BusPermissions, type HubService } from './bus-permissions.js';
import type { KeyRing } from './key-ring.js';
import { Nkey, isSignedByNkey } from './nkey.js';

/**
 * The only place that knows `@nats-io/jwt`. That package checks nothing and fills in limits of 0, which the broker's
 * clients only see as a timeout: so every limit is written here, and tests try all of it on a real broker.
 */
const CLAIM_VERSION = 2;
const NO_JET_STREAM = { mem_storage: 0, disk_storage: 0, streams: 0, consumer: 0, mem_max_stream_bytes: 0, disk_max_stream_bytes: 0, max_bytes_required: false, max_ack_pending: 0 };
const NO_BOUND: NatsLimits & AccountLimits = { conn: -1, subs: -1, data: -1, payload: -1, imports: -1, exports: -1, leaf: 0, wildcards: true, disallow_bearer: true };
const AGENT_BOUND: NatsLimits & AccountLimits = { ...NO_BOUND, conn: 3, imports: 6, exports: 0 };
const AGENT_SUBSCRIPTIONS = 20;
const AGENT_PAYLOAD_BYTES = 262_144;

const AccountClaims = z.object({
  iss: z.string(),
  sub: z.string().regex(/^A[A-Z2-7]{55}$/),
  nats: z.object({ type: z.literal('account'), revocations: z.record(z.string(), z.number()).optional() }),
});

/** `name` helps a person who reads the broker's lists; nothing depends on it. */
function accountClaims(ring: KeyRing, bound: NatsLimits & AccountLimits, more: Partial<Account>): Partial<Account> {
  return { version: CLAIM_VERSION, limits: { ...NO_JET_STREAM, ...bound }, signing_keys: [ring.userSigner().getPublicKey()], ...more };
}

/** The trust anchor's own claim, for the configuration file. */
export function mintOperator(ring: KeyRing): Promise<string> {
  const claims = { version: CLAIM_VERSION, signing_keys: [ring.brokerSigner().getPublicKey()], system_account: ring.brokerAccounts.sys };
  return encodeOperator('usher', ring.brokerRoot(), claims);
}

export function mintSysAccount(ring: KeyRing): Promise<string> {
  return encodeAccount('SYS', ring.brokerAccounts.sys, accountClaims(ring, NO_BOUND, {}), { signer: ring.brokerSigner() });
}

/** The services' account: it exports what agents import; position 4 lets each agent import only its own account's part. */
export function mintHubAccount(ring: KeyRing): Promise<string> {
  const { accountTokenPosition, commands, acks, facts, states, asks, fleetStates } = AGENT_EXPORTS;
  const exportOf = (name: string, subject: string, type: 'stream' | 'service', position?: number): Export => ({
    name,
    subject,
    type,
    ...(position !== undefined && { account_token_position: position }),
  });
  const services = Object.entries({ acks, facts, states, asks }).map(([name, subject]) => exportOf(name, subject, 'service', accountTokenPosition));
  const exports = [exportOf('commands', commands, 'stream', accountTokenPosition), exportOf('fleet', fleetStates, 'stream'), ...services];
  return encodeAccount('HUB', ring.brokerAccounts.hub, accountClaims(ring, NO_BOUND, { exports }), { signer: ring.brokerSigner() });
}

/**
 * The account of one agent; its seed is thrown away. Give `acctPub` to mint the same account anew, and with `revokedAt`
 * (epoch seconds) every user that was issued until then is out.
 */
export async function mintAccount(
  ring: KeyRing,
  options: { serverId: string; agentId: string; acctPub?: string; revokedAt?: number },
): Promise<{ acctPub: string; jwt: string }> {
  const serverId = Uuid7.parse(options.serverId);
  const acctPub = options.acctPub ?? Nkey.create('account').getPublicKey();
  const account = ring.brokerAccounts.hub;
  const { commands, acks, facts, states, asks, fleetStates } = AGENT_EXPORTS;
  const importOf = (name: string, type: 'stream' | 'service', exported: string): Import => ({
    name,
    type,
    account,
    subject: inAgentAccount(exported, acctPub),
    local_subject: inAgentAccount(exported, serverId),
  });
  const services = Object.entries({ acks, facts, states, asks }).map(([name, exported]) => importOf(name, 'service', exported));
  const imports = [importOf('commands', 'stream', commands), importOf('fleet', 'stream', fleetStates), ...services];
  const revocations = options.revokedAt === undefined ? {} : { revocations: { '*': options.revokedAt } };
  const jwt = await encodeAccount(`agent ${Uuid7.parse(options.agentId)}`, acctPub, accountClaims(ring, AGENT_BOUND, { imports, ...revocations }), { signer: ring.brokerSigner() });
  return { acctPub, jwt };
}

/** The broker login of one agent. Without `expiresInS` it does not end by itself (bundled agents). */
export function mintAgentUser(ring: KeyRing, options: { acctPub: string; nkeyPub: string; serverId: string; agentId: string; expiresInS?: number }): Promise<string> {
  const bound = { subs: AGENT_SUBSCRIPTIONS, payload: AGENT_PAYLOAD_BYTES, expiresInS: options.expiresInS };
  return mintUser(ring, options.acctPub, options.nkeyPub, `agent ${Uuid7.parse(options.agentId)}`, agentPermissions(Uuid7.parse(options.serverId)), bound);
}

/** Text of a .creds file for a service. */
export function mintHubUser(ring: KeyRing, service: HubService): Promise<string> {
  return mintCreds(ring, ring.brokerAccounts.hub, service, hubPermissions(service));
}

/** Text of a .creds file for the login that pushes accounts and sees links come and go. */
export function mintSysUser(ring: KeyRing): Promise<string> {
  return mintCreds(ring, ring.brokerAccounts.sys, 'presence', SYS_PERMISSIONS);
}

/** Text of a .creds file that is good for a minute: whether an account lets anybody in. */
export function mintCanaryUser(ring: KeyRing, acctPub: string): Promise<string> {
  return mintCreds(ring, acctPub, 'canary', CANARY_PERMISSIONS, 60);
}

/** What `$SYS.REQ.CLAIMS.DELETE` takes: a list of accounts, signed by a key that the broker trusts. */
export function mintAccountDeletion(ring: KeyRing, acctPub: string): Promise<string> {
  return encodeGeneric('delete', ring.brokerSigner(), 'generic', { accounts: [acctPub] });
}

/**
 * Reads an account claim and checks that this fleet signed it: the broker would store a foreign one, and lose the account at its next start.
 * @throws AppError `KEYRING_MISMATCH`
 */
export function readAccount(ring: KeyRing, jwt: string): { acctPub: string; isRevoked: boolean } {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const claims = AccountClaims.safeParse(parseJson(Buffer.from(body, 'base64url').toString('utf8')));
  if (!claims.success) throw new AppError('KEYRING_MISMATCH', 'A bus account is not readable.', { reason: 'format' });
  const signer = ring.brokerSigner().getPublicKey();
  if (claims.data.iss !== signer || !isSignedByNkey('operator', signer, new TextEncoder().encode(`${head}.${body}`), Buffer.from(signature, 'base64url'))) {
    throw new AppError('KEYRING_MISMATCH', 'A bus account was not signed by the key ring of this fleet.', { reason: 'issuer' });
  }
  return { acctPub: claims.data.sub, isRevoked: claims.data.nats.revocations?.['*'] !== undefined };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function mintCreds(ring: KeyRing, acctPub: string, name: string, permissions: BusPermissions, expiresInS?: number): Promise<string> {
  const user = Nkey.create('user');
  const jwt = await mintUser(ring, acctPub, user.getPublicKey(), name, permissions, { subs: -1, payload: -1, expiresInS });
  return new TextDecoder().decode(fmtCreds(jwt, user));
}

function mintUser(ring: KeyRing, acctPub: string, nkeyPub: string, name: string, permissions: BusPermissions, bound: { subs: number; payload: number; expiresInS?: number }): Promise<string> {
  const claims = {
    version: CLAIM_VERSION,
    pub: { allow: [...permissions.publish], deny: [] },
    sub: { allow: [...permissions.subscribe], deny: [] },
    subs: bound.subs,
    payload: bound.payload,
    data: -1,
    bearer_token: false,
    allowed_connection_types: ['STANDARD' as const],
  };
  const exp = bound.expiresInS === undefined ? {} : { exp: Math.floor(Date.now() / 1000) + bound.expiresInS };
  return encodeUser(name, nkeyPub, acctPub, claims, { signer: ring.userSigner(), ...exp });
}
