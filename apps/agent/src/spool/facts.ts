import { contractName, uuidv7, type FactContract } from '@usher/contracts';
import type { z } from 'zod';
import type { FACT_CLASSES } from './segment.js';

/** A fact on its way to the spool; it gets its number there. */
export interface NewFact {
  readonly id: string;
  /** ISO, UTC: when it happened. */
  readonly at: string;
  readonly class: (typeof FACT_CLASSES)[number];
  /** `playback.started@1` */
  readonly contract: string;
  readonly body: unknown;
}

/** Makes a fact that fits its contract. Throws a ZodError when the body does not. */
export function newFact<B extends z.ZodType>(contract: FactContract<B>, body: z.input<B>, atMs: number): NewFact {
  return {
    id: uuidv7(),
    at: new Date(atMs).toISOString(),
    class: contract.class,
    contract: contractName(contract),
    body: contract.body.parse(body),
  };
}
