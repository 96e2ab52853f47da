import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ControllerHarness, type GraphqlAnswer } from './controller-harness.js';

let harness: ControllerHarness;

beforeAll(async () => {
  harness = await ControllerHarness.start();
});
beforeEach(() => harness.pool.query('DELETE FROM sign_in_attempt'));
afterAll(() => harness?.close());

const CREATE = 'mutation ($input: CreateFirstOperatorInput!) { createFirstOperator(input: $input) { operator { id name role } token expiresAt } }';
const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { operator { name } token expiresAt } }';
const WITH_CODE = 'mutation ($input: SignInWithCodeInput!) { signInWithCode(input: $input) { operator { name } token } }';
const VIEWER = '{ viewer { name role } }';
const anonymous = { token: null };
const codeOf = (answer: GraphqlAnswer) => answer.errors?.[0]?.extensions.code;

async function issued(force = false): Promise<string> {
  return (await harness.controller.issueSignInCode({ force }))!.code;
}

describe('the first operator', () => {
  it('is made once, by the code, and is a superadmin with a cookie', async () => {
    expect((await harness.gql('{ setupState { needsFirstOperator } }', {}, anonymous)).data).toEqual({ setupState: { needsFirstOperator: true } });
    const older = await issued();
    const code = await issued();
    const input = { name: 'ana', password: 'correct horse' };
    expect(codeOf(await harness.gql(CREATE, { input: { ...input, code: older } }, anonymous))).toBe('SIGN_IN_FAILED');
    const both = await Promise.all([1, 2].map((i) => harness.gql(CREATE, { input: { ...input, name: `ana${i}`, code: code.toLowerCase() } }, anonymous)));
    const made = both.filter((answer) => !answer.errors);
    expect(made).toHaveLength(1);
    expect(made[0]!.data!['createFirstOperator']).toMatchObject({ operator: { role: 'SUPERADMIN' }, token: null });
    const cookie = made[0]!.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^usher_sid=[A-Za-z0-9_-]{43};/);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(cookie).toMatch(/Path=\//);
    expect(cookie).not.toMatch(/Secure/);
    const viewer = await harness.gql(VIEWER, {}, { token: null, headers: { cookie: cookie.split(';')[0]! } });
    expect(viewer.data!['viewer'].role).toBe('SUPERADMIN');
    expect(await harness.controller.issueSignInCode()).toBeNull();
  });

  it('is not made with a code that is too old', async () => {
    const code = await issued(true);
    await harness.pool.query(`UPDATE sign_in_code SET expires_at = now()`);
    const { name } = await harness.addOperator('viewer');
    expect(codeOf(await harness.gql(WITH_CODE, { input: { code, name, newPassword: 'correct horse' } }, anonymous))).toBe('SIGN_IN_FAILED');
  });
});

describe('signing in', () => {
  it('gives a token to a command line and a cookie to a browser', async () => {
    const { name } = await harness.addOperator('operator', { password: 'correct horse' });
    const cli = await harness.gql(SIGN_IN, { input: { name: name.toUpperCase(), password: 'correct horse', returnToken: true } }, anonymous);
    expect(cli.headers.get('set-cookie')).toBeNull();
    expect((await harness.gql(VIEWER, {}, { token: cli.data!['signIn'].token })).data!['viewer']).toEqual({ name, role: 'OPERATOR' });
    const browser = await harness.gql(SIGN_IN, { input: { name, password: 'correct horse' } }, anonymous);
    expect(browser.data!['signIn'].token).toBeNull();
    expect(browser.headers.get('set-cookie')).toContain('usher_sid=');
    expect(browser.headers.get('set-cookie')).not.toContain(cli.data!['signIn'].token);
  });

  it('keeps only the hash of a token', async () => {
    const { name } = await harness.addOperator('operator', { password: 'correct horse' });
    const { token } = (await harness.gql(SIGN_IN, { input: { name, password: 'correct horse', returnToken: true } }, anonymous)).data!['signIn'];
    const { rows } = await harness.owner.query(`SELECT * FROM sign_in, audit_event, operator`);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain('correct horse');
  });

  it('looks at five wrong passwords of one account and address, however many come at once', async () => {
    const { name } = await harness.addOperator('operator', { password: 'correct horse' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => harness.gql(SIGN_IN, { input: { name, password: 'wrong' } }, anonymous)));
    expect(answers.filter((answer) => codeOf(answer) === 'SIGN_IN_FAILED')).toHaveLength(5);
    const limited = answers.filter((answer) => codeOf(answer) === 'RATE_LIMITED');
    expect(limited).toHaveLength(3);
    expect(limited[0]!.errors![0]!.extensions.details['retryAfterMs']).toBeGreaterThan(800_000);
    expect(codeOf(await harness.gql(SIGN_IN, { input: { name, password: 'correct horse' } }, anonymous))).toBe('RATE_LIMITED');
  });

  it('limits codes as well', async () => {
    const input = { code: 'AAAAA-AAAAA', name: 'nobody', newPassword: 'correct horse' };
    for (let i = 0; i < 5; i++) expect(codeOf(await harness.gql(WITH_CODE, { input }, anonymous))).toBe('SIGN_IN_FAILED');
    expect(codeOf(await harness.gql(WITH_CODE, { input }, anonymous))).toBe('RATE_LIMITED');
  });

  it('answers unknown names as wrong passwords', async () => {
    const { name } = await harness.addOperator('operator');
    const [unknown, wrong] = await Promise.all(['nobody', name].map((given) => harness.gql(SIGN_IN, { input: { name: given, password: 'wrong' } }, anonymous)));
    expect(unknown!.errors![0]!.message).toBe(wrong!.errors![0]!.message);
    expect(unknown!.errors![0]!.extensions.details).toEqual(wrong!.errors![0]!.extensions.details);
  });

  it('by code sets the password, works once, and ends every older sign-in', async () => {
    const { name, token } = await harness.addOperator('superadmin', { password: 'forgotten one' });
    const code = await issued(true);
    const input = { code, name, newPassword: 'correct horse', returnToken: true };
    const answer = await harness.gql(WITH_CODE, { input }, anonymous);
    const fresh = answer.data!['signInWithCode'].token as string;
    expect((await harness.gql(VIEWER, {}, { token })).data!['viewer']).toBeNull();
    expect((await harness.gql(VIEWER, {}, { token: fresh })).data!['viewer'].name).toBe(name);
    expect(codeOf(await harness.gql(WITH_CODE, { input }, anonymous))).toBe('SIGN_IN_FAILED');
    expect((await harness.gql(SIGN_IN, { input: { name, password: 'correct horse' } }, anonymous)).errors).toBeUndefined();
  });
});

