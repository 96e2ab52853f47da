import { Module } from '@nestjs/common';
import { ActivitiesListener } from './activities.listener.js';
import { ActivitiesResolver } from './activities.resolver.js';
import { ActivitiesService } from './activities.service.js';

/** What the media servers are busy with besides streams. */
@Module({ controllers: [ActivitiesListener], providers: [ActivitiesResolver, ActivitiesService] })
export class ActivitiesModule {}
