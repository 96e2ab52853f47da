import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acceptExceptions, contractName, controlRun, createRollback, readReport, readRun, revokeApproval, startRun, storeApproval, uuidv7, type PlanView, type RunView } from '@usher/contracts';
import { signApproval, verifyReport } from '@usher/security';
import { FakeAgent } from './fake-agent.js';
import { FakeTarget } from './fake-target.js';
import { film, watched } from './fake-server.js';
import { eventually, MigrationFleet, type MigrationServer } from './migration-harness.js';
import { PlanDesk } from './plan-harness.js';

const MAPPED = { sourceVendorId: 'ana', decision: 'map' as const, targetVendorId: 'ana-there', targetName: null };
const FILMS = Array.from({ length: 30 }, (_, n) => `${n}`);

let fleet: MigrationFleet;
let desk: PlanDesk;

beforeAll(async () => {
  fleet = await MigrationFleet.start();
  await fleet.addService();
  desk = new PlanDesk(fleet);
}, 120_000);
afterAll(() => fleet?.close());

/** Two servers with the same films; what ana watched at the first is to be at the second, which writes. */
async function pair(): Promise<{ source: MigrationServer; target: MigrationServer; written: FakeTarget; agent: FakeAgent }> {
  const [source, target] = [await fleet.addServer('Den', 'emby'), await fleet.addServer('Attic', 'emby')];
  source.fake.addLibrary('Films', FILMS.map((id) => film(id)));
  target.fake.addLibrary('Films', FILMS.map((id) => film(`t${id}`, { title: `Film ${id}`, files: [{ path: `/media/films/${id}/film.mkv`, sizeBytes: null }] })));
  source.fake.addUser('ana', { name: 'Ana' });
  target.fake.addUser('ana-there', { name: 'Ana' });
  source.fake.watch('ana', ...FILMS.map((id) => watched(id)));
  const written = new FakeTarget();
  written.addUser('ana-there', 'Ana');
  for (const id of FILMS) written.items.add(`t${id}`);
  await fleet.pool.query(`INSERT INTO agent (id, server_id, acct_pub, nkey_pub, sig_pub, box_pub, account_jwt) VALUES ($1, $2, $3, 'u', $4, $5, 'jwt')`, [target.agentId, target.id, `A${target.agentId}`, JSON.stringify(target.keys.sigPub), JSON.stringify(target.keys.boxPub)]);
  const agent = new FakeAgent({ serverId: target.id, agentId: target.agentId, fleetId: fleet.ring.fleetId }, target.keys, written, () => fleet.ring.trustedKeys(), Date.now);
  target.guard = (claims, _contract, args) => agent.guard(claims, args);
  const plain = target.fake.dispatch.bind(target.fake);
  target.fake.dispatch = async (name, args) => {
    if (/^(user|library|item)\.list@/.test(name)) return plain(name, args);
    const parts = await agent.handle(name, args);
    return (async function* () {
      yield* parts;
    })();
  };
  return { source, target, written, agent };
}

async function approved(plan: PlanView): Promise<PlanView> {
  const now = Math.floor(Date.now() / 1000);
  const jws = await signApproval(fleet.ring.commandKey('controller'), {
    v: 1, planId: plan.planId, planSha256: plan.planSha256!, server: plan.target.serverId, peer: plan.source.serverId, initiator: plan.initiator.operatorId,
    approver: uuidv7(), approverName: 'Ola', required: plan.request.options.approvalsRequired, iat: now, nbf: now, exp: now + 3_600, maxWrites: 1_000,
  });
  return fleet.ask(storeApproval, { planId: plan.planId, jws });
}

async function until(runId: string, state: RunView['state']): Promise<RunView> {
  return eventually(
    async () => {
      const view = await fleet.ask(readRun, { runId });
      if (view.state !== state) throw new Error(`the run is ${view.state}: ${view.code ?? ''} ${view.message ?? ''}`);
      return view;
    },
    { timeoutMs: 25_000 },
  );
}

describe('the migration service', () => {
  it('goes the whole way over the bus, and back', async () => {
    const { source, target, written } = await pair();
    const before = written.digest();
    const frozen = await desk.freeze(await desk.make(source, target, { users: [MAPPED] }));
    expect(await approved(frozen)).toMatchObject({ state: 'approved', approvals: [{ name: 'Ola', revokedAt: null }] });
    const started = await fleet.ask(startRun, { planId: frozen.planId, ...fleet.operator });
    expect(await until(started.runId, 'done')).toMatchObject({ counts: { rows: 30, verified: 30 }, startedBy: { name: 'Ola' } });
    expect(written.writes.size).toBe(30);
    await eventually(() => fleet.told.runs.some(({ runId, state }) => runId === started.runId && state === 'done'));
    const { text, jws } = await eventually(() => fleet.ask(readReport, { runId: started.runId, part: 0 }));
    await expect(verifyReport(text, jws)).resolves.toMatchObject({ kid: 'migration-1' });
    const back = await fleet.ask(createRollback, { runId: started.runId, planId: uuidv7(), ...fleet.operator });
    await approved(back);
    const undone = await fleet.ask(startRun, { planId: back.planId, ...fleet.operator });
    await until(undone.runId, 'done');
    expect(written.digest()).toBe(before);
  }, 60_000);

  it('answers orders with their own errors', async () => {
    await expect(fleet.ask(controlRun, { runId: uuidv7(), order: 'pause', ...fleet.operator })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(fleet.ask(acceptExceptions, { runId: uuidv7(), reason: 'no such run', ...fleet.operator })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(fleet.ask(readReport, { runId: uuidv7(), part: 0 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(fleet.ask(revokeApproval, { planId: uuidv7(), approverId: null, ...fleet.operator })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(fleet.ask(startRun, { planId: uuidv7(), ...fleet.operator })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('takes up a run whose process ended in order, from where it was', async () => {
    const { source, target, written, agent } = await pair();
    const frozen = await desk.freeze(await desk.make(source, target, { users: [MAPPED] }));
    await approved(frozen);
    const [first] = fleet.services;
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    agent.afterApply = () => held;
    const { runId } = await fleet.ask(startRun, { planId: frozen.planId, ...fleet.operator });
    await eventually(() => agent.asked.includes(contractName({ name: 'watch-state.apply', version: 1 })));
    const ending = fleet.removeService(first!);
    goOn();
    agent.afterApply = async () => undefined;
    await ending;
    await fleet.addService();
    await until(runId, 'done');
    expect([...written.writes.values()].every((count) => count === 1)).toBe(true);
  }, 90_000);
});
