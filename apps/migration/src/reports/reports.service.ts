import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { signReport, type CommandSigner } from '@usher/security';
import { ApprovalsService } from '../approvals/approvals.service.js';
import { SIGNER } from '../infrastructure.js';
import { FrozenPlansService } from '../plans/frozen-plans.service.js';
import { reportText } from './report.js';
import { ReportsRepository } from './reports.repository.js';

/** Characters of one part on its way: most of them take one byte, and a message holds 256 KiB. */
const PART_CHARS = 50_000;

/** What a run did, signed by this service. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly repository: ReportsRepository,
    private readonly plans: FrozenPlansService,
    private readonly approvals: ApprovalsService,
    @Inject(SIGNER) private readonly signer: CommandSigner,
  ) {}

  /** Makes the report of a run as it stands, in the place of an earlier one. */
  async make(runId: string): Promise<void> {
    const run = await this.repository.run(runId);
    const plan = run && (await this.plans.find(run.planId));
    if (!run || !plan) throw new AppError('NOT_FOUND', 'There is no such run.', { runId });
    const { header, planId, planSha256 } = plan;
    const [tallies, { exceptions, leftOut }, items, auditSeq, approvals] = await Promise.all([
      this.repository.tallies(planId, header.users.length),
      this.repository.exceptions(planId, header.users.map(({ target }) => target.name)),
      this.repository.items(planId),
      this.repository.auditSeq(),
      this.approvals.all(plan),
    ]);
    const text = reportText({
      run: {
        runId,
        state: run.state,
        startedBy: run.startedBy,
        startedAt: run.startedAt.toISOString(),
        endedAt: run.endedAt?.toISOString() ?? null,
        verifiedAt: run.verified?.at ?? null,
        requests: run.requests,
        writes: run.writes,
        tickets: run.tickets,
        accepted: run.acceptedAt && { by: run.acceptedBy ?? '', at: run.acceptedAt.toISOString(), reason: run.acceptedReason ?? '' },
        code: run.code,
      },
      header,
      planSha256,
      approvals: approvals.map(({ operatorName, sha256, expiresAt }) => ({ approver: operatorName, sha256, expiresAt: expiresAt.toISOString() })),
      ...tallies,
      exceptions,
      exceptionsLeftOut: leftOut,
      items,
      auditSeq,
    });
    const servers = header.kind === 'users' ? { sourceServerId: header.source.serverId, targetServerId: header.target.serverId } : null;
    await this.repository.store(runId, text, await signReport(this.signer, text), servers, items);
  }

  /** A part of the signed text. Parts are cut between characters, so that joined they are the text again. @throws NOT_FOUND */
  async read(runId: string, part: number): Promise<{ part: number; of: number; text: string; jws: string }> {
    const report = (await this.repository.stored(runId)) ?? (await this.late(runId));
    if (!report) throw new AppError('NOT_FOUND', 'This run has no report yet.', { runId });
    const parts = partsOf(report.text);
    const text = parts[part];
    if (text === undefined) throw new AppError('NOT_FOUND', 'The report has no such part.', { runId, part, of: parts.length });
    return { part, of: parts.length, text, jws: report.jws };
  }

  /** Of a run that has ended, or waits for a person, and whose process could not make it. */
  private async late(runId: string): Promise<{ text: string; jws: string } | null> {
    const run = await this.repository.run(runId);
    if (!run || !['done', 'aborted', 'failed', 'awaiting-decision'].includes(run.state)) return null;
    await this.make(runId);
    return this.repository.stored(runId);
  }
}

export function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + PART_CHARS);
    // Not between the two halves of one character.
    if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1]!)) end--;
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}
