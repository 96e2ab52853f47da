import type { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';

/** Tokens of what has no class of its own. */
export const CLOCK = Symbol('CLOCK');
export const ROUTER_TERMS = Symbol('ROUTER_TERMS');

/** What everything in this process shares. */
export interface RouterTerms {
  /** UUIDv7 made at process start; names this router to its peers, and as a holder of leases. */
  readonly routerId: string;
  /** The one address that people use, with its path. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
}
