import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HealthService } from './health.service.js';

/** For probes and dashboards, without sign-in: neither versions nor names of machines. */
@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** The process answers. */
  @Get(['health', 'health/live'])
  live(): { status: string } {
    return { status: 'OK' };
  }

  /** It can work: database and broker are there. */
  @Get(['health/ready', 'api/health'])
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string; dependencies: Record<string, string> }> {
    const report = await this.health.report();
    void reply.status(report.ready ? 200 : 503).header('cache-control', 'no-store');
    const dependencies = Object.fromEntries(Object.entries(report.checks).map(([name, check]) => [name, check.ok ? 'OK' : 'DOWN']));
    return { status: report.ready ? 'OK' : 'DOWN', dependencies };
  }
}
