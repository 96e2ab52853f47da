import { Inject, Injectable } from '@nestjs/common';
import { AppError, uuidv7 } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { hashPassword, Secret, verifyPassword } from '@usher/security';
import { Pool } from 'pg';
import { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import { CLOCK } from '../infrastructure.js';
import { parseInput } from '../graphql/parse-input.js';
import { STEP_UP_MS, type Actor, type SignedIn } from './actor.js';
import { AttemptsService } from './attempts.service.js';
import { OperatorsRepository, type OperatorRow } from './operators.repository.js';
import { SignInCodesService } from './sign-in-codes.service.js';
import { SignInsService, type OpenedSignIn } from './sign-ins.service.js';

const Name = z.string().trim().min(1, 'must not be empty').max(64, 'must have at most 64 characters');
const NewPassword = passwordOf(10);
const TypedPassword = passwordOf(1);
const TypedCode = z.string().trim().min(1, 'must not be empty').max(40, 'must have at most 40 characters');

/** Codes have no account of their own: their attempts are counted under this name. */
const CODE_ACCOUNT = '(sign-in code)';

/** Where and how somebody signs in. */
export interface SignInPlace {
  readonly actor: Actor;
  readonly userAgent: string | null;
  /** A command line wants the token itself; a browser gets a cookie. */
  readonly returnToken: boolean;
}

export interface SignInResult extends OpenedSignIn {
  readonly operator: OperatorRow;
}

/** Signing in: by password, by one-time code, and the first operator of a fleet. */
@Injectable()
export class AuthService {
  constructor(
    private readonly pool: Pool,
    private readonly operators: OperatorsRepository,
    private readonly signIns: SignInsService,
    private readonly codes: SignInCodesService,
    private readonly attempts: AttemptsService,
    private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async needsFirstOperator(): Promise<boolean> {
    return !(await this.operators.hasSuperadmin());
  }

  /**
   * Makes the first superadmin with the code that the host printed.
   * @throws SIGN_IN_FAILED for a wrong code, FORBIDDEN once a superadmin exists, VALIDATION_FAILED, RATE_LIMITED
   */
  async createFirstOperator(input: { code: string; name: string; password: Secret }, place: SignInPlace): Promise<SignInResult> {
    const { code, name, password } = parseInput(z.object({ code: TypedCode, name: Name, password: NewPassword }), input);
    refuseNameAsPassword(name, password, 'password');
    if (!(await this.needsFirstOperator())) throw firstExists();
    const attempt = await this.attempts.begin(CODE_ACCOUNT, place.actor.address);
    const operator: OperatorRow = { id: uuidv7(), name, role: 'superadmin', password_hash: await hashPassword(password) };
    const opened = await transaction(this.pool, async (tx) => {
      await this.operators.lockFirstOperator(tx);
      if (await this.operators.hasSuperadmin(tx)) throw firstExists();
      await this.codes.consume(tx, code);
      await this.operators.insert(tx, operator);
      return this.openFor(tx, operator, place, { action: 'operator.created', proven: false });
    });
    await attempt.succeeded();
    return { operator, ...opened };
  }

  /** @throws SIGN_IN_FAILED (unknown names take as long as wrong passwords), RATE_LIMITED */
  async signIn(input: { name: string; password: Secret }, place: SignInPlace): Promise<SignInResult> {
    const { name, password } = parseInput(z.object({ name: Name, password: TypedPassword }), input);
    const attempt = await this.attempts.begin(name, place.actor.address);
    const operator = await this.operators.byName(name);
    const isRight = await verifyPassword(password, operator?.password_hash ?? null);
    if (!operator || !isRight) throw new AppError('SIGN_IN_FAILED', 'Name or password is wrong.', { reason: 'password' });
    const opened = await transaction(this.pool, (tx) => this.openFor(tx, operator, place, { action: 'operator.signed_in', proven: true }));
    await attempt.succeeded();
    return { operator, ...opened };
  }

  /** A new password by the host's code; every older sign-in of that operator ends. @throws SIGN_IN_FAILED, RATE_LIMITED */
  async signInWithCode(input: { code: string; name: string; newPassword: Secret }, place: SignInPlace): Promise<SignInResult> {
    const { code, name, newPassword } = parseInput(z.object({ code: TypedCode, name: Name, newPassword: NewPassword }), input);
    refuseNameAsPassword(name, newPassword, 'newPassword');
    const attempt = await this.attempts.begin(CODE_ACCOUNT, place.actor.address);
    const operator = await this.operators.byName(name);
    const passwordHash = await hashPassword(newPassword);
    const opened = await transaction(this.pool, async (tx) => {
      if (!operator) throw new AppError('SIGN_IN_FAILED', 'This sign-in code is wrong, used or too old.', { reason: 'code' });
      await this.codes.consume(tx, code);
      await this.operators.setPassword(tx, operator.id, passwordHash);
      await this.signIns.endAllOf(tx, operator.id);
      return this.openFor(tx, operator, place, { action: 'operator.password_set', proven: false });
    });
    await attempt.succeeded();
    this.signIns.announce(operator!.id);
    return { operator: operator!, ...opened };
  }

  /** Proves the password again. Returns until when that counts. @throws SIGN_IN_FAILED, RATE_LIMITED */
  async stepUp(actor: Actor, password: Secret): Promise<Date> {
    const signedIn: SignedIn = actor.require('viewer');
    const typed = parseInput(TypedPassword, password, 'password');
    const attempt = await this.attempts.begin(signedIn.name, actor.address);
    const operator = await this.operators.byId(signedIn.operatorId);
    if (!(await verifyPassword(typed, operator?.password_hash ?? null))) {
      throw new AppError('SIGN_IN_FAILED', 'The password is wrong.', { reason: 'password' });
    }
    const now = new Date(this.clock.now());
    await transaction(this.pool, async (tx) => {
      await this.signIns.prove(tx, signedIn.signInId, now);
      await this.audit.append(tx, actor, { action: 'operator.stepped_up' });
    });
    await attempt.succeeded();
    return new Date(now.getTime() + STEP_UP_MS);
  }

  private async openFor(
    tx: Parameters<SignInsService['open']>[0],
    operator: OperatorRow,
    place: SignInPlace,
    how: { action: string; proven: boolean },
  ): Promise<OpenedSignIn> {
    const kind = place.returnToken ? 'cli' : 'console';
    const provenAt = how.proven ? new Date(this.clock.now()) : null;
    const opened = await this.signIns.open(tx, operator, { kind, address: place.actor.address, userAgent: place.userAgent, provenAt });
    const payload = { operatorId: operator.id, name: operator.name, kind };
    await this.audit.append(tx, place.actor, { action: how.action, payload });
    return opened;
  }
}

/** Between `least` and 256 characters. */
function passwordOf(least: number) {
  return z
    .custom<Secret>((value) => value instanceof Secret)
    .refine((password) => password.reveal().length >= least, `must have at least ${least} character${least === 1 ? '' : 's'}`)
    .refine((password) => password.reveal().length <= 256, 'must have at most 256 characters');
}

function refuseNameAsPassword(name: string, password: Secret, field: string): void {
  if (name.toLowerCase() === password.reveal().toLowerCase()) throw new AppError('VALIDATION_FAILED', 'The password must differ from the name.', { field });
}

function firstExists(): AppError {
  return new AppError('FORBIDDEN', 'This fleet has its first operator already. Sign in instead.');
}
