/** Who must act on an error. */
export type ErrorFamily = 'input' | 'access' | 'vendor' | 'fleet' | 'bug';

interface CodeEntry {
  readonly family: ErrorFamily;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** What the reader can do next, in one sentence. */
  readonly next: string;
}

const entry = (family: ErrorFamily, retryable: boolean, next: string): CodeEntry => ({ family, retryable, next });

/** The public error codes. Never renamed; the reference page is generated from this table. */
export const ERROR_CODES = {
  VALIDATION_FAILED: entry('input', false, 'Correct the named field and send it again.'),
  NOT_FOUND: entry('input', false, 'Check the name or id; list what exists and try again.'),
  SERVER_ALREADY_REGISTERED: entry('input', false, 'Open the registered server, or use another address or alias.'),
  SERVER_READ_ONLY: entry('input', false, 'Switch read-only mode off for this server, then repeat.'),
  SERVER_BUSY: entry('input', true, 'Wait a moment; the queue of this server is full.'),
  RATE_LIMITED: entry('input', true, 'Wait for the time that the answer names, then repeat.'),
  EGRESS_BLOCKED: entry('input', false, 'Use an address that the egress rules allow, or change them.'),
  IDEMPOTENCY_CONFLICT: entry('input', false, 'Use a new idempotency key for a different request.'),
  UNAUTHENTICATED: entry('access', false, 'Sign in, then repeat.'),
  FORBIDDEN: entry('access', false, 'Ask a superadmin for the role that this needs.'),
  SIGN_IN_FAILED: entry('access', false, 'Check the name and the password, or ask for a new sign-in code.'),
  STEP_UP_REQUIRED: entry('access', false, 'Enter your password again, then repeat within five minutes.'),
  ENROLLMENT_REFUSED: entry('access', false, 'Make a new enrollment token and use it within its hour.'),
  AGENT_LOCKED: entry('access', false, 'A superadmin has to unlock this agent.'),
  STALE_EPOCH: entry('access', false, 'Repeat the call at the current controller.'),
  ADDRESS_REFUSED: entry('access', false, 'The play address of this server is not safe to hand out; look at the log of its agent.'),
  CLOCK_SKEW: entry('access', false, 'Set the clock of the machine, then repeat.'),
  SERVER_UNREACHABLE: entry('vendor', true, 'Check that the media server runs and that the address is right.'),
  SERVER_REJECTED_KEY: entry('vendor', false, "Make a new API key at the media server as an administrator and store it here."),
  SERVER_RATE_LIMITED: entry('vendor', true, 'The media server asked for a pause; it is tried again by itself.'),
  CAPABILITY_MISSING: entry('vendor', false, 'This media server or client cannot do that.'),
  VENDOR_ANSWER_INVALID: entry('vendor', true, 'The media server answered something unexpected; look at its log.'),
  AGENT_OFFLINE: entry('fleet', true, 'Check the machine that carries the agent of this server.'),
  AGENT_TIMEOUT: entry('fleet', true, 'The agent did not answer in time; try again.'),
  TIMED_OUT: entry('fleet', true, 'Wait a moment, then repeat; ask for less at once if it stays slow.'),
  NO_SERVER_AVAILABLE: entry('fleet', true, 'Read the reason of each server; bring one back, or end a drain.'),
  FLEET_SATURATED: entry('fleet', true, 'Wait for the time that the answer names; every server that could play it is full.'),
  ROUTER_OFFLINE: entry('fleet', true, 'Start the router; it also serves the links of existing routes.'),
  ROUTER_BUSY: entry('fleet', true, 'Wait a moment; too many placements are waiting.'),
  PROTOCOL_UNSUPPORTED: entry('fleet', false, 'Update the agent or the controller to a common version.'),
  MESSAGE_INVALID: entry('fleet', false, 'Update the agent or the controller to a common version.'),
  BROKER_TOO_OLD: entry('fleet', false, 'Install nats-server 2.14.3 or newer, or 2.12.12 or newer of the 2.12 line.'),
  PLAN_BLOCKED: entry('input', false, 'Settle the blockers that the check lists, then check again.'),
  PLAN_STALE: entry('input', false, 'Check the plan again and approve the new version.'),
  DECISION_INVALID: entry('input', false, 'Correct the named decisions, then import the file again; nothing was changed.'),
  IDENTITY_CONFLICT: entry('input', false, 'It meets something that is there already: use another name, or decide about the accounts one by one.'),
  EMAIL_UNVERIFIED: entry('input', false, 'Let a superadmin attest the address, then repeat.'),
  RUN_CONFLICT: entry('input', false, 'See how the run stands; wait until it has ended, or abort it.'),
  ROLLBACK_WINDOW_CLOSED: entry('input', false, 'The former values are no longer kept; make a new plan in the other direction.'),
  APPROVAL_MISSING: entry('access', false, 'Let a superadmin approve exactly this version of the plan.'),
  APPROVAL_EXPIRED: entry('access', false, 'Approve the plan again.'),
  USER_TOKEN_MISSING: entry('access', false, 'Share the server with the account at plex.tv, then check again.'),
  TICKET_EXPIRED: entry('access', false, 'Resume the run; it gets a new ticket while its approval lives.'),
  TICKET_REUSED: entry('access', false, 'Look at the audit log: a ticket was presented twice.'),
  TICKET_REVOKED: entry('access', false, 'Approve the plan again if it is to go on.'),
  TICKET_INVALID: entry('access', false, 'Look at the audit log: a ticket did not hold.'),
  READ_INCOMPLETE: entry('vendor', true, 'The media server answered only a part; it is asked again, and nothing was changed.'),
  CAPABILITY_CHANGED: entry('vendor', false, 'The target did not keep what was written; check the plan again.'),
  FAILURE_LIMIT: entry('vendor', false, 'Look at the titles that failed, then resume or abort the run.'),
  MIGRATION_OFFLINE: entry('fleet', true, 'Start the migration service; plans and runs are kept.'),
  OP_KEY_MISMATCH: entry('bug', false, 'The run was stopped. Report it with its id.'),
  KEYRING_MISSING: entry('fleet', false, 'Restore the key ring file from its backup.'),
  KEYRING_UNSAFE: entry('fleet', false, 'Move the key ring and give it mode 0400.'),
  KEYRING_MISMATCH: entry('fleet', false, 'Restore the key ring that belongs to this database.'),
  INTERNAL: entry('bug', false, 'Report it with the correlation id.'),
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}
