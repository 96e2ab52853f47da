import { describe, expect, it } from '@jest/globals';
import { ActiveAgents } from './active-agents.js';
import type { ActiveAgent, AgentsRepository } from './agents.repository.js';

const agent = (serverId: string, agentId: string) => ({ serverId, agentId, acctPub: `ACC-${agentId}` }) as ActiveAgent;

function directoryOver(answers: (ActiveAgent[] | Error)[]) {
  let calls = 0;
  const repository = {
    active: async () => {
      const answer = answers[Math.min(calls++, answers.length - 1)]!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as AgentsRepository;
  return { directory: new ActiveAgents(repository), calls: () => calls };
}

describe('ActiveAgents', () => {
  it('finds by account and by server, and tells who came and who left', async () => {
    const { directory } = directoryOver([[agent('s1', 'a1'), agent('s2', 'a2')], [agent('s1', 'a3')]]);
    const told: string[] = [];
    directory.onJoined((serverId, agentId) => told.push(`+${serverId}/${agentId}`));
    directory.onLeft((serverId) => told.push(`-${serverId}`));
    await directory.refresh();
    expect(directory.byAccount('ACC-a1')).toMatchObject({ serverId: 's1' });
    await directory.refresh();
    expect(directory.byAccount('ACC-a1')).toBeUndefined();
    expect(directory.byServer('s1')).toMatchObject({ agentId: 'a3' });
    expect(directory.serverIds()).toEqual(['s1']);
    expect(told).toEqual(['+s1/a1', '+s2/a2', '+s1/a3', '-s2']);
  });

  it('reads once more for all who asked during a reading', async () => {
    const { directory, calls } = directoryOver([[agent('s1', 'a1')]]);
    const first = directory.refresh();
    await Promise.resolve();
    await Promise.all([first, directory.refresh(), directory.refresh()]);
    expect(calls()).toBe(2);
  });

  it('keeps what it knew when a reading fails, and reads again after it', async () => {
    const { directory } = directoryOver([[agent('s1', 'a1')], new Error('database away'), [agent('s1', 'a2')]]);
    await directory.refresh();
    await expect(directory.refresh()).rejects.toThrow('database away');
    expect(directory.byServer('s1')).toMatchObject({ agentId: 'a1' });
    await directory.refresh();
    expect(directory.byServer('s1')).toMatchObject({ agentId: 'a2' });
  });
});
