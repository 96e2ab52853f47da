import type { MachineSpec, Spans } from './fleet.js';
import { EventHeap } from './heap.js';
import { Machine, type Report } from './machine.js';
import type { Playback, PlaybackSpec, Seen } from './playback.js';
import { predictedCost, type Choice, type Place, type Policy, type World } from './policies.js';
import { planOf, trueCost, type Request } from './workload.js';

const NOTICED_S = 10;
/** A report about a change is here after so long; two of them are a second apart. */
const TOLD_S = 0.1;
const APART_S = 1;
/** A start waits so long for room, looks so often, and so many wait for each machine: as the product does it. */
const QUEUE_S = 5;
const LOOK_S = 0.5;
const PER_MACHINE = 2;
/** Whoever lost their machine and found no room is tried again. */
const RESCUE_EVERY_S = 15;
const RESCUE_S = 300;
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
  /** Time that viewers wanted to watch, and the part of it that they waited, stood still, or had nothing at all. */
  readonly wantedS: number;
  readonly badS: number;
  readonly refusedS: number;
  readonly stalledS: number;
  /** Share of machine time with more demand than capacity. */
  readonly overload: number;
  readonly p99StartS: number;
}

type Event =
  | { readonly what: 'arrival'; readonly request: Request }
  | { readonly what: 'look' }
  | { readonly what: 'turn'; readonly at: number; readonly version: number }
  | { readonly what: 'failure' | 'recovery' | 'report' | 'told'; readonly at: number }
  | { readonly what: 'noticed'; readonly at: number; readonly lost: readonly Lost[] }
  | { readonly what: 'rescue'; readonly lost: Lost; readonly untilS: number }
  | { readonly what: 'background'; readonly at: number; readonly share: number };

interface Lost {
  readonly playback: Playback;
  readonly atS: number;
}

const NOTHING_YET: Seen = { watchedS: 0, waitedS: 0, stalledS: 0 };

/** Plays one workload on one fleet under one policy, from event to event; what lies between two is added up exactly. */
export function simulate(trial: Trial): Result {
  return new Run(trial).toEnd();
}

class Run {
  private readonly events = new EventHeap<Event>();
  private readonly machines: Machine[];
  private readonly versions: number[];
  private readonly reports: (Report | null)[];
  private readonly isTelling: boolean[];
  private readonly down = new Set<number>();
  private readonly backS: number[];
  private readonly policy: Policy;
  private readonly starts: number[] = [];
  private readonly counts = { playbacks: 0, refused: 0, lost: 0, slow: 0, stalled: 0, bad: 0, smaller: 0, moves: 0, wantedS: 0, badS: 0, refusedS: 0, stalledS: 0 };
  private queue: { readonly request: Request; readonly sinceS: number }[] = [];

  constructor(private readonly trial: Trial) {
    this.machines = trial.fleet.map((spec) => new Machine(spec));
    this.versions = trial.fleet.map(() => 0);
    this.reports = trial.fleet.map(() => null);
    this.isTelling = trial.fleet.map(() => false);
    this.backS = trial.fleet.map(() => -Infinity);
    const { seed, failures, scans } = trial;
    this.policy = trial.makePolicy({ machines: this.machines, reports: this.reports, down: this.down, backS: this.backS, seed, failures, scans });
  }

  toEnd(): Result {
    const { trial, events } = this;
    for (const request of trial.requests) events.push(request.atS, { what: 'arrival', request });
    for (const at of this.machines.keys()) {
      events.push((trial.reportEveryS * at) / this.machines.length, { what: 'report', at });
      for (const [from, to] of trial.failures[at]!) {
        events.push(from, { what: 'failure', at });
        events.push(to, { what: 'recovery', at });
      }
      for (const [from, to, share] of trial.scans[at]!) {
        events.push(from, { what: 'background', at, share });
        events.push(to, { what: 'background', at, share: 0 });
      }
    }
    while (events.nextS < trial.seconds) {
      const nowS = events.nextS;
      this.happen(events.pop()!, nowS);
    }
    return this.result();
  }

  private happen(event: Event, nowS: number): void {
    switch (event.what) {
      case 'arrival':
        return this.arrive(event.request, nowS);
      case 'look':
        return this.look(nowS);
      case 'turn':
        if (event.version === this.versions[event.at]) this.change(event.at, nowS);
        return;
      case 'background':
        return this.change(event.at, nowS, (machine) => machine.setBackground(event.share));
      case 'failure':
        return this.fail(event.at, nowS);
      case 'recovery':
        this.down.delete(event.at);
        this.backS[event.at] = nowS;
        return this.change(event.at, nowS, (machine) => machine.recover());
      case 'noticed':
        this.down.add(event.at);
        for (const lost of event.lost) this.rescue(lost, nowS, nowS + RESCUE_S);
        return;
      case 'rescue':
        return this.rescue(event.lost, nowS, event.untilS);
      case 'report':
        this.events.push(nowS + this.trial.reportEveryS, event);
        return this.tell(event.at, nowS);
      case 'told':
        this.isTelling[event.at] = false;
        return this.tell(event.at, nowS);
    }
  }

  /** Runs a machine up to now, then changes it: whatever follows happens at rates that are right again. */
  private change(at: number, nowS: number, alter?: (machine: Machine) => void): void {
    const machine = this.machines[at]!;
    for (const done of machine.advance(nowS)) this.end(done);
    alter?.(machine);
    const version = ++this.versions[at]!;
    const nextS = machine.nextS();
    if (nextS < this.trial.seconds) this.events.push(nextS, { what: 'turn', at, version });
    if (!machine.isUp || !machine.changed || !this.trial.reportsOnChange || this.isTelling[at]) return;
    this.isTelling[at] = true;
    this.events.push(Math.max(nowS + TOLD_S, (this.reports[at]?.atS ?? -Infinity) + APART_S), { what: 'told', at });
  }

