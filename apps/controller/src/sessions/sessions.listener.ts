import { Controller } from '@nestjs/common';
import { HandleState, type AgentMessageContext } from '@usher/bus';
import { loadState, sessionsState, type ServerLoad, type SessionsState } from '@usher/contracts';
import { SessionsService } from './sessions.service.js';

@Controller()
export class SessionsListener {
  constructor(private readonly service: SessionsService) {}

  @HandleState(sessionsState)
  sessions(message: SessionsState, context: AgentMessageContext): void {
    this.service.receive(message, context);
  }

  @HandleState(loadState)
  load(message: { seq: number; load: ServerLoad }, context: AgentMessageContext): void {
    this.service.receiveLoad(message, context);
  }
}
