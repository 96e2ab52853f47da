import { z } from 'zod';
import { Uuid7 } from '@usher/contracts';

export const MAX_FACTS_PER_BATCH = 200;
/** Serialized size of a batch's facts. */
export const MAX_FACT_BATCH_BYTES = 128 * 1024;

export const SpooledFact = z.strictObject({
  seq: z.number().int().nonnegative(),
  id: Uuid7,
  at: z.iso.datetime(),
  class: z.enum(['result', 'tick', 'metric']),
  /** `playback.started@1` */
  contract: z.string().max(100),
  /** Checked against the fact's own contract when it is applied, so that one poisonous fact stops no batch. */
  body: z.unknown(),
});
export type SpooledFact = z.infer<typeof SpooledFact>;

/** Facts in order of `seq`, `first` being that of the first one. Only one batch per agent is under way. */
export const FactBatch = z
  .strictObject({
    spoolEpoch: Uuid7,
    first: z.number().int().nonnegative(),
    facts: z.array(SpooledFact).min(1).max(MAX_FACTS_PER_BATCH),
  })
  .refine(({ first, facts }) => facts.every((fact, at) => (at === 0 ? fact.seq === first : fact.seq > facts[at - 1]!.seq)), 'facts must be in order of seq');
export type FactBatch = z.infer<typeof FactBatch>;

/** Everything up to and including `through` is committed; the agent may forget it. */
export const FactBatchAnswer = z.strictObject({ through: z.number().int() });
export type FactBatchAnswer = z.infer<typeof FactBatchAnswer>;

/** How facts travel; each fact inside names its own contract. */
export const FACT_BATCH = { kind: 'fact-batch', name: 'spool.appended', version: 1, request: FactBatch, reply: FactBatchAnswer } as const;
