import { Injectable } from '@nestjs/common';
import { uuidv7, type ErrorCode } from '@usher/contracts';
import { transaction } from '@usher/database';
import { emailSkeleton, normalizeEmail } from '@usher/matching';
import { Pool, type PoolClient } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { IdentitiesRepository, type KnownAccount } from './identities.repository.js';
import { IdentitiesService } from './identities.service.js';
import type { IdentityEmailImportRowObject, ImportIdentityEmailsInput, ImportIdentityEmailsResult } from './identities.graphql.js';
import { ImportDirectory } from './import-directory.js';
import { readEmailRows, type EmailCell, type EmailRowOfFile } from './email-file.js';

/** A row with what it means, or why it is refused. */
type Judged = { readonly row: EmailRowOfFile; readonly refusal: Refusal } | { readonly row: EmailRowOfFile; readonly account: KnownAccount; readonly email: string };

interface Refusal {
  readonly cell: EmailCell;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Addresses from a file: kept as not verified, they only suggest. */
@Injectable()
export class IdentityImportService {
  constructor(
    private readonly repository: IdentitiesRepository,
    private readonly people: IdentitiesService,
    private readonly directory: ImportDirectory,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
    private readonly pool: Pool,
  ) {}

  /** Good rows are kept and bad ones reported; a second time changes nothing. @throws VALIDATION_FAILED for a file that cannot be read as a whole, IDEMPOTENCY_CONFLICT */
  async run(actor: Actor, { idempotencyKey, csv, dryRun }: ImportIdentityEmailsInput): Promise<ImportIdentityEmailsResult> {
    const operator = actor.require('operator');
    const rows = readEmailRows(csv);
    if (dryRun === true) return this.work(actor, rows, false);
    return this.idempotency.once<ImportIdentityEmailsResult>({ operator, key: idempotencyKey, op: 'importIdentityEmails', request: { csv } }, async (save) => {
      const result = await this.work(actor, rows, true);
      await transaction(this.pool, (tx) => save(tx, result));
      return result;
    });
  }

  private async work(actor: Actor, rows: readonly EmailRowOfFile[], applied: boolean): Promise<ImportIdentityEmailsResult> {
    return transaction(this.pool, async (tx) => {
      await this.repository.lock(tx);
      const judged = await this.judge(rows);
      const results: IdentityEmailImportRowObject[] = [];
      for (const one of judged) results.push('refusal' in one ? refusedRow(one.row, one.refusal) : await this.keep(tx, actor, one, applied));
      const count = (status: IdentityEmailImportRowObject['status']) => results.filter((row) => row.status === status).length;
      const totals = { added: count('added'), same: count('same'), held: count('held'), refused: count('refused') };
      if (applied) await this.audit.append(tx, actor, { action: 'emails.imported', payload: totals });
      return { applied, ...totals, rows: results };
    });
  }

  private async judge(rows: readonly EmailRowOfFile[]): Promise<Judged[]> {
    const [directory, emails] = await Promise.all([this.directory.read(), this.repository.allEmails()]);
    const verified = emails.filter(({ verifiedAt }) => verifiedAt !== null);
    const looks = new Map(verified.map(({ email }) => [emailSkeleton(email), email]));
    return rows.map((row) => {
      if (row.problem) return { row, refusal: { cell: row.problem.cell, code: 'VALIDATION_FAILED', message: row.problem.message } };
      const found = directory.find(row.server.text, row.user.text);
      if (typeof found === 'object' && 'unknown' in found) return { row, refusal: { cell: row[found.unknown], code: found.code, message: found.message } };
      const email = normalizeEmail(row.email.text);
      if (email === null) return { row, refusal: { cell: row.email, code: 'VALIDATION_FAILED', message: 'This is not an e-mail address.' } };
      const like = looks.get(emailSkeleton(email));
      if (like !== undefined && like !== email) return { row, refusal: { cell: row.email, code: 'VALIDATION_FAILED', message: `It reads like the verified address ${like} and is not.` } };
      return { row, account: found, email };
    });
  }

  private async keep(tx: PoolClient, actor: Actor, { row, account, email }: Extract<Judged, { email: string }>, applied: boolean): Promise<IdentityEmailImportRowObject> {
    const [known] = await this.repository.known(tx, [account]);
    const identityId = known?.identityId ?? null;
    const mine = identityId === null ? [] : await this.repository.emails([identityId], tx);
    if (mine.some((kept) => kept.email === email)) return resultRow(row, 'same', 'Known already.');
    const owner = await this.repository.ownerOf(tx, email);
    if (applied) await this.write(tx, actor, account, identityId, email);
    if (owner !== null) return resultRow(row, 'held', 'Equal to a verified address of somebody else: a suggestion only.', 'EMAIL_UNVERIFIED');
    return resultRow(row, 'added', 'Kept as not verified.');
  }

  /** Whoever has an address is a person, even of a single account. */
  private async write(tx: PoolClient, actor: Actor, account: KnownAccount, identityId: string | null, email: string): Promise<void> {
    const id = identityId ?? uuidv7();
    if (identityId === null) {
      await this.repository.insert(tx, id, account.userName);
      await this.people.add(tx, actor, id, account, 'import');
    }
    await this.repository.addEmail(tx, id, email, 'import');
  }
}

function resultRow({ line, server, user, email }: EmailRowOfFile, status: IdentityEmailImportRowObject['status'], message: string, code: ErrorCode | null = null): IdentityEmailImportRowObject {
  return { line, server: server.text, user: user.text, email: email.text, status, column: null, code, message };
}

function refusedRow(row: EmailRowOfFile, { cell, code, message }: Refusal): IdentityEmailImportRowObject {
  return { ...resultRow(row, 'refused', message, code), column: cell.column };
}
