// B22: tickets that are valid, expired, of the future, for others, by others, too long-lived, forged in every known way, garbage and
// 2 MB: the right code each, in less than 10 ms; one sent again under another command, and at a real agent nothing asked of the server.
import { createHmac } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { applyWatchStates, AppError, contractName, uuidv7 } from '@usher/contracts';
import { runFence, sha256Hex, ticketIssuer, verifyTicket, type KeyRing, type TicketClaims } from '@usher/security';
import { CompactSign } from 'jose';
import { runBar, type Bar } from '../support/bar.js';
import { MigrationTarget } from '../support/migration-target.js';
import { inWorld, type World } from '../support/world.js';

const LIMIT_MS = 10;
const REPEATS = 20;
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Case {
  readonly name: string;
  readonly wanted: string;
  readonly ticket: string;
}

async function cases(ring: KeyRing, target: MigrationTarget, commandId: string, approval: string): Promise<Case[]> {
  const nowS = Math.floor(Date.now() / 1000);
  const claims = (change: Partial<Record<keyof TicketClaims, unknown>> = {}) => target.claims(applyWatchStates, commandId, approval, change);
  const without = (name: keyof TicketClaims) => Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name));
  const { key, kid } = ring.commandKey('migration');
  const sign = (payload: object, header: object = {}, by = key) => new CompactSign(new TextEncoder().encode(JSON.stringify(payload))).setProtectedHeader({ alg: 'EdDSA', typ: 'usher-ticket+jwt', kid, ...header }).sign(by);
  const valid = await sign(claims());
  const hmacInput = `${encode({ alg: 'HS256', typ: 'usher-ticket+jwt', kid })}.${encode(claims())}`;
  const hmac = createHmac('sha256', Buffer.from(ring.commandKey('migration').trusted.jwk['x']!, 'base64url')).update(hmacInput).digest('base64url');
  const other = ring.commandKey('controller').key;
  return [
    { name: 'valid', wanted: 'valid', ticket: valid },
    { name: 'expired', wanted: 'TICKET_EXPIRED', ticket: await sign(claims({ iat: nowS - 600, nbf: nowS - 600, exp: nowS - 60 })) },
    { name: 'expired-inside-tolerance', wanted: 'valid', ticket: await sign(claims({ iat: nowS - 600, nbf: nowS - 600, exp: nowS - 5 })) },
    { name: 'nbf-future', wanted: 'TICKET_INVALID/not-yet-valid', ticket: await sign(claims({ nbf: nowS + 300 })) },
    { name: 'iat-future', wanted: 'TICKET_INVALID/not-yet-valid', ticket: await sign(claims({ iat: nowS + 300, nbf: nowS, exp: nowS + 600 })) },
    { name: 'wrong-aud', wanted: 'TICKET_INVALID/audience', ticket: await sign(claims({ aud: uuidv7() })) },
    { name: 'no-aud', wanted: 'TICKET_INVALID/audience', ticket: await sign(without('aud')) },
    { name: 'aud-array', wanted: 'TICKET_INVALID/audience', ticket: await sign(claims({ aud: [target.agent.agentId, uuidv7()] })) },
    { name: 'wrong-iss', wanted: 'TICKET_INVALID/issuer', ticket: await sign(claims({ iss: ticketIssuer(uuidv7()) })) },
    { name: 'no-exp', wanted: 'TICKET_INVALID/claims', ticket: await sign(without('exp')) },
    { name: 'no-jti', wanted: 'TICKET_INVALID/claims', ticket: await sign(without('jti')) },
    { name: 'wrong-typ', wanted: 'TICKET_INVALID/signature', ticket: await sign(claims(), { typ: 'usher-cmd+jws' }) },
    { name: 'other-key', wanted: 'TICKET_INVALID/signature', ticket: await sign(claims(), {}, other) },
    { name: 'ten-year-life', wanted: 'TICKET_INVALID/ttl', ticket: await sign(claims({ exp: nowS + 315_360_000 })) },
    { name: 'ttl-901', wanted: 'TICKET_INVALID/ttl', ticket: await sign(claims({ exp: nowS + 901, iat: nowS })) },
    { name: 'alg-none', wanted: 'TICKET_INVALID/signature', ticket: `${encode({ alg: 'none', typ: 'usher-ticket+jwt', kid })}.${encode(claims())}.` },
    { name: 'hs256-with-public-key', wanted: 'TICKET_INVALID/signature', ticket: `${hmacInput}.${hmac}` },
    { name: 'tampered', wanted: 'TICKET_INVALID/signature', ticket: valid.replace(/\.[^.]+\./, `.${encode(claims({ maxWrites: 999_999 }))}.`) },
    { name: 'embedded-jwk', wanted: 'TICKET_INVALID/signature', ticket: await sign(claims(), { kid: 'mine', jwk: ring.commandKey('controller').trusted.jwk }, other) },
    { name: 'unknown-crit', wanted: 'TICKET_INVALID/signature', ticket: valid.replace(/^[^.]+/, encode({ alg: 'EdDSA', typ: 'usher-ticket+jwt', kid, crit: ['x'], x: 1 })) },
    { name: 'garbage', wanted: 'TICKET_INVALID/signature', ticket: 'garbage' },
    { name: '2-megabytes', wanted: 'TICKET_INVALID/signature', ticket: 'x'.repeat(2_000_000) },
  ];
}

