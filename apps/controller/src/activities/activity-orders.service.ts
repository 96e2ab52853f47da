import { Injectable } from '@nestjs/common';
import { AppError, cancelActivity, splitSessionId } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import { ServerOrders } from '../server-details/server-orders.js';
import { ActivitiesService } from './activities.service.js';
import type { CancelActivityInput } from './activity-page.graphql.js';
import { PROBLEM_PREFIX, RUN_PREFIX, STREAM_PREFIX } from './activity-row.js';

/** What else these rows are ended by. */
const INSTEAD: readonly (readonly [prefix: string, sentence: string])[] = [
  [STREAM_PREFIX, 'This is a stream: end it with stopSession.'],
  [RUN_PREFIX, 'This is a migration run: abort it with abortMigrationRun.'],
  [PROBLEM_PREFIX, 'This is a problem, no work: it goes when its cause is mended.'],
];

/** Ends running work of a media server. */
@Injectable()
export class ActivityOrdersService {
  constructor(
    private readonly activities: ActivitiesService,
    private readonly orders: ServerOrders,
  ) {}

  /** For role operator. @throws VALIDATION_FAILED for what is no work of a server, NOT_FOUND, CAPABILITY_MISSING and those of `ServerOrders` */
  async cancel(actor: Actor, { id, idempotencyKey }: CancelActivityInput): Promise<boolean> {
    actor.require('operator');
    const instead = INSTEAD.find(([prefix]) => id.startsWith(prefix));
    if (instead) throw new AppError('VALIDATION_FAILED', instead[1], { field: 'id' });
    const parts = splitSessionId(id);
    if (!parts || id.length > 400) throw new AppError('VALIDATION_FAILED', 'This is not the id of an activity.', { field: 'id' });
    const { serverId, vendorId: activityVendorId } = parts;
    const request = () => Promise.resolve(this.cancellable(serverId, activityVendorId));
    const order = { op: 'cancelActivity', noun: 'activity.cancel', capability: 'activities.cancel', contract: cancelActivity, payload: { activity: activityVendorId }, answer: () => true } as const;
    return this.orders.send(actor, { serverId, idempotencyKey }, { ...order, request });
  }

  private cancellable(serverId: string, activityVendorId: string): { activityVendorId: string } {
    const activity = this.activities.find(serverId, activityVendorId);
    if (!activity) throw new AppError('NOT_FOUND', 'This activity is not there any more.', { serverId });
    if (!activity.cancellable) throw new AppError('CAPABILITY_MISSING', 'This media server does not let this work be cancelled.', { capability: 'activities.cancel', serverId, reason: 'activity' });
    return { activityVendorId };
  }
}
