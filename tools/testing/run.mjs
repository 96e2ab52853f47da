import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '../boot/build.mjs';
import { leashed } from '../boot/children.mjs';
import { Failure } from '../boot/failure.mjs';
import { ensureInstalled } from '../install.mjs';
import { aptFoldersOf, provideNats } from '../services.mjs';
import { readArguments } from './arguments.mjs';
import { commandsOf } from './commands.mjs';
import { countJest } from './count.mjs';
import { cleanEnvironment, findChromium, leftOvers, makeRunDir, startTestServices } from './environment.mjs';

const root = join(import.meta.dirname, '..', '..');
const LEFT_OVER_GRACE_MS = 3_000;

const say = (text) => process.stdout.write(`${text}\n`);
const warn = (text) => process.stderr.write(`${text}\n`);

class TestRun {
  passed = 0;
  failed = 0;
  skipped = 0;
  notes = [];
  #children = new Set();
  #services = null;
  #stopping = false;

  constructor(options) {
    this.options = options;
    this.mark = `USHER_TEST_RUN=${process.pid}`;
    this.dir = makeRunDir(root);
    this.env = { ...cleanEnvironment(process.env), USHER_TEST_RUN: String(process.pid), TMPDIR: join(this.dir, 'tmp'), NX_DAEMON: 'false' };
  }

  fail(text) {
    this.failed += 1;
    warn(text);
  }

  /** Runs a Node program that dies with us; its output is ours. */
  #run(args) {
    const order = leashed({ program: process.execPath, args, deathSignal: 'SIGKILL', cwd: root });
    const child = spawn(order.program, order.args, { cwd: root, env: this.env, detached: true, stdio: ['ignore', 'inherit', 'inherit', ...order.pipes] });
    this.#children.add(child);
    return new Promise((resolve) => {
      child.on('error', () => resolve(127));
      child.on('exit', (code) => {
        this.#children.delete(child);
        resolve(code ?? 1);
      });
    });
  }

  /** Services and build are prepared once, for the stages that need them; their failure is those stages' failure. */
  async #prepare(stages) {
    const reasons = {};
    if (stages.some(({ built }) => built)) {
      try {
        await ensureBuilt(root, (text) => say(`build         ${text}`));
        // The build is a stage of its own in the count.
        this.passed += 1;
      } catch (error) {
        reasons.built = error;
        this.fail(String(error));
      }
    }
    if (stages.some(({ services }) => services)) {
      const aptFolders = aptFoldersOf({ root, dataDir: join(root, '.usher') });
      try {
        const natsReason = await provideNats({ aptFolders, onFetch: () => say('nats          fetching the distribution\'s package, once') });
        this.#services = await startTestServices({ root, dir: this.dir, env: this.env, aptFolders, natsReason, redis: this.options.redis });
        Object.assign(this.env, this.#services.env);
      } catch (error) {
        reasons.services = error;
        warn(error instanceof Failure ? String(error) : error.stack);
      }
    }
    return reasons;
  }

  async run() {
    const { stages } = this.options;
    const reasons = await this.#prepare(stages);
    for (const stage of stages) {
      if (this.#stopping) break;
      const started = Date.now();
      say(`\n== ${stage.name}`);
      const need = ['built', 'services'].find((name) => stage[name] && reasons[name]);
      if (need) this.fail(`${stage.name}: not run: ${reasons[need].message}`);
      else if (stage.browser && !this.#findBrowser()) continue;
      else if (stage.jest) await this.#runJest(stage);
      else await this.#runCommands(stage);
      say(`== ${stage.name} took ${((Date.now() - started) / 1000).toFixed(1)} s`);
    }
  }

  #findBrowser() {
    const chromium = findChromium(this.env);
    if (chromium) this.env.USHER_CHROMIUM = chromium;
    else if (process.env.CI) this.fail('browser: no Chromium');
    else this.notes.push('browser: not run, no Chromium (set USHER_CHROMIUM)');
    return chromium !== null;
  }

  async #runCommands(stage) {
    let failures = 0;
    for (const args of commandsOf(stage.name, root)) {
      if ((await this.#run(args)) === 0) continue;
      failures += 1;
      warn(`${stage.name}: ${args.join(' ')} failed`);
    }
    if (failures === 0) this.passed += 1;
    else this.failed += 1;
  }

  async #runJest(stage) {
    const { changed, jestArgs } = this.options;
    const report = join(this.dir, `${stage.name}.json`);
    const filter = [...(changed ? ['--onlyChanged'] : []), ...jestArgs];
    const filtered = filter.length > 0;
    const own = ['--json', `--outputFile=${report}`, ...(stage.jest.some((argument) => argument.startsWith('--maxWorkers')) ? [] : ['--maxWorkers=2', '--workerIdleMemoryLimit=900MB']), ...(filtered ? ['--passWithNoTests'] : [])];
    const exitCode = await this.#run(['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js'), ...stage.jest, ...own, ...filter]);
    const found = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
    const count = countJest(found, { exitCode, filtered });
    this.passed += count.passed;
    this.failed += count.failed;
    this.skipped += count.skipped;
    for (const problem of count.problems) warn(`${stage.name}: ${problem}`);
  }

  interrupt() {
    this.#stopping = true;
    for (const child of this.#children) process.kill(-child.pid, 'SIGKILL');
  }

  /** Services stop first; whatever still lives then is one failed each, and is ended. */
  async close() {
    await this.#services?.stop();
    const until = Date.now() + LEFT_OVER_GRACE_MS;
    let left = leftOvers(this.mark);
    while (left.length > 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      left = leftOvers(this.mark);
    }
    for (const { pid, command } of left) {
      this.fail(`left running: ${pid} ${command.slice(0, 160)}`);
      process.kill(pid, 'SIGKILL');
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export async function main(args) {
  let options;
  try {
    options = readArguments(args);
  } catch (error) {
    warn(`error: ${error.message}`);
    process.exitCode = 2;
    return;
  }
  let run = null;
  let failedBefore = 0;
  try {
    await ensureInstalled(root, (text) => say(`install       ${text}`));
    run = new TestRun(options);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => run.interrupt());
    await run.run();
  } catch (error) {
    failedBefore = 1;
    warn(error instanceof Failure ? String(error) : error.stack);
  }
  if (run) await run.close();
  const failed = (run?.failed ?? 0) + failedBefore;
  process.exitCode = failed === 0 && run !== null ? 0 : 1;
  const lines = [...(run?.notes ?? []), ...(run?.skipped ? [`${run.skipped} skipped`] : []), `${run?.passed ?? 0} passed, ${failed} failed`];
  process.stdout.write(`\n${lines.join('\n')}\n`);
}
