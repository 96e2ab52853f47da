import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import type { VerifiedTicket } from '@usher/security';
import { tempFolder } from '../../test/support.js';
import { Revocations } from './revocations.js';

const DAY_MS = 86_400_000;
const now = 1_800_000_000_000;
const planSha256 = 'a'.repeat(64);
const runId = uuidv7();
const given = (change: { plan?: string; run?: string; approvals?: { sha256: string; iat: number }[] } = {}) =>
  ({ ticket: { plan_sha256: change.plan ?? planSha256, sub: change.run ?? runId }, approvals: change.approvals ?? [{ sha256: 'b'.repeat(64), iat: now / 1000 - 60 }] }) as unknown as VerifiedTicket;

async function setUp() {
  const file = path.join(await tempFolder(), 'revocations.json');
  return { revocations: await Revocations.open(file), open: () => Revocations.open(file) };
}

describe('Revocations', () => {
  it('end everything that was approved before, over a restart, and not what is approved anew', async () => {
    const { revocations, open } = await setUp();
    await revocations.add({ planSha256, approvalSha256: null, runId: null, at: now });
    for (const each of [revocations, await open()]) {
      expect(each.refusal(given())).toMatchObject({ code: 'TICKET_REVOKED' });
      expect(each.refusal(given({ run: uuidv7() }))).toMatchObject({ code: 'TICKET_REVOKED' });
      expect(each.refusal(given({ plan: 'c'.repeat(64) }))).toBeNull();
      expect(each.refusal(given({ approvals: [{ sha256: 'd'.repeat(64), iat: now / 1000 + 1 }] }))).toBeNull();
      expect(each.refusal(given({ approvals: [{ sha256: 'd'.repeat(64), iat: now / 1000 + 1 }, { sha256: 'e'.repeat(64), iat: now / 1000 - 5 }] }))).toMatchObject({ code: 'TICKET_REVOKED' });
    }
  });

  it('end one approval, and every ticket that rests on it', async () => {
    const { revocations } = await setUp();
    await revocations.add({ planSha256, approvalSha256: 'b'.repeat(64), runId: null, at: now });
    expect(revocations.refusal(given())).toMatchObject({ code: 'TICKET_REVOKED' });
    expect(revocations.refusal(given({ approvals: [{ sha256: 'd'.repeat(64), iat: now / 1000 - 60 }] }))).toBeNull();
  });

  it('end one run for ever', async () => {
    const { revocations } = await setUp();
    await revocations.add({ planSha256, approvalSha256: null, runId, at: now });
    expect(revocations.refusal(given({ approvals: [{ sha256: 'd'.repeat(64), iat: now / 1000 + 60 }] }))).toMatchObject({ code: 'TICKET_REVOKED' });
    expect(revocations.refusal(given({ run: uuidv7() }))).toBeNull();
  });

  it('hold before the disk has them, and are dropped when no ticket under them can live', async () => {
    const { revocations, open } = await setUp();
    const kept = revocations.add({ planSha256, approvalSha256: null, runId: null, at: now });
    expect(revocations.refusal(given())).not.toBeNull();
    await kept;
    await revocations.add({ planSha256: 'f'.repeat(64), approvalSha256: null, runId: null, at: now + 8 * DAY_MS });
    expect((await open()).refusal(given())).not.toBeNull();
    await revocations.add({ planSha256: 'f'.repeat(64), approvalSha256: null, runId: null, at: now + 10 * DAY_MS });
    expect((await open()).refusal(given())).toBeNull();
  });
});
