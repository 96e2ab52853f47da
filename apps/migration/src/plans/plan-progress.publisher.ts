import { Inject, Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { planProgress, type PlanProgress, type PlanState } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { CLOCK } from '../infrastructure.js';
import type { PlanRecord } from './plan-record.js';

const EVERY_MS = 500;

interface Told {
  readonly state: PlanState;
  readonly step: string | null;
  readonly atMs: number;
}

/** Tells how far a check is and what becomes of a plan: every new step at once, within a step not too often. */
@Injectable()
export class PlanProgressPublisher {
  private readonly told = new Map<string, Told>();

  constructor(
    private readonly bus: HubBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  tell({ id }: Pick<PlanRecord, 'id'>, state: PlanState, at: Pick<PlanProgress, 'step' | 'done' | 'total'> | null, failure: { code: string; message: string } | null = null): void {
    const last = this.told.get(id);
    const atMs = this.clock.monotonicMs();
    if (at && last?.state === state && last.step === at.step && atMs - last.atMs < EVERY_MS) return;
    if (at) this.told.set(id, { state, step: at.step, atMs });
    else this.told.delete(id);
    this.bus.publishServiceState(planProgress, {
      planId: id,
      state,
      step: at?.step ?? null,
      done: at?.done ?? 0,
      total: at?.total ?? null,
      code: failure?.code ?? null,
      message: failure?.message ?? null,
      at: new Date(this.clock.now()).toISOString(),
    });
  }
}
