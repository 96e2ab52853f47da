import type { CliMismatchComparisonQuery } from '@usher/api-client';
import { renderTable, type Column } from './columns.js';
import { durationText, titleOf } from './session-text.js';
import { countText } from './time-text.js';

type Comparison = CliMismatchComparisonQuery['mismatchComparison'];
type Side = Comparison['sides'][number];
type Habit = Comparison['habits'][number];

const word = (name: string) => name.toLowerCase().replaceAll('_', '-');
/** `2026-11-21 21:04Z`. */
const time = (at: string) => `${at.slice(0, 16).replace('T', ' ')}Z`;
const NOT_KNOWN = 'not known';

const ROWS: readonly [string, (side: Side) => string | null][] = [
  ['plays', ({ evidence, session }) => (session?.item ? titleOf(session.item) : evidence.sessionId === null ? null : `${evidence.item ?? 'a stream'} (ended, or not listed now)`)],
  ['state', ({ session }) => (session?.stream ? `${word(session.stream.state)}, ${word(session.stream.delivery).replaceAll('-', ' ')}, ${durationText(session.stream.positionMs)}${session.item?.durationMs == null ? '' : ` of ${durationText(session.item.durationMs)}`}` : null)],
  ['device', ({ evidence, session, deviceFirstSeenAt }) => (evidence.deviceName === null ? null : [evidence.deviceName, session?.client, deviceFirstSeenAt && `first seen ${time(deviceFirstSeenAt)}`].filter(Boolean).join(', '))],
  ['since', ({ sinceAt }) => sinceAt && time(sinceAt)],
  ['network', ({ evidence, networkLabel, networkDays }) => [networkLabel ?? evidence.address ?? evidence.network, networkDays !== null && `seen on ${countText(networkDays, 'day')}`].filter(Boolean).join(', ') || null],
  ['place', ({ evidence }) => evidence.place],
  ['account', ({ evidence }) => evidence.userName],
  ['person', ({ evidence }) => evidence.identityName],
  ['e-mail', ({ email }) => email],
];

const HABITS: readonly Column<Habit>[] = [
  { title: 'network', value: ({ network, compared }) => `${network ?? NOT_KNOWN}${compared ? ' *' : ''}` },
  { title: 'place', value: ({ place }) => place ?? NOT_KNOWN },
  { title: 'servers', value: ({ servers }) => servers.join(', ') },
  { title: 'days', align: 'right', value: ({ days }) => days },
  { title: 'hours', align: 'right', value: ({ watchedMs }) => (watchedMs / 3_600_000).toFixed(1) },
];

const indented = (text: string) => text.split('\n').map((line) => `  ${line}`);

function sideLines(sides: readonly Side[]): string[] {
  const rows = ROWS.map(([name, read]) => ({ name, values: sides.map(read) })).filter(({ values }) => values.some(Boolean));
  const columns: Column<(typeof rows)[number]>[] = [{ title: '', value: ({ name }) => name }, ...sides.map(({ evidence }, index): Column<(typeof rows)[number]> => ({ title: evidence.serverAlias, value: ({ values }) => values[index] ?? NOT_KNOWN }))];
  return indented(renderTable(rows, columns, true));
}

/** One mismatch as a person reads it: the probable answer, the sides, the evidence, and what the ledger knows. */
export function comparisonLines({ mismatch, verdict, sides, distanceKm, facts, lanes, lanesUntil, personName, habits, moreHabits, ledgerFrom, ledgerCut, allowances }: Comparison): string[] {
  const who = personName ?? 'this account';
  const lines = [`${verdict ?? mismatch.text}  ${mismatch.id}`, ...(verdict ? [`  ${mismatch.text}`] : []), `  ${mismatch.why}`, `  ${word(mismatch.rule)}, ${word(mismatch.severity)}, ${word(mismatch.state)}, found ${time(mismatch.firstSeenAt)}`];
  if (mismatch.resolution !== null) lines.push(`  answer: ${mismatch.resolution}${mismatch.resolvedBy === null ? '' : `  (${mismatch.resolvedBy})`}`);
  lines.push('', ...sideLines(sides));
  if (distanceKm !== null) lines.push(`  ${distanceKm} km apart`);
  if (facts.length > 0) {
    lines.push('', 'evidence', ...facts.map(({ side, text, detail, at }) => `  ${word(side).padEnd(7)}  ${text}${detail === null && at === null ? '' : `: ${[detail, at && time(at)].filter(Boolean).join(' ')}`}`));
  }
  if (lanes.some(({ parts }) => parts.length > 0)) {
    const width = Math.max(...lanes.map(({ serverAlias }) => [...serverAlias].length));
    const part = ({ from, until, together }: (typeof lanes)[number]['parts'][number]) => `${from.slice(11, 16)}–${until === lanesUntil ? 'now' : until.slice(11, 16)}${together ? ' (at the same time)' : ''}`;
    lines.push('', 'last 3 hours, UTC', ...lanes.map(({ serverAlias, parts }) => `  ${serverAlias.padEnd(width)}  ${parts.map(part).join(', ') || '–'}`));
  }
  if (habits.length > 0) {
    lines.push('', `where ${who} usually is, 90 days (* compared here)`, ...indented(renderTable(habits, HABITS, true)));
    lines.push(`  ${moreHabits > 0 ? `${countText(moreHabits, 'rare network')} left out; ` : ''}${ledgerCut ? 'of the last 5,000 playbacks, since' : 'the ledger knows playbacks since'} ${ledgerFrom === null ? '–' : time(ledgerFrom)}`);
  }
  if (allowances.length > 0) lines.push('', 'allowed before', ...allowances.map(({ id, networks, note, allowedBy, at }) => `  ${id.slice(-8)}  ${networks.join(' and ')}: ${note}  (${allowedBy}, ${time(at)})`));
  return lines;
}
