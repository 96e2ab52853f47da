import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor, loaderOf, type GraphqlContext } from '../graphql/context.js';
import { ServerObject } from '../servers/server.graphql.js';
import {
  CancelMaintenanceInput,
  MaintenancePreviewObject,
  MaintenanceRange,
  MaintenanceWindowInput,
  MaintenanceWindowObject,
  ScheduleMaintenanceInput,
  UpdateMaintenanceInput,
} from './maintenance.graphql.js';
import { MaintenanceOrdersService } from './maintenance-orders.service.js';
import { MaintenanceService } from './maintenance.service.js';

const OTHER_ZONE = { type: () => String, nullable: true, description: 'A second zone to tell times in, such as Asia/Tokyo.' } as const;

@Resolver(() => ServerObject)
export class MaintenanceResolver {
  constructor(
    private readonly service: MaintenanceService,
    private readonly orders: MaintenanceOrdersService,
  ) {}

  @Query(() => [MaintenanceWindowObject], { description: 'In the order of their next start.' })
  maintenanceWindows(
    @CurrentActor() actor: Actor,
    @Args('range', { type: () => MaintenanceRange, nullable: true }) range?: MaintenanceRange | null,
    @Args('otherTimeZone', OTHER_ZONE) otherTimeZone?: string | null,
  ): Promise<MaintenanceWindowObject[]> {
    return this.service.list(actor, range ?? {}, otherTimeZone ?? null);
  }

  @Query(() => MaintenanceWindowObject, { description: 'By its id, or by the last six or more characters of it.' })
  maintenanceWindow(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID }) id: string,
    @Args('otherTimeZone', OTHER_ZONE) otherTimeZone?: string | null,
  ): Promise<MaintenanceWindowObject> {
    return this.service.find(actor, id, otherTimeZone ?? null);
  }

  @Query(() => MaintenancePreviewObject)
  maintenancePreview(
    @CurrentActor() actor: Actor,
    @Args('window', { type: () => MaintenanceWindowInput }) window: MaintenanceWindowInput,
    @Args('otherTimeZone', OTHER_ZONE) otherTimeZone?: string | null,
  ): Promise<MaintenancePreviewObject> {
    return this.service.preview(actor, window, otherTimeZone ?? null);
  }

  @Mutation(() => MaintenanceWindowObject)
  scheduleMaintenance(@CurrentActor() actor: Actor, @Args('input') input: ScheduleMaintenanceInput): Promise<MaintenanceWindowObject> {
    return this.orders.schedule(actor, input);
  }

  @Mutation(() => MaintenanceWindowObject)
  updateMaintenance(@CurrentActor() actor: Actor, @Args('input') input: UpdateMaintenanceInput): Promise<MaintenanceWindowObject> {
    return this.orders.update(actor, input);
  }

  @Mutation(() => MaintenanceWindowObject, { description: 'The whole window, or one date of it. Notices that were not sent are canceled too.' })
  cancelMaintenance(@CurrentActor() actor: Actor, @Args('input') input: CancelMaintenanceInput): Promise<MaintenanceWindowObject> {
    return this.orders.cancel(actor, input);
  }

  @Subscription(() => MaintenanceWindowObject, { description: 'Also those that were canceled.', resolve: (window: MaintenanceWindowObject) => window })
  maintenanceWindowsChanged(@CurrentActor() actor: Actor): AsyncIterable<MaintenanceWindowObject> {
    return this.service.watch(actor);
  }

  @ResolveField('maintenance', () => Boolean, { description: 'Inside a maintenance window now.' })
  async maintenance(@Parent() server: { id: string }, @Context() context: GraphqlContext): Promise<boolean> {
    return loaderOf<string, boolean>(context, 'maintenance', (ids) => this.service.areInMaintenance(ids)).load(server.id);
  }
}
