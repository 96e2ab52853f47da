import type { CliHardeningFieldsFragment } from '@usher/api-client';
import { countText } from './time-text.js';

type Entry = CliHardeningFieldsFragment;
type Acceptance = NonNullable<Entry['acceptance']>;

const INDENT = ' '.repeat(14);
const day = (time: unknown) => String(time).slice(0, 10);

function lapseText({ lapsed, acceptedBy, acceptedAt, until, evidence }: Acceptance): string {
  const was = `accepted by ${acceptedBy} on ${day(acceptedAt)}`;
  return lapsed === 'CHANGED' ? `${was}, and changed since: it said "${evidence}"` : `${was}, until ${day(until)}`;
}

/** The hardening list: what is open with its advice, then one line for each that is accepted. */
export function hardeningLines(entries: readonly Entry[]): string[] {
  const accepted = entries.filter((entry) => entry.accepted);
  return [
    ...entries
      .filter((entry) => !entry.accepted)
      .flatMap((entry) => [
        `hardening     ${entry.code}  ${entry.state}  ${entry.evidence}`,
        `${INDENT}next: ${entry.advice}`,
        ...(entry.acceptance ? [`${INDENT}${lapseText(entry.acceptance)}`] : []),
      ]),
    ...(accepted.length > 0 ? [`accepted      ${countText(accepted.length, 'entry', 'entries')} of the hardening list`] : []),
    ...accepted.map(({ code, acceptance }) => `${INDENT}${code}  by ${acceptance!.acceptedBy} on ${day(acceptance!.acceptedAt)}${acceptance!.until ? ` until ${day(acceptance!.until)}` : ''}: ${acceptance!.reason}`),
  ];
}
