import { Controller } from '@nestjs/common';
import { HandleAsk, type AgentMessageContext } from '@usher/bus';
import { agentHello } from '@usher/contracts';
import { HelloService, type Hello, type HelloReply } from './hello.service.js';

@Controller()
export class HelloListener {
  constructor(private readonly service: HelloService) {}

  @HandleAsk(agentHello)
  hello(request: Hello, context: AgentMessageContext): Promise<HelloReply> {
    return this.service.hello(request, context);
  }
}
