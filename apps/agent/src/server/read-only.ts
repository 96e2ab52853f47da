import { AppError, type AgentConfig, type CommandContract } from '@usher/contracts';

/** The one place that keeps a read-only server unchanged: asked for every command before it is carried out. */
export function refusal(contract: Pick<CommandContract, 'effect'>, config: Pick<AgentConfig, 'readOnly'>): AppError | null {
  if (!config.readOnly || contract.effect !== 'change') return null;
  return new AppError('SERVER_READ_ONLY', 'This server is in read-only mode; nothing on it is changed.');
}
