import { Controller } from '@nestjs/common';
import { HandleFactBatch, type AgentMessageContext, type FactBatch } from '@usher/bus';
import { FactInboxService } from './fact-inbox.service.js';

@Controller()
export class FactInboxListener {
  constructor(private readonly inbox: FactInboxService) {}

  @HandleFactBatch()
  appended(batch: FactBatch, context: AgentMessageContext): Promise<{ through: number }> {
    return this.inbox.append(batch, context);
  }
}
