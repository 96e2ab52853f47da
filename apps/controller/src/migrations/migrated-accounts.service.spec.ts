import { describe, expect, it } from '@jest/globals';
import type { RunState } from '@usher/contracts';
import { MigratedAccountsService } from './migrated-accounts.service.js';

function serviceThat(read: (serverId: string) => Promise<void>, target: string | null = 's-1') {
  const warned: string[] = [];
  const service = new MigratedAccountsService({ targetOf: async () => target } as never, { read } as never, { warn: (event: string) => void warned.push(event) } as never);
  return { service, warned };
}

describe('the accounts of a target', () => {
  it('are read once when a run stands still, and not while it works', async () => {
    const asked: string[] = [];
    const { service } = serviceThat(async (serverId) => void asked.push(serverId));
    const states: (RunState | null)[] = [null, 'queued', 'running', 'paused', 'paused', 'running', 'verifying', 'done', 'done'];
    for (const [at, state] of states.entries()) if (state) await service.follow({ runId: 'r-1', state }, states[at - 1] ?? null);
    expect(asked).toEqual(['s-1', 's-1']);
  });

  it('wait for their turn when they cannot be read, or the run is not known', async () => {
    const { service, warned } = serviceThat(async () => {
      throw new Error('away');
    });
    await service.follow({ runId: 'r-1', state: 'done' }, 'verifying');
    expect(warned).toEqual(['accounts.not_read']);
    const unknown = serviceThat(async () => {
      throw new Error('asked');
    }, null);
    await unknown.service.follow({ runId: 'r-1', state: 'done' }, 'verifying');
    expect(unknown.warned).toEqual([]);
  });
});
