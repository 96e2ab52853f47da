import { describe, expect, it } from '@jest/globals';
import { programs } from './run-program.js';

const patient = programs(60_000);
const shell = (script: string) => ['sh', ['-c', script]] as const;

describe('programs', () => {
  it('answer with what they wrote', async () => {
    expect(await patient(...shell('echo one'))).toEqual({ stdout: 'one\n' });
  });

  it.each([
    ['missing', 'usher-has-no-such-program', []],
    ['failed', ...shell('echo one; exit 3')],
  ] as const)('are %s: %s %j', async (problem, program, args) => {
    expect(await patient(program, args)).toEqual({ problem });
  });

  it('that never end are asked to stop, and what they wrote counts', async () => {
    expect(await patient(...shell('echo one; exec sleep 1000'), 500)).toEqual({ stdout: expect.any(String) });
  });

  it('that do not heed it are ended', async () => {
    expect(await programs(1_000)(...shell(`trap '' INT; echo one; while :; do sleep 0.1; done`), 300)).toEqual({ problem: 'failed' });
  });

  it('that fail before they are asked to stop have failed', async () => {
    expect(await patient(...shell('exit 1'), 30_000)).toEqual({ problem: 'failed' });
  });
});
