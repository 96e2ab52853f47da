import type { MachineSpec, Spans } from './fleet.js';
import { Machine, type Playback, type Report } from './machine.js';
import { predictedCost, type Choice, type Policy, type World } from './policies.js';
import { planOf, trueCost, type Request } from './workload.js';

const NOTICED_S = 10;
const SLOW_START_S = 10;
const STALLED_SHARE = 0.01;

export interface Trial {
  readonly fleet: readonly MachineSpec[];
  readonly requests: readonly Request[];
  readonly failures: readonly Spans[];
  readonly scans: readonly Spans[];
  readonly seconds: number;
  readonly seed: number;
  readonly reportEveryS: number;
  readonly reportsOnChange: boolean;
  readonly makePolicy: (world: World) => Policy;
}

export interface Result {
  readonly playbacks: number;
  readonly refused: number;
  readonly lost: number;
  readonly slow: number;
  readonly stalled: number;
  readonly bad: number;
  readonly smaller: number;
  readonly moves: number;
  /** Share of machine-seconds with more demand than capacity. */
  readonly overload: number;
  readonly p99StartS: number;
}

/** Plays one workload on one fleet under one policy, second by second. */
export function simulate(trial: Trial): Result {
  const run = new Run(trial);
  for (let now = 0; now < trial.seconds; now++) run.second(now);
  return run.result();
}

class Run {
  private readonly machines: Machine[];
  private readonly reports: (Report | null)[];
  private readonly down = new Set<number>();
  private readonly policy: Policy;
  private readonly starts: number[] = [];
  private readonly counts = { playbacks: 0, refused: 0, lost: 0, slow: 0, stalled: 0, bad: 0, smaller: 0, moves: 0, overload: 0, seconds: 0 };
  private next = 0;
  private orphans: { playback: Playback; from: number; atS: number }[] = [];

  constructor(private readonly trial: Trial) {
    this.machines = trial.fleet.map((spec) => new Machine(spec));
    this.reports = trial.fleet.map(() => null);
    this.policy = trial.makePolicy({ machines: this.machines, reports: this.reports, down: this.down, seed: trial.seed });
  }

  second(now: number): void {
    this.machines.forEach((machine, at) => this.trouble(machine, at, now));
    this.rescue(now);
    const { requests } = this.trial;
    for (; this.next < requests.length && requests[this.next]!.atS <= now; this.next++) this.arrive(requests[this.next]!, now);
    for (const machine of this.machines) {
      if (!machine.isUp) continue;
      this.counts.seconds += 1;
      if (machine.demand > machine.capacity()) this.counts.overload += 1;
      for (const done of machine.step()) {
        machine.remove(done.request.id);
        this.end(done);
      }
    }
    this.tellReports(now);
  }

  result(): Result {
    for (const machine of this.machines) for (const playback of machine.playbacks.values()) this.end(playback);
    const sorted = this.starts.sort((a, b) => a - b);
    const { seconds, ...counts } = this.counts;
    return { ...counts, overload: counts.overload / seconds, p99StartS: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
  }

  private trouble(machine: Machine, at: number, now: number): void {
    const isBroken = this.trial.failures[at]!.some(([from, to]) => now >= from && now < to);
    const scan = this.trial.scans[at]!.find(([from, to]) => now >= from && now < to);
    machine.background = scan?.[2] ?? 0;
    if (isBroken && machine.isUp) {
      machine.isUp = false;
      for (const playback of machine.playbacks.values()) this.orphans.push({ playback, from: at, atS: now });
      machine.playbacks.clear();
      machine.changed = true;
    } else if (!isBroken && !machine.isUp) {
      machine.isUp = true;
      this.down.delete(at);
      this.reports[at] = machine.report(now);
    }
  }

  /** A failure is noticed after a while; then whoever watched is placed again. */
  private rescue(now: number): void {
    const due = this.orphans.filter(({ atS }) => now - atS >= NOTICED_S);
    if (due.length === 0) return;
    this.orphans = this.orphans.filter((orphan) => !due.includes(orphan));
    for (const { from } of due) this.down.add(from);
    for (const { playback, atS } of due) {
      const choice = this.policy.choose(playback.request, now);
      const gapS = now - atS;
      if (!choice || !this.machines[choice.machine]!.isUp) {
        this.counts.playbacks += 1;
        this.counts.lost += 1;
        this.counts.bad += 1;
        continue;
      }
      this.counts.moves += 1;
      const moved = this.playbackOn(choice, playback.request, now);
      this.machines[choice.machine]!.add({ ...moved, watchedS: playback.watchedS, waitedS: playback.waitedS, stalledS: playback.stalledS + gapS, moves: playback.moves + 1 });
    }
  }

  private arrive(request: Request, now: number): void {
    const choice = this.policy.choose(request, now);
    if (!choice || !this.machines[choice.machine]!.isUp) {
      // A start at a machine that is dead and not known to be is tried at the others by every policy: the confirmation fails.
      const again = choice ? this.retry(request, choice.machine, now) : null;
      if (!again) {
        this.counts.playbacks += 1;
        this.counts.refused += 1;
        this.counts.bad += 1;
        return;
      }
      this.machines[again.machine]!.add(this.playbackOn(again, request, now));
      return;
    }
    this.machines[choice.machine]!.add(this.playbackOn(choice, request, now));
  }

  private retry(request: Request, dead: number, now: number): Choice {
    const wasDown = this.down.has(dead);
    this.down.add(dead);
    const choice = this.policy.choose(request, now);
    if (!wasDown) this.down.delete(dead);
    return choice && this.machines[choice.machine]!.isUp ? choice : null;
  }

  private playbackOn({ machine: at, smallerThan }: NonNullable<Choice>, request: Request, now: number): Playback {
    const machine = this.machines[at]!;
    const plan = planOf(request.kind, request.network, smallerThan);
    const { cost, onEncoder } = machine.costHere(trueCost(request, plan.targetHeight), plan.targetHeight !== null);
    return {
      request,
      cost,
      predicted: predictedCost(request, plan.targetHeight, onEncoder),
      kbps: plan.kbps,
      isTranscode: plan.targetHeight !== null,
      onEncoder,
      isSmaller: smallerThan !== null,
      startedS: now,
      leadS: 0,
      watchedS: 0,
      isPlaying: false,
      isResting: false,
      ranS: 0,
      waitedS: 0,
      stalledS: 0,
      moves: 0,
    };
  }

  private end(playback: Playback): void {
    const { counts } = this;
    const isSlow = playback.waitedS > SLOW_START_S;
    const isStalled = playback.stalledS > STALLED_SHARE * Math.max(playback.watchedS, 1) && playback.stalledS >= 1;
    counts.playbacks += 1;
    this.starts.push(playback.waitedS);
    if (isSlow) counts.slow += 1;
    if (isStalled) counts.stalled += 1;
    if (isSlow || isStalled) counts.bad += 1;
    if (playback.isSmaller) counts.smaller += 1;
  }

  private tellReports(now: number): void {
    const { reportEveryS, reportsOnChange } = this.trial;
    this.machines.forEach((machine, at) => {
      if (machine.isUp && ((reportsOnChange && machine.changed) || (now + at) % reportEveryS === 0)) this.reports[at] = machine.report(now + 1);
    });
  }
}