  private tell(at: number, nowS: number): void {
    this.change(at, nowS);
    const machine = this.machines[at]!;
    if (machine.isUp) this.reports[at] = machine.report(nowS);
  }

  private fail(at: number, nowS: number): void {
    this.change(at, nowS, (machine) => {
      const lost = machine.fail().map((playback) => ({ playback, atS: nowS }));
      this.events.push(nowS + NOTICED_S, { what: 'noticed', at, lost });
    });
  }

  /** A failure is noticed after a while; then whoever watched is placed again. */
  private rescue(lost: Lost, nowS: number, untilS: number): void {
    const { playback, atS } = lost;
    const { request } = playback.spec;
    const place = this.living(request, nowS);
    if (typeof place === 'object') {
      this.counts.moves += 1;
      const { watchedS, waitedS, stalledS } = playback;
      this.start(place, request, nowS, { watchedS, waitedS, stalledS: stalledS + nowS - atS });
    } else if (nowS + RESCUE_EVERY_S <= untilS) this.events.push(nowS + RESCUE_EVERY_S, { what: 'rescue', lost, untilS });
    else this.refuse(request, 'lost', request.watchS - playback.watchedS + playback.waitedS + playback.stalledS);
  }

  private arrive(request: Request, nowS: number): void {
    const place = this.living(request, nowS);
    if (typeof place === 'object') this.start(place, request, nowS, NOTHING_YET);
    else if (place === 'full' && this.queue.length < request.holders.length * PER_MACHINE) {
      if (this.queue.length === 0) this.events.push(nowS + LOOK_S, { what: 'look' });
      this.queue.push({ request, sinceS: nowS });
    } else this.refuse(request, 'refused', request.watchS);
  }

  /** The oldest first; whoever waited too long is refused. */
  private look(nowS: number): void {
    const waiting = this.queue;
    this.queue = waiting.filter(({ request, sinceS }) => {
      const place = this.living(request, nowS);
      if (typeof place === 'object') this.start(place, request, nowS, { ...NOTHING_YET, waitedS: nowS - sinceS });
      else if (nowS - sinceS >= QUEUE_S) this.refuse(request, 'refused', request.watchS);
      else return true;
      return false;
    });
    if (this.queue.length > 0) this.events.push(nowS + LOOK_S, { what: 'look' });
  }

  /** A place at a machine that is dead and not known to be is not confirmed there: the others are tried, under every policy. */
  private living(request: Request, nowS: number): Choice {
    const place = this.placeOf(request, nowS);
    if (typeof place !== 'object' || this.machines[place.machine]!.isUp) return place;
    const wasDown = this.down.has(place.machine);
    this.down.add(place.machine);
    const again = this.placeOf(request, nowS);
    if (!wasDown) this.down.delete(place.machine);
    return typeof again !== 'object' || this.machines[again.machine]!.isUp ? again : 'none';
  }

  /** The oracle looks at the machines themselves: they are run up to now before. */
  private placeOf(request: Request, nowS: number): Choice {
    if (this.policy.seesMachines) for (const at of request.holders) this.change(at, nowS);
    return this.policy.choose(request, nowS);
  }

  private start({ machine: at, smallerThan }: Place, request: Request, nowS: number, before: Seen): void {
    this.change(at, nowS, (machine) => machine.add(specOn(machine, request, smallerThan), before));
  }

  private refuse(request: Request, why: 'refused' | 'lost', badS: number): void {
    this.counts.playbacks += 1;
    this.counts[why] += 1;
    this.counts.bad += 1;
    this.counts.wantedS += request.watchS;
    this.counts.badS += badS;
    this.counts.refusedS += badS;
  }

  private end({ spec, watchedS, waitedS, stalledS }: Playback): void {
    const { counts } = this;
    const isSlow = waitedS > SLOW_START_S;
    const isStalled = stalledS > STALLED_SHARE * Math.max(watchedS, 1) && stalledS >= 1;
    counts.playbacks += 1;
    this.starts.push(waitedS);
    if (isSlow) counts.slow += 1;
    if (isStalled) counts.stalled += 1;
    if (isSlow || isStalled) counts.bad += 1;
    if (spec.isSmaller) counts.smaller += 1;
    counts.wantedS += spec.request.watchS;
    counts.badS += waitedS + stalledS;
    counts.stalledS += stalledS;
  }

  private result(): Result {
    for (const machine of this.machines) {
      for (const done of machine.advance(this.trial.seconds)) this.end(done);
      for (const playback of machine.playbacks.values()) this.end(playback);
    }
    const sorted = this.starts.sort((a, b) => a - b);
    const sum = (of: (machine: Machine) => number): number => this.machines.reduce((total, machine) => total + of(machine), 0);
    return { ...this.counts, overload: sum(({ overloadedS }) => overloadedS) / sum(({ upS }) => upS), p99StartS: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
  }
}

function specOn(machine: Machine, request: Request, smallerThan: number | null): PlaybackSpec {
  const plan = planOf(request.kind, request.network, smallerThan);
  const isTranscode = plan.targetHeight !== null;
  const { cost, onEncoder } = machine.costHere(trueCost(request, plan.targetHeight), isTranscode);
  return { request, cost, predicted: predictedCost(request, plan.targetHeight, onEncoder), kbps: plan.kbps, isTranscode, onEncoder, isSmaller: smallerThan !== null };
}
