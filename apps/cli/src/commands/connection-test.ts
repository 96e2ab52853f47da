import type { CliConnectionTestFragment } from '@usher/api-client';
import { CliError } from '../errors.js';

/** `jellyfin 12.0 answered in 38 ms`, or what failed. */
export function testSummary(test: CliConnectionTestFragment): string {
  if (!test.ok) return [test.code, test.reason, test.tlsProblem].filter(Boolean).join(' ');
  const warning = test.versionTested === false ? ' (this version was not tested with Usher)' : '';
  return `${test.kind?.toLowerCase() ?? 'server'} ${test.version ?? ''} answered in ${Math.round(test.latencyMs ?? 0)} ms${warning}`;
}

/** One line per stage: `ok`, `failed` or `–`. */
export function stageLines(test: CliConnectionTestFragment): string[] {
  const words = { OK: 'ok', FAILED: 'failed', SKIPPED: '–' } as const;
  return test.stages.map((stage) => `  ${stage.name.padEnd(16)} ${words[stage.verdict]}`);
}

/** A failed test as an error with the server's own code. */
export function testError(subject: string, test: CliConnectionTestFragment): CliError {
  const why = [test.reason, test.tlsProblem].filter(Boolean).join(', ');
  return new CliError(test.code ?? 'INTERNAL', `${subject}: ${test.message ?? 'the test failed'}`, { why: why ? [why] : undefined, next: test.next ?? undefined });
}
