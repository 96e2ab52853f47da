// B10: token used twice, expired, one bit flipped, 100 uses in parallel, proof by another key, nonce used twice: exactly
// one success; guesses limited to 5/min/IP.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AgentKeys, enrollmentProof, makeEnrollmentToken, parseEnrollmentToken, type AgentKeys as Keys } from '@usher/security';
import { runBar } from '../support/bar.js';
import { inWorld, type World } from '../support/world.js';

interface Token {
  readonly tokenId: string;
  readonly secret: string;
}

async function issue({ pool, stack }: World, serverId: string, lifetime = '1 hour'): Promise<Token> {
  const { token, tokenId, secretSha256 } = makeEnrollmentToken({ controllerUrl: stack.url });
  await pool.query('INSERT INTO enrollment_token (id, secret_sha256, server_id, expires_at) VALUES ($1, $2, $3, now() + $4::interval)', [tokenId, secretSha256, serverId, lifetime]);
  return { tokenId, secret: parseEnrollmentToken(token).secret };
}

async function post(url: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function nonceFor({ stack }: World, tokenId: string): Promise<string> {
  return (await post(`${stack.url}/agents/enroll/challenge`, { tokenId })).body['nonce'] as string;
}

async function redeem(world: World, keys: Keys, { tokenId, secret }: Token, more: { nonce?: string; sig?: string } = {}): Promise<string> {
  const nonce = more.nonce ?? (await nonceFor(world, tokenId));
  const { nkeyPub, sigPub, boxPub } = keys;
  const sig = more.sig ?? enrollmentProof(keys, { tokenId, nonce });
  const { status, body } = await post(`${world.stack.url}/agents/enroll`, { tokenId, secret, nkeyPub, sigPub, boxPub, nonce, sig });
  return status === 200 ? 'enrolled' : `${status} ${String(body['code'])}`;
}

const flipBit = (secret: string): string => {
  const bytes = Buffer.from(secret, 'base64url');
  bytes[bytes.length - 1]! ^= 4;
  return bytes.toString('base64url');
};

await runBar('B10', (bar) =>
  inWorld(async (world) => {
    const { id } = await world.register('jellyfin', 'Attic');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-bar-'));
    const keys = await AgentKeys.loadOrCreate(path.join(folder, 'a'));
    const other = await AgentKeys.loadOrCreate(path.join(folder, 'b'));
    const refused = '403 ENROLLMENT_REFUSED';

    bar.equal('expired', await redeem(world, keys, await issue(world, id, '-1 second')), refused);
    const token = await issue(world, id);
    bar.equal('bit-flipped', await redeem(world, keys, { ...token, secret: flipBit(token.secret) }), refused);
    bar.equal('foreign-token-id', await redeem(world, keys, { tokenId: (await issue(world, id)).tokenId, secret: token.secret }), refused);
    const nonce = await nonceFor(world, token.tokenId);
    bar.equal('proof-by-another-key', await redeem(world, keys, token, { nonce, sig: enrollmentProof(other, { tokenId: token.tokenId, nonce }) }), refused);
    bar.equal('nonce-used-twice', await redeem(world, keys, token, { nonce }), refused);
    bar.equal('nonce-of-another-token', await redeem(world, keys, token, { nonce: await nonceFor(world, (await issue(world, id)).tokenId) }), refused);

    const parallel = await issue(world, id);
    const nonces = await Promise.all(Array.from({ length: 100 }, () => nonceFor(world, parallel.tokenId)));
    const results = await Promise.all(nonces.map((each) => redeem(world, keys, parallel, { nonce: each })));
    bar.equal('100-in-parallel.successes', results.filter((result) => result === 'enrolled').length, 1);
    bar.equal('used-again', await redeem(world, keys, parallel), refused);
    const { rows } = await world.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM agent WHERE server_id = $1 AND status = 'ACTIVE'`, [id]);
    bar.equal('active-agents-of-the-server', rows[0]!.count, 1);

    const guess = await issue(world, id);
    let evaluated = 0;
    for (let i = 0; i < 20; i++) if (!(await redeem(world, keys, { ...guess, secret: flipBit(guess.secret) })).startsWith('429')) evaluated += 1;
    bar.atMost('guesses-evaluated-in-a-minute', evaluated, 5);
    bar.notRun('wrong-cidr', 'tokens carry no network yet');
    await rm(folder, { recursive: true });
  }),
);
