import { AppError, Sha256Hex, Uuid7 } from '@usher/contracts';
import type { VerifiedTicket } from '@usher/security';
import { z } from 'zod';
import { StateFile } from '../storage/state-file.js';

/** Approvals live a day and may be given a week ahead; no ticket under a revoked one can come later. */
const KEEP_MS = 9 * 86_400_000;

const Revocation = z.strictObject({
  planSha256: Sha256Hex,
  /** Null = every approval that had been given by then. */
  approvalSha256: Sha256Hex.nullable(),
  /** Null = of every run. */
  runId: Uuid7.nullable(),
  /** Epoch ms by the controller's clock. */
  at: z.number(),
});
type Revocation = z.infer<typeof Revocation>;

/** What people took back, on disk. A plan that was approved anew afterwards may be carried out again; an aborted run may not. */
export class Revocations {
  private constructor(
    private readonly file: StateFile<z.ZodArray<typeof Revocation>>,
    private list: readonly Revocation[],
  ) {}

  static async open(path: string): Promise<Revocations> {
    const file = new StateFile(path, z.array(Revocation));
    return new Revocations(file, (await file.read()) ?? []);
  }

  /** Holds from this call on; resolves when it is on the disk. */
  async add(revocation: Revocation): Promise<void> {
    this.list = [...this.list.filter(({ at }) => revocation.at - at < KEEP_MS), revocation];
    await this.file.write([...this.list]);
  }

  /** Why a ticket no longer holds, or null. */
  refusal(given: VerifiedTicket): AppError | null {
    const revoked = this.list.some((revocation) => isRevokedBy(revocation, given));
    return revoked ? new AppError('TICKET_REVOKED', 'The leave to change this server was taken back.', { planSha256: given.ticket.plan_sha256 }) : null;
  }
}

function isRevokedBy({ planSha256, approvalSha256, runId, at }: Revocation, { ticket, approvals }: VerifiedTicket): boolean {
  if (planSha256 !== ticket.plan_sha256) return false;
  if (runId !== null && runId !== ticket.sub) return false;
  if (approvalSha256 !== null) return approvals.some(({ sha256 }) => sha256 === approvalSha256);
  return runId !== null || approvals.some(({ iat }) => iat * 1000 <= at);
}
