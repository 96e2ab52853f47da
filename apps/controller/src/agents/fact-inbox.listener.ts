import { Controller } from '@nestjs/common';
import { HandleFact, HandleFactBatch, type AgentMessageContext, type FactBatch, type FactContext } from '@usher/bus';
import { spoolGap } from '@usher/contracts';
import type { z } from 'zod';
import { FactInboxService } from './fact-inbox.service.js';

@Controller()
export class FactInboxListener {
  constructor(private readonly inbox: FactInboxService) {}

  @HandleFactBatch()
  appended(batch: FactBatch, context: AgentMessageContext): Promise<{ through: number }> {
    return this.inbox.append(batch, context);
  }

  /** The agent's own word that it had to drop facts. */
  @HandleFact(spoolGap)
  dropped(gap: z.infer<typeof spoolGap.body>, { agentId }: FactContext): void {
    this.inbox.noteDropped(agentId, gap);
  }
}
