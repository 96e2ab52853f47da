import { describe, expect, it } from '@jest/globals';
import { AppError, applyWatchStates } from '@usher/contracts';
import { TargetAgent, type TargetTerms } from './target-agent.js';
import type { Ticket } from './ticket-issuer.js';

const ANSWER = { rows: [], streams: 0, requests: 3, tookMs: 9, retryAfterMs: null };
const TICKET = { commandId: 'c-1', jws: 'ticket', request: { approvals: { jws: ['approval'] } } } as unknown as Ticket;
const silent = () => new AppError('AGENT_TIMEOUT', 'The agent was not done in time.', { reason: 'not-done' });

/** An agent that gives these answers in turn; each question takes the time that it was given. */
function agentThat(answers: readonly (() => AppError | null)[]) {
  let nowMs = 0;
  const asked: object[] = [];
  const command = (_contract: unknown, _target: unknown, _request: unknown, options: { timeoutMs: number }) => {
    const error = (answers[asked.length] ?? answers.at(-1)!)();
    asked.push(options);
    nowMs += options.timeoutMs;
    return (async function* () {
      if (error) throw error;
      yield ANSWER;
    })();
  };
  const terms = { bus: { command }, runId: 'r-1', epoch: 4, plan: { header: { target: { serverId: 's-1' } } }, monotonicMs: () => nowMs };
  return { asked, agent: new TargetAgent(terms as unknown as TargetTerms) };
}

describe('an order to the agent of a target', () => {
  const give = (agent: TargetAgent) => agent.change(applyWatchStates, TICKET, { planSha256: 'a'.repeat(64), rows: [{ n: 0, to: null }], atOnce: 1, maxPerSecond: null }, async () => undefined);

  it('is given again under the same name and leave when the agent falls silent', async () => {
    const { agent, asked } = agentThat([silent, silent, () => null]);
    expect(await give(agent)).toEqual([ANSWER]);
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map((options) => JSON.stringify(options))).size).toBe(1);
    expect(asked[0]).toMatchObject({ commandId: 'c-1', ticket: 'ticket', approvals: ['approval'], fence: { n: 'run:r-1', e: 4 } });
  });

  it('is given up when its time is over', async () => {
    const { agent, asked } = agentThat([silent]);
    await expect(give(agent)).rejects.toMatchObject({ code: 'AGENT_TIMEOUT' });
    expect(asked).toHaveLength(15);
  });

  it('that the agent does not take is not given again', async () => {
    const { agent, asked } = agentThat([() => new AppError('AGENT_TIMEOUT', 'The agent did not take the command.', { reason: 'not-accepted' })]);
    await expect(give(agent)).rejects.toMatchObject({ details: { reason: 'not-accepted' } });
    expect(asked).toHaveLength(1);
  });
});
