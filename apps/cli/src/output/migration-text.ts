import type { CliMigrationPlanFieldsFragment as Plan, CliMigrationRowsQuery, CliRunFieldsFragment, CliRunProgressFieldsFragment as Progress } from '@usher/api-client';
import { durationText } from './session-text.js';

export type MigrationRow = CliMigrationRowsQuery['migrationPlanRows']['edges'][number]['node'];
type Run = CliRunFieldsFragment;

export const plain = (name: string) => name.toLowerCase().replaceAll('_', ' ');
const count = (number: number, one: string, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

/** A few lines: who, what, what is lost, what is in the way, what to do next. */
export function planSummary(plan: Plan): string[] {
  const lines = [`${plan.kind === 'ROLLBACK' ? 'undo' : 'migration'} ${plan.id.slice(-8)}  ${plan.source.alias} (${plain(plan.source.kind)}) → ${plan.target.alias} (${plain(plan.target.kind)})  version ${plan.version}, ${plain(plan.state)}`];
  if (plan.progress && plan.state === 'CHECKING') lines.push(`  check      ${checkText(plan)}`);
  for (const user of plan.users) {
    lines.push(`  user       ${user.sources.map(({ name }) => name).join(' + ')} → ${user.targetName}  ${user.decision === 'CREATE' ? 'new account' : `existing account, by ${user.evidence}`}`);
    for (const verdict of user.verdicts) if (verdict.kind !== 'EXACT') lines.push(`               ${plain(verdict.field)}: ${plain(verdict.kind)}${verdict.rows === null || verdict.rows === undefined ? '' : ` for ${count(verdict.rows, 'title')}`}. ${verdict.text ?? ''}${verdict.instead ? ` ${verdict.instead}` : ''}`.trimEnd());
  }
  if (plan.checkedAt || plan.planSha256) {
    lines.push(`  rows       ${count(plan.counts.rows, 'row')}, ${count(plan.counts.writes, 'write')}${plan.counts.tiers.length > 0 ? `; matched ${plan.counts.tiers.map(({ name, count: n }) => `${name} ${n}`).join(', ')}` : ''}`);
    if (plan.counts.skips.length > 0) lines.push(`  left out   ${plan.counts.skips.map(({ name, count: n }) => `${n} ${plain(name.replaceAll('-', '_'))}`).join(', ')}`);
  }
  if (plan.estimate) lines.push(`  takes      about ${durationText(plan.estimate.quietMs)} (${durationText(plan.estimate.watchedMs)} while people watch), ${count(plan.estimate.requests, 'request')}; rate ${plain(plan.estimate.rate)}`);
  for (const finding of plan.findings) lines.push(`  ${plain(finding.severity).padEnd(9)}  ${finding.message}${finding.next ? ` → ${finding.next}` : ''}  ${finding.code}`);
  if (plan.planSha256) lines.push(`  hash       ${plan.planSha256}`);
  for (const approval of plan.approvals) lines.push(`  approved   by ${approval.name} until ${approval.expiresAt}, at most ${count(approval.maxWrites, 'write')}${approval.revokedAt ? `; revoked ${approval.revokedAt}` : ''}`);
  if (plan.message) lines.push(`  ${plan.code ?? 'note'}  ${plan.message}`);
  const next = nextOf(plan);
  if (next) lines.push(`  next       ${next}`);
  return lines;
}

function nextOf(plan: Plan): string | null {
  const id = plan.id.slice(-8);
  const blockers = plan.findings.filter(({ severity }) => severity === 'BLOCKER').length;
  switch (plan.state) {
    case 'DRAFT':
    case 'STALE':
      return `usher migrations check ${id}`;
    case 'CHECKING':
      return `usher migrations show ${id}`;
    case 'CHECKED':
      return blockers > 0 ? `settle ${count(blockers, 'blocker')}, then  usher migrations check ${id}` : `usher migrations diff ${id}, then  usher migrations freeze ${id}`;
    case 'FROZEN':
      return `usher migrations approve ${id} --hash ${plan.planSha256?.slice(0, 12)} --expires 60m --confirm ${plan.target.alias}`;
    case 'APPROVED':
      return plan.runId ? `usher migrations watch ${id}` : `usher migrations run ${id} --watch`;
    default:
      return null;
  }
}

export function checkText({ progress }: Pick<Plan, 'progress'>): string {
  if (!progress?.step) return 'starting';
  return `${plain(progress.step)} ${progress.done}${progress.total ? ` of ${progress.total}` : ''}`;
}

const isSettled = (counts: Progress['counts']) => counts.done + counts.verified + counts.skipped + counts.conflict + counts.failed;

/** One line, for a terminal that writes it over. */
export function runBar(run: Pick<Progress, 'state' | 'step' | 'counts' | 'rowsPerSecond' | 'remainingMs' | 'throttle' | 'message'>, width = 24): string {
  const settled = isSettled(run.counts);
  const share = run.counts.rows === 0 ? 1 : settled / run.counts.rows;
  const filled = Math.round(share * width);
  const parts = [`${plain(run.state)}${run.step && run.state === 'RUNNING' ? `, ${plain(run.step)}` : ''}`, `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.floor(share * 100)} %`, `${settled.toLocaleString('en')} of ${run.counts.rows.toLocaleString('en')}`];
  if (run.rowsPerSecond && run.state === 'RUNNING') parts.push(`${run.rowsPerSecond.toFixed(run.rowsPerSecond < 10 ? 1 : 0)}/s`);
  if (run.remainingMs && run.state === 'RUNNING') parts.push(`${durationText(run.remainingMs)} left`);
  if (run.counts.conflict + run.counts.failed > 0) parts.push(`${run.counts.conflict} conflicts, ${run.counts.failed} failed`);
  if (run.throttle === 'VIEWERS') parts.push('slowed: people watch');
  if (run.throttle === 'SERVER') parts.push('slowed: the server asked for it');
  if (run.message) parts.push(run.message);
  return parts.join('  ');
}

export function runSummary(run: Run): string[] {
  const id = run.planId.slice(-8);
  const lines = [`run ${run.runId.slice(-8)} of ${id}  ${plain(run.state)}${run.endedAt ? ` ${run.endedAt}` : ''}`, `  rows       ${runBar({ ...run, message: null })}`];
  for (const trouble of run.troubles) lines.push(`  ${plain(trouble.state).padEnd(9)}  ${count(trouble.rows, 'row')}  ${trouble.code}`);
  if (run.code || run.message) lines.push(`  why        ${run.message ?? ''}  ${run.code ?? ''}`.trimEnd());
  const found = run.verification;
  if (found) lines.push(`  read back  = ${found.same} same  * ${found.differs} differ  + ${found.notThere} not there  ! ${found.unreadable} unreadable${found.acceptedReason ? `; accepted: ${found.acceptedReason}` : ''}`);
  if (run.rollbackPlanId) lines.push(`  undo       usher migrations show ${run.rollbackPlanId.slice(-8)}`);
  else if (run.rollbackUntil && ['DONE', 'ABORTED', 'FAILED', 'AWAITING_DECISION'].includes(run.state)) lines.push(`  undo       until ${run.rollbackUntil}:  usher migrations rollback ${id}`);
  if (run.state === 'PAUSED') lines.push(`  next       usher migrations resume ${id}`);
  if (run.state === 'AWAITING_DECISION') lines.push(`  next       usher migrations diff ${id} --tab conflict, then  usher migrations accept ${id} --reason …  or  usher migrations rollback ${id}`);
  if (run.hasReport) lines.push(`  report     usher migrations report ${id} --out report.json`);
  return lines;
}

type State = NonNullable<MigrationRow['to']>;

/** `played 1× 2026-10-02, at 0:31:12, ★ 7.5, favorite`; `–` for an untouched title. */
export function stateText(state: State | null | undefined): string {
  if (!state) return '–';
  const parts = [
    state.played ? `played${state.playCount > 1 ? ` ${state.playCount}×` : ''}${state.lastPlayedAt ? ` ${state.lastPlayedAt.slice(0, 10)}` : ''}` : null,
    state.positionMs > 0 ? `at ${durationText(state.positionMs)}` : null,
    state.ratingTenths === null || state.ratingTenths === undefined ? null : `★ ${state.ratingTenths / 10}`,
    state.favorite ? 'favorite' : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(', ') : '–';
}

const MARKS: Readonly<Record<MigrationRow['operation'], string>> = { USER_ENSURE: '+', POLICY_APPLY: '~', WATCH_STATE_SET: '~', SKIP: '!', USER_REMOVE: '-' };

/** One row of a plan: mark, user, what, before → after, losses. */
export function rowText(row: MigrationRow): string {
  const what = row.operation === 'USER_ENSURE' ? `new account ${row.title ?? ''}` : row.operation === 'USER_REMOVE' ? `remove account ${row.title ?? ''}` : row.operation === 'POLICY_APPLY' ? row.policy.map(({ field, from, to }) => `${field} ${from ?? '–'} → ${to ?? '–'}`).join('; ') : (row.title ?? '');
  const change = row.operation === 'WATCH_STATE_SET' ? `  ${stateText(row.from)} → ${stateText(row.to)}  [${row.tier ?? ''}]` : '';
  const skip = row.operation === 'SKIP' ? `  ${stateText(row.source)}  ${plain(row.skipReason ?? '')}${row.skipDetail ? `: ${row.skipDetail}` : ''}` : '';
  const losses = row.losses.map(({ field, kind, text }) => `\n      ${plain(field)} ${plain(kind)}: ${text ?? ''}`).join('');
  return `  ${MARKS[row.operation]} ${row.userName}  ${what}${change}${skip}${row.state ? `  ${plain(row.state)}${row.code ? ` ${row.code}` : ''}` : ''}${losses}`;
}
