import { describe, expect, it } from '@jest/globals';
import { countJest } from '../testing/count.mjs';
import { readArguments } from '../testing/arguments.mjs';

const report = (more: object = {}) => ({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [], ...more });
const run = { exitCode: 0, filtered: false };

describe('counting', () => {
  it('adds up what Jest reports, skipped tests as neither', () => {
    expect(countJest(report({ numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 }), { ...run, exitCode: 1 })).toMatchObject({ passed: 3, failed: 2, skipped: 2 });
  });

  it('counts a file that failed to load as one failed', () => {
    const testResults = [{ name: 'a.spec.ts', status: 'failed', assertionResults: [] }];
    expect(countJest(report({ testResults }), { ...run, exitCode: 1 })).toMatchObject({ passed: 3, failed: 1 });
  });

  it('counts a failure after the last test as one failed', () => {
    const testResults = [{ name: 'a.spec.ts', status: 'failed', assertionResults: [{ status: 'passed' }] }];
    expect(countJest(report({ testResults }), { ...run, exitCode: 1 }).failed).toBe(1);
  });

  it('does not count a file twice whose test failed', () => {
    const testResults = [{ name: 'a.spec.ts', status: 'failed', assertionResults: [{ status: 'failed' }] }];
    expect(countJest(report({ numFailedTests: 1, testResults }), { ...run, exitCode: 1 }).failed).toBe(1);
  });

  it('counts a missing report, a crash and an empty stage as one failed each', () => {
    expect(countJest(null, { ...run, exitCode: 137 }).failed).toBe(1);
    expect(countJest(report(), { ...run, exitCode: 137 }).failed).toBe(1);
    expect(countJest(report({ numPassedTests: 0 }), { ...run, exitCode: 1 }).failed).toBe(1);
  });

  it('lets a filter leave a stage empty', () => {
    expect(countJest(report({ numPassedTests: 0 }), { exitCode: 0, filtered: true })).toMatchObject({ passed: 0, failed: 0 });
  });
});

describe('arguments', () => {
  it('runs every stage in order by default', () => {
    expect(readArguments([]).stages.map(({ name }: { name: string }) => name)).toEqual(['generate', 'types', 'lint', 'unit', 'contract', 'tools', 'medium', 'e2e', 'browser']);
  });

  it('takes one stage and hands the rest to Jest', () => {
    const read = readArguments(['--only', 'unit', '--', '-t', 'counts']);
    expect(read.stages.map(({ name }: { name: string }) => name)).toEqual(['unit']);
    expect(read.jestArgs).toEqual(['-t', 'counts']);
  });

  it('refuses unknown stages and options', () => {
    expect(() => readArguments(['--only', 'nonsense'])).toThrow('no stage nonsense');
    expect(() => readArguments(['--fast'])).toThrow();
  });
});
