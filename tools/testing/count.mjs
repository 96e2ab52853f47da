/**
 * What one Jest run counts. A file that failed to load, or failed outside its tests, is one failed; skipped tests count as
 * neither; a missing report, a crash without a failed test, and an unfiltered run without tests are one failed each.
 * @param {object | null} report Jest's JSON, null when it wrote none
 * @param {{ exitCode: number, filtered: boolean }} run
 * @returns {{ passed: number, failed: number, skipped: number, problems: string[] }}
 */
export function countJest(report, { exitCode, filtered }) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0, problems: [`Jest ended with code ${exitCode} and wrote no report`] };
  const problems = report.testResults
    .filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'))
    .map(({ name }) => `${name} failed outside its tests`);
  const failedTests = report.numFailedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  const total = report.numPassedTests + failedTests + skipped + problems.length;
  if (total === 0 && !filtered) problems.push('there are no tests in this stage');
  if (exitCode !== 0 && failedTests + problems.length === 0 && !(filtered && total === 0)) problems.push(`Jest ended with code ${exitCode}`);
  return { passed: report.numPassedTests, failed: failedTests + problems.length, skipped, problems };
}
