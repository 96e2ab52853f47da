// B29: 1,000 wrong passwords: 5 evaluated per window; 100 sign-ins at once: RSS < +400 MB, p99 of other requests < 500 ms;
// known and unknown account within ±10 %.
import { Operator, PASSWORD } from '../support/operator.js';
import { runBar } from '../support/bar.js';
import { usageOf } from '../support/process-usage.js';
import { percentile } from '../support/statistics.js';
import { inWorld, type World } from '../support/world.js';

const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { expiresAt } }';

const ROUNDS = 40;

async function tryName({ stack }: World, name: string, password: string): Promise<{ code: string | null; ms: number; signedIn: boolean }> {
  const startedAt = performance.now();
  const { code, data } = await new Operator(stack.url, null).send<{ signIn: object }>(SIGN_IN, { input: { name, password } });
  return { code, ms: performance.now() - startedAt, signedIn: data?.signIn !== undefined };
}

/** One address may ask only so often: the sign-ins of this check are spread, so that its own limit is what is measured. */
async function paced<T>(count: number, everyMs: number, work: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < count; i++) {
    results.push(await work(i));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return results;
}

function countsOf(codes: readonly string[]): string {
  return [...new Set(codes)].map((code) => `${code}:${codes.filter((each) => each === code).length}`).join(' ');
}

await runBar('B29', (bar) =>
  inWorld(async (world) => {
    const forget = () => world.pool.query('DELETE FROM sign_in_attempt');
    const guesses = bar.number('guesses', 1_000);
    const tried = await paced(guesses, 52, () => tryName(world, 'bench', 'wrong password, wrong password'));
    const evaluated = tried.filter(({ code }) => code !== 'RATE_LIMITED').length;
    bar.check(`${guesses}-wrong-passwords.evaluated`, evaluated, 5, evaluated === 5);
    bar.equal('wrong-passwords.signed-in', tried.filter(({ signedIn }) => signedIn).length, 0);
    bar.equal('right-password-inside-the-window', (await tryName(world, 'bench', PASSWORD)).code, 'RATE_LIMITED');

    const times = { known: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      await forget();
      // in turn first, so that neither always meets the busier moment
      for (const name of round % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
        times[name].push((await tryName(world, name === 'known' ? 'bench' : `nobody-${round}`, 'wrong password, wrong password')).ms);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    const [known, unknown] = [percentile(times.known, 0.5), percentile(times.unknown, 0.5)];
    bar.check('known-vs-unknown.median', `${known.toFixed(1)} ms, ${unknown.toFixed(1)} ms`, '±10 %', Math.abs(known / unknown - 1) <= 0.1);

    await forget();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const pid = world.stack.pidOf('usher');
    const before = usageOf(pid).rssMiB;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, usageOf(pid).rssMiB)), 20);
    let done = false;
    const crowd = Promise.all(Array.from({ length: 100 }, (_, i) => tryName(world, `person-${i}`, 'wrong password, wrong password'))).finally(() => (done = true));
    const others: number[] = [];
    while (!done || others.length < 20) {
      const startedAt = performance.now();
      await (await fetch(`${world.stack.url}/api/health`)).text();
      others.push(performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const answers = await crowd;
    clearInterval(watch);
    bar.atMost('100-at-once.rss-growth', peak - before, 400, 'MiB');
    bar.atMost('100-at-once.p99-of-others', percentile(others, 0.99), 500, 'ms');
    bar.check('100-at-once.answers', countsOf(answers.map(({ code }) => code ?? 'none')), 'no INTERNAL', answers.every(({ code }) => code === 'SIGN_IN_FAILED' || code === 'RATE_LIMITED' || code === 'SERVER_BUSY'));
    bar.notRun('totp-code-twice', 'there is no second factor yet');
  }),
);
