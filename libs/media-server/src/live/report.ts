import type { ServerKind } from '@usher/contracts';
import { leftOf, wordsOf, type OwnThings } from './own-things.js';
import { OUTCOMES, type LiveResult, type Outcome } from './run-behaviors.js';

/** Of one run against one server. It may be sent to anybody: no names, titles, addresses or keys. */
export interface LiveReport {
  readonly format: 1;
  readonly vendor: ServerKind;
  readonly version: string;
  readonly versionTested: boolean;
  readonly usher: string;
  readonly node: string;
  readonly write: boolean;
  readonly interrupted: boolean;
  readonly startedAt: string;
  readonly ms: number;
  readonly requests: number;
  readonly capabilities: readonly string[];
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly results: readonly LiveResult[];
  /** Null where nothing may be removed. */
  readonly removedBefore: OwnThings | null;
  readonly removedAfter: OwnThings | null;
  /** What still stands there in the end. */
  readonly left: OwnThings;
}

export function countsOf(results: readonly LiveResult[]): Record<Outcome, number> {
  const of = (outcome: Outcome): number => results.filter((each) => each.outcome === outcome).length;
  return { passed: of('passed'), 'not offered': of('not offered'), 'not tried': of('not tried'), failed: of('failed') };
}

/** A vendor may call a version what it likes; what is sent on looks like one. */
export function safeVersion(version: string): string {
  return /^[\w.+-]{1,60}$/.test(version) ? version : 'unknown';
}

/** The table for people: what failed stands last, where it is seen. */
export function tableOf(report: LiveReport): string {
  const row = ({ name, outcome, detail, ms }: LiveResult): string => `${outcome.padEnd(12)} ${String(ms).padStart(7)} ms  ${name}${detail === '' ? '' : `: ${detail}`}`;
  const rows = OUTCOMES.flatMap((outcome) => report.results.filter((each) => each.outcome === outcome)).map(row);
  const { counts } = report;
  return [
    `${report.vendor} ${report.version}${report.versionTested ? '' : ' (a version that Usher was not tested with)'}, ${report.write ? 'reading and writing' : 'reading only'}`,
    ...rows,
    `${counts.passed} passed, ${counts.failed} failed, ${counts['not offered']} not offered, ${counts['not tried']} not tried; ${report.requests} requests in ${Math.round(report.ms / 1_000)} s`,
    ...cleaning(report),
    ...(report.interrupted ? ['interrupted: what was not begun is missing above'] : []),
    '',
  ].join('\n');
}

function cleaning({ write, removedBefore, removedAfter, left }: LiveReport): string[] {
  if (!write) return wordsOf(left) === 'nothing' ? [] : [`an earlier run left ${wordsOf(left)}; run again with --write to remove it`];
  const earlier = removedBefore && wordsOf(removedBefore) !== 'nothing' ? [`of an earlier run removed: ${wordsOf(removedBefore)}`] : [];
  const problems = [...(removedAfter?.problems ?? []), ...left.problems];
  return [
    ...earlier,
    `removed in the end: ${removedAfter ? wordsOf(removedAfter) : 'nothing'}; left: ${leftOf(left)}`,
    ...(problems.length > 0 ? [`could not be removed: ${problems.join(', ')}`] : []),
  ];
}
