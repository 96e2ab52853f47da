import { Controller } from '@nestjs/common';
import { HandleState, type AgentMessageContext } from '@usher/bus';
import { activitiesState, type ActivitiesState } from '@usher/contracts';
import { ActivitiesService } from './activities.service.js';

@Controller()
export class ActivitiesListener {
  constructor(private readonly service: ActivitiesService) {}

  @HandleState(activitiesState)
  activities(message: ActivitiesState, context: AgentMessageContext): void {
    this.service.receive(message, context);
  }
}