/** The code of one check by itself, and the fastest of several times that it took. */
async function check(ring: KeyRing, target: MigrationTarget, commandId: string, approval: string, ticket: string): Promise<{ code: string; ms: number }> {
  const { cnf } = target.claims(applyWatchStates, commandId, approval);
  const command = { id: commandId, op: contractName(applyWatchStates), planSha256: target.plan.sha256, rows: [0, 1], fence: { n: runFence(target.runId), e: 1 } };
  let ms = Infinity;
  let code = '';
  for (let i = 0; i < REPEATS; i++) {
    const startedMs = performance.now();
    code = await verifyTicket(ticket, [approval], { trustedKeys: ring.trustedKeys(), fleetId: ring.fleetId, agentId: target.agent.agentId, serverId: target.agent.serverId, jkt: cnf.jkt, now: Date.now(), command }).then(
      () => 'valid',
      (error: AppError) => (error.details['reason'] === undefined ? error.code : `${error.code}/${String(error.details['reason'])}`),
    );
    ms = Math.min(ms, performance.now() - startedMs);
  }
  return { code, ms };
}

async function checkAll(bar: Bar, world: World, target: MigrationTarget, requests: () => number): Promise<void> {
  const ring = await world.keyRing();
  const approval = await target.approval();
  const request = { planSha256: target.plan.sha256, rows: [{ n: 0, to: null }, { n: 1, to: null }], atOnce: 2, maxPerSecond: null };
  const before = requests();
  let slowestMs = 0;
  for (const { name, wanted, ticket } of await cases(ring, target, uuidv7(), approval)) {
    const { command: commandId } = JSON.parse(Buffer.from(ticket.split('.')[1] ?? 'e30', 'base64url').toString() || '{}') as { command?: string };
    const { code, ms } = await check(ring, target, commandId ?? uuidv7(), approval, ticket);
    slowestMs = Math.max(slowestMs, ms);
    bar.equal(`${name}.code`, code, wanted);
    if (wanted === 'valid' || ticket.length > 8_192) continue;
    const options = { commandId: commandId ?? uuidv7(), ticket, approvals: [approval], fence: { n: runFence(target.runId), e: 1 } };
    bar.equal(`${name}.at-the-agent`, await target.outcome(applyWatchStates, request, options), wanted);
  }
  bar.atMost('slowest-check', slowestMs, LIMIT_MS, ' ms');
  bar.equal('requests-to-the-server', requests() - before, 0);

  const jti = uuidv7();
  bar.equal('first-use', await target.outcome(applyWatchStates, request, await target.leave(applyWatchStates, { jti })), 'done');
  bar.equal('replay', await target.outcome(applyWatchStates, { ...request, rows: [{ n: 2, to: null }] }, await target.leave(applyWatchStates, { jti })), 'TICKET_REUSED');
  bar.equal('without-a-ticket', await target.outcome(applyWatchStates, request, { fence: { n: runFence(target.runId), e: 1 } }), 'TICKET_INVALID/missing');
  const foreign = await target.approval({ planSha256: sha256Hex('other') });
  bar.equal('approval-of-another-plan', await target.outcome(applyWatchStates, request, { ...(await target.leave(applyWatchStates)), approvals: [foreign] }), 'TICKET_INVALID/approval');
}

await runBar('B22', (bar) =>
  inWorld(async (world) => {
    const registered = await world.register('jellyfin', 'Cabin');
    const target = await MigrationTarget.start(world, registered, 4);
    try {
      bar.equal('plan-held', [await target.hold(null, target.plan.headerBytes), await target.hold(0, target.plan.chunk)], ['done', 'done']);
      // what the agent itself asks of its server from time to time does not count
      const requests = () => registered.simulator.requests.filter(({ path }) => /UserData|UserItems|PlayedItems/i.test(path)).length;
      await checkAll(bar, world, target, requests);
    } finally {
      await target.close();
    }
  }),
);
