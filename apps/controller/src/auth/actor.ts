import { AppError } from '@usher/contracts';

/** Each role may do what the ones before it may. */
export const OPERATOR_ROLES = ['viewer', 'operator', 'superadmin'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

export interface SignedIn {
  readonly operatorId: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly signInId: string;
  /** `console` = cookie of a browser, `cli` = bearer token. */
  readonly kind: 'console' | 'cli';
  /** When the password was last proven; null after a sign-in by code. */
  readonly provenAt: Date | null;
  readonly expiresAt: Date;
}

export const STEP_UP_MS = 5 * 60_000;

/** Who calls. Services ask it for the role they need; without a question nothing is allowed. */
export class Actor {
  constructor(
    readonly signedIn: SignedIn | null,
    /** Address of the caller, for limits and audit. */
    readonly address: string | null = null,
    private readonly isHost = false,
  ) {}

  /** The machine that Usher runs on: whoever starts it may do everything. */
  static host(): Actor {
    return new Actor(null, null, true);
  }

  get name(): string {
    return this.isHost ? 'host' : (this.signedIn?.name ?? 'anonymous');
  }

  has(role: OperatorRole): boolean {
    if (this.isHost) return true;
    return this.signedIn !== null && OPERATOR_ROLES.indexOf(this.signedIn.role) >= OPERATOR_ROLES.indexOf(role);
  }

  /** Throws UNAUTHENTICATED without a sign-in, FORBIDDEN below `role`. */
  allow(role: OperatorRole): void {
    if (this.has(role)) return;
    if (!this.signedIn) throw new AppError('UNAUTHENTICATED', 'You are not signed in.');
    throw new AppError('FORBIDDEN', `This needs the role ${role}.`, { role });
  }

  /** As `allow`, for what only a person can do. */
  require(role: OperatorRole): SignedIn {
    this.allow(role);
    if (!this.signedIn) throw new AppError('UNAUTHENTICATED', 'This needs a person who is signed in.');
    return this.signedIn;
  }

  /** Throws STEP_UP_REQUIRED unless the password was proven in the last five minutes. */
  requireProof(nowMs: number): void {
    if (this.isHost) return;
    const provenAtMs = this.signedIn?.provenAt?.getTime() ?? -Infinity;
    if (nowMs - provenAtMs > STEP_UP_MS) throw new AppError('STEP_UP_REQUIRED', 'This needs your password again.');
  }
}
