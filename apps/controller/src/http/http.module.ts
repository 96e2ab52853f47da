import { Module } from '@nestjs/common';
import { ConsoleFiles } from './console-files.js';
import { ConsoleFilesController } from './console-files.controller.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

/** Health first: the console's page answers every path that nobody else wants. */
@Module({ controllers: [HealthController, ConsoleFilesController], providers: [ConsoleFiles, HealthService], exports: [HealthService] })
export class HttpModule {}
