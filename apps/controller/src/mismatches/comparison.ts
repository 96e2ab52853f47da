import type { Location } from '../servers/server-settings.js';
import type { Evidence, MismatchRule } from './mismatch.js';

export const FACT_SIDES = ['for', 'against', 'open'] as const;
export type FactSide = (typeof FACT_SIDES)[number];

/** One thing that speaks for the finding, against it, or that nobody knows. */
export interface Fact {
  readonly side: FactSide;
  readonly text: string;
  readonly detail: string | null;
  /** A moment that belongs to it; people read it in their own zone. */
  readonly at: Date | null;
}

/** One playback of the ledger, as far as a comparison looks at it. */
export interface Play {
  readonly id: string;
  readonly serverId: string;
  readonly title: string;
  readonly deviceName: string | null;
  readonly client: string | null;
  readonly address: string | null;
  readonly network: string;
  readonly startedAtMs: number;
  /** Null = still open. */
  readonly endedAtMs: number | null;
  readonly watchedMs: number;
}

export interface ComparedServer {
  readonly id: string;
  readonly alias: string;
  readonly location: Location | null;
}

/** How an account came to its person. */
export interface AccountLink {
  readonly serverId: string;
  readonly userId: string;
  /** As the media server tells it. */
  readonly email: string | null;
  /** Null where the account belongs to nobody. */
  readonly evidence: string | null;
  readonly linkedBy: string | null;
}

/** One side as it is now. */
export interface Side {
  readonly evidence: Evidence;
  /** Null when the session is not there any more, or its server does not answer. */
  readonly state: 'playing' | 'paused' | 'buffering' | null;
  readonly startedAtMs: number | null;
}

/** All that a comparison rests on. */
export interface Compared {
  readonly nowMs: number;
  readonly rule: MismatchRule;
  readonly sides: readonly Side[];
  readonly servers: ReadonlyMap<string, ComparedServer>;
  readonly accounts: readonly AccountLink[];
  /** Verified addresses of the person, with who said so. */
  readonly verified: ReadonlyMap<string, string>;
  /** Of all accounts of the person, the newest first, at most 90 days. */
  readonly plays: readonly Play[];
  /** True when there are older ones within the 90 days that were left out. */
  readonly isCut: boolean;
}

/** A stretch of time. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}
