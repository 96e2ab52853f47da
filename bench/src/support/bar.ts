import { describeMachine, thisMachine } from './machine.js';

/** Seed of every random choice of a check; `--seed N` repeats a run. */
const DEFAULT_SEED = 20;

/** What a bar tells while it runs: one line per check. */
export class Bar {
  private passed = 0;
  private failed = 0;

  constructor(
    readonly id: string,
    readonly seed: number,
    private readonly options: ReadonlyMap<string, string>,
  ) {}

  /** `--name N`, or the fallback. */
  number(name: string, fallback: number): number {
    const value = Number(this.options.get(name) ?? fallback);
    if (!Number.isFinite(value)) throw new RangeError(`--${name} takes a number`);
    return value;
  }

  check(metric: string, value: unknown, threshold: unknown, isMet: boolean): void {
    if (isMet) this.passed += 1;
    else this.failed += 1;
    this.line(`${metric}=${shown(value)} bar=${shown(threshold)} ${isMet ? 'PASS' : 'FAIL'}`);
  }

  atMost(metric: string, value: number, limit: number, unit = ''): void {
    this.check(metric, `${round(value)}${unit}`, `≤${limit}${unit}`, value <= limit);
  }

  equal(metric: string, value: unknown, wanted: unknown): void {
    this.check(metric, value, wanted, shown(value) === shown(wanted));
  }

  /** A part that cannot be held yet. It is neither passed nor failed. */
  notRun(metric: string, reason: string): void {
    this.line(`${metric} not run: ${reason}`);
  }

  end(): number {
    this.line(this.failed === 0 && this.passed > 0 ? 'ok' : `failed: ${this.failed} of ${this.passed + this.failed} checks`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }

  private line(text: string): void {
    process.stdout.write(`${this.id} ${text}\n`);
  }
}

/** Runs one bar as a program: prints, and sets the exit code. An error that nobody expected is a failure. */
export async function runBar(id: string, work: (bar: Bar) => Promise<void>): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const seed = Number(options.get('seed') ?? DEFAULT_SEED);
  const bar = new Bar(id, seed, options);
  try {
    await work(bar);
  } catch (error) {
    bar.check('error', error instanceof Error ? error.message : error, 'none', false);
  }
  process.exitCode = bar.end();
  process.stdout.write(`${id} seed ${seed} · ${describeMachine(await thisMachine())}\n`);
}

/** `--name value` and `--name=value`; a name alone is true. */
function readOptions(args: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const found = /^--([a-z][a-z-]*)(?:=(.*))?$/.exec(args[i]!);
    if (!found) throw new RangeError(`what is ${args[i]}?`);
    const next = args[i + 1];
    const isValueNext = found[2] === undefined && next !== undefined && !next.startsWith('--');
    options.set(found[1]!, found[2] ?? (isValueNext ? next : 'true'));
    if (isValueNext) i += 1;
  }
  return options;
}

const round = (value: number): number => Math.round(value * 100) / 100;

const shown = (value: unknown): string => (typeof value === 'string' ? value.replace(/\s+/g, ' ').slice(0, 300) : JSON.stringify(value));
