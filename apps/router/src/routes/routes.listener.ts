import { Controller } from '@nestjs/common';
import { HandleServiceCommand } from '@usher/bus';
import { createRoute } from '@usher/contracts';
import type { z } from 'zod';
import { RoutesService } from './routes.service.js';

@Controller()
export class RoutesListener {
  constructor(private readonly routes: RoutesService) {}

  @HandleServiceCommand(createRoute)
  create(request: z.infer<typeof createRoute.request>): Promise<z.infer<typeof createRoute.reply>> {
    return this.routes.create(request);
  }
}
