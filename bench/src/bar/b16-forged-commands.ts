// B16 (and the epoch half of B38): a command unsigned, by another key, with a key not allowed, for another agent, for a list of
// agents, of an old epoch, expired, from the future, changed, repeated 1,000 times: executed at most once, refusals counted by code.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { HubConnection } from '@usher/bus';
import { hubSubjects, uuidv7 } from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { mintHubUser, type CommandSigner, type KeyRing } from '@usher/security';
import { eventually } from '@usher/testing';
import { CompactSign } from 'jose';
import { runBar, type Bar } from '../support/bar.js';
import { stealAgent, type StolenAgent } from '../support/agent-folder.js';
import { inWorld, type World } from '../support/world.js';

const REPEATS = 1_000;
type Claims = Record<string, unknown>;

/** Signs whatever it is given: `signCommand` would refuse most of these. */
async function sign(claims: Claims, { key, kid }: Pick<CommandSigner, 'key' | 'kid'>, header: Record<string, unknown> = {}): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ alg: 'EdDSA', typ: 'usher-cmd+jws', kid, ...header } as { alg: string }).sign(key);
}

function claimsFor(agent: StolenAgent, sessionVendorId: string, text: string, epoch: number): Claims {
  const iat = Math.floor(Date.now() / 1000);
  return {
    v: 1, id: uuidv7(), iss: 'controller', aud: agent.agentId, sid: agent.serverId, iat, exp: iat + 60, op: 'session.message@1',
    args: { sessionVendorId, text }, fence: { n: 'fleet', e: epoch }, to: { service: 'controller', process: 'any' },
  };
}

const tampered = (jws: string): string => {
  const [head, body, signature] = jws.split('.') as [string, string, string];
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as { args: { text: string } };
  claims.args.text = 'something else';
  return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
};

const unsigned = (claims: Claims): string => [{ alg: 'none', typ: 'usher-cmd+jws', kid: 'controller-1' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.';

async function forgeries(ring: KeyRing, b: StolenAgent, a: StolenAgent, session: string, epoch: number): Promise<Record<string, string>> {
  const own = ring.commandKey('controller');
  const foreign = { key: generateKeyPairSync('ed25519').privateKey, kid: own.kid };
  const make = (text: string, more: Claims = {}) => ({ ...claimsFor(b, session, text, epoch), ...more });
  const now = Math.floor(Date.now() / 1000);
  return {
    plain: JSON.stringify(make('plain')),
    unsigned: unsigned(make('unsigned')),
    'other-key': await sign(make('other key'), foreign),
    'unknown-kid': await sign(make('unknown kid'), { ...own, kid: 'controller-9' }),
    'key-of-another-issuer': await sign(make('issuer', { iss: 'router' }), own),
    'aud-another-agent': await sign(make('aud', { aud: a.agentId }), own),
    'aud-list': await sign(make('aud list', { aud: [b.agentId, a.agentId] }), own),
    'sid-another-server': await sign(make('sid', { sid: a.serverId }), own),
    expired: await sign(make('expired', { iat: now - 120, exp: now - 60 }), own),
    'from-the-future': await sign(make('future', { iat: now + 300, exp: now + 400 }), own),
    'lives-too-long': await sign(make('long', { exp: now + 86_400 }), own),
    'other-type': await sign(make('type'), own, { typ: 'usher-state+jws' }),
    'extra-claim': await sign(make('extra', { shell: 'rm' }), own),
    'unknown-operation': await sign(make('op', { op: 'host.shell@1' }), own),
    tampered: tampered(await sign(make('tampered'), own)),
    'too-large': await sign(make('x'.repeat(300_000)), own),
    'too-deep': await sign(make('deep', { args: JSON.parse('['.repeat(200) + ']'.repeat(200)) }), own),
    garbage: randomBytes(200).toString('base64'),
  };
}

async function checkForgeries(bar: Bar, world: World, hub: HubConnection): Promise<void> {
  const [first, second] = [await world.register('jellyfin', 'Attic'), await world.register('jellyfin', 'Cabin')];
  const [a, b] = [await stealAgent(world, first.id), await stealAgent(world, second.id)];
  const ring = await world.keyRing();
  const own = ring.commandKey('controller');
  const playing = second.simulator.control.startPlayback();
  await world.untilState(second.id, 'ONLINE');
  const { rows } = await world.pool.query<{ epoch: string }>('SELECT epoch FROM fleet');
  const epoch = Number(rows[0]!.epoch);
  const send = (text: string) => hub.publish(hubSubjects.command(b.acctPub, 'session.message'), text);
  const executed = () => playing.messages.length;
  await eventually(async () => (await world.operator.ask<{ sessions: { serverId: string; sessions: unknown[] }[] }>('{ sessions { serverId sessions { id } } }')).sessions.some((row) => row.serverId === second.id && row.sessions.length > 0));

  const forged = await forgeries(ring, b, a, playing.sessionId, epoch);
  for (const [name, text] of Object.entries(forged)) {
    const before = refusalsIn(world.log);
    const ranBefore = executed();
    send(text);
    await hub.flush();
    const isLogged = await eventually(() => refusalsIn(world.log) > before, { timeoutMs: 3_000 }).then(() => true, () => false);
    bar.check(`${name}.executed`, `${executed() - ranBefore}, refusal counted: ${isLogged}`, '0, refusal counted: true', executed() === ranBefore && isLogged);
  }

  const ranByForgery = executed();
  const good = claimsFor(b, playing.sessionId, 'the one', epoch);
  for (let i = 0; i < REPEATS; i++) send(await sign(good, own));
  send(await sign({ ...good, args: { ...(good['args'] as object), text: 'same id, other content' } }, own));
  await hub.flush();
  await eventually(() => executed() > ranByForgery);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  bar.equal(`repeated-${REPEATS}-times.executed`, executed() - ranByForgery, 1);

  // a newer controller has spoken: the one before it is refused from then on
  const ranBefore = executed();
  send(await sign({ ...claimsFor(b, playing.sessionId, 'newer', epoch + 5) }, own));
  await eventually(() => executed() === ranBefore + 1);
  send(await sign(claimsFor(b, playing.sessionId, 'older', epoch + 4), own));
  await hub.flush();
  const isStale = await eventually(() => world.log.includes('STALE_EPOCH'), { timeoutMs: 3_000 }).then(() => true, () => false);
  bar.check('B38.old-epoch.executed', `${executed() - ranBefore - 1}, STALE_EPOCH: ${isStale}`, '0, STALE_EPOCH: true', executed() === ranBefore + 1 && isStale);
  await world.stack.kill('usher');
  await world.stack.startService('usher');
  await world.untilState(second.id, 'ONLINE');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  send(await sign(claimsFor(b, playing.sessionId, 'older after a restart', epoch + 4), own));
  await hub.flush();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  bar.equal('B38.old-epoch-after-restart.executed', executed() - ranBefore - 1, 0);
}

const refusalsIn = (log: string): number => log.split('"command.refused"').length;

await runBar('B16', (bar) =>
  inWorld(async (world) => {
    const creds = await mintHubUser(await world.keyRing(), 'controller');
    const logger = createLogger({ service: 'bench', level: 'error' });
    const hub = await HubConnection.connect({ url: world.stack.brokerUrl, creds, service: 'controller', logger });
    try {
      await checkForgeries(bar, world, hub);
    } finally {
      await hub.close();
    }
  }),
);