describe('a sign-in', () => {
  const ageOf = (token: string, sql: string) =>
    harness.pool.query(`UPDATE sign_in SET ${sql} WHERE token_sha256 = sha256($1::bytea)`, [Buffer.from(token)]);

  it.each([
    ['operator', 31, null],
    ['operator', 29, 'OPERATOR'],
    ['superadmin', 16, null],
    ['superadmin', 14, 'SUPERADMIN'],
  ] as const)('of a browser, role %s, silent for %i minutes, is %s', async (role, minutes, expected) => {
    const { token } = await harness.addOperator(role);
    await ageOf(token, `kind = 'console', last_seen_at = now() - interval '${minutes} minutes'`);
    expect((await harness.gql(VIEWER, {}, { token })).data!['viewer']?.role ?? null).toBe(expected);
  });

  it('of a command line has no idle limit, and ends at its end', async () => {
    const { token } = await harness.addOperator('operator');
    await ageOf(token, `last_seen_at = now() - interval '30 days'`);
    expect((await harness.gql(VIEWER, {}, { token })).data!['viewer']).not.toBeNull();
    await ageOf(token, `expires_at = now()`);
    expect((await harness.gql(VIEWER, {}, { token })).data!['viewer']).toBeNull();
  });

  it('is over after signing out', async () => {
    const { token } = await harness.addOperator('operator');
    const out = await harness.gql('mutation { signOut }', {}, { token });
    expect(out.data).toEqual({ signOut: true });
    expect(out.headers.get('set-cookie')).toMatch(/usher_sid=; .*Max-Age=0/);
    expect(codeOf(await harness.gql('mutation { signOut }', {}, { token }))).toBe('UNAUTHENTICATED');
  });

  it('of a disabled operator is over', async () => {
    const { id, token } = await harness.addOperator('operator');
    await harness.pool.query('UPDATE operator SET disabled_at = now() WHERE id = $1', [id]);
    expect((await harness.gql(VIEWER, {}, { token })).data!['viewer']).toBeNull();
  });
});

describe('stepping up', () => {
  it('proves the password for five minutes', async () => {
    const { token } = await harness.addOperator('operator', { password: 'correct horse' });
    const answer = await harness.gql('mutation { stepUp(password: "correct horse") }', {}, { token });
    const untilMs = Date.parse(answer.data!['stepUp']) - Date.now();
    expect(untilMs).toBeGreaterThan(290_000);
    expect(untilMs).toBeLessThanOrEqual(300_000);
  });

  it('counts wrong passwords', async () => {
    const { token } = await harness.addOperator('operator', { password: 'correct horse' });
    for (let i = 0; i < 5; i++) expect(codeOf(await harness.gql('mutation { stepUp(password: "wrong") }', {}, { token }))).toBe('SIGN_IN_FAILED');
    expect(codeOf(await harness.gql('mutation { stepUp(password: "correct horse") }', {}, { token }))).toBe('RATE_LIMITED');
  });
});
