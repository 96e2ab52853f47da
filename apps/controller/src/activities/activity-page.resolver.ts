import { Args, ArgsType, Field, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { Takes } from '../graphql/deadline.interceptor.js';
import { ActivityFilter, ActivityOrderEnum, ActivityPageObject, CancelActivityInput, ExportFormatEnum, type ActivityOrder, type ExportFormat } from './activity-page.graphql.js';
import { ActivityOrdersService } from './activity-orders.service.js';
import { ActivityPageService } from './activity-page.service.js';

const ONE_ORDER_MS = 30_000;

@ArgsType()
export class ActivityPageArgs {
  @Field(() => ActivityFilter, { nullable: true }) filter?: ActivityFilter | null;
  @Field(() => Int, { defaultValue: 1 }) page!: number;
  @Field(() => Int, { defaultValue: 10, description: '10, 25, 50 or 100.' }) size!: number;
  @Field(() => ActivityOrderEnum, { defaultValue: 'started' }) order!: ActivityOrder;
  @Field(() => Boolean, { defaultValue: true }) descending!: boolean;
}

@Resolver()
export class ActivityPageResolver {
  constructor(
    private readonly pages: ActivityPageService,
    private readonly orders: ActivityOrdersService,
  ) {}

  @Query(() => ActivityPageObject, { description: 'Everything that goes on in the fleet, page by page; the newest first by default.' })
  activityPage(@CurrentActor() actor: Actor, @Args() args: ActivityPageArgs): Promise<ActivityPageObject> {
    return this.pages.page(actor, args);
  }

  @Subscription(() => ActivityPageObject, { description: 'At once, then at most once a second and only when something of it changed.', resolve: (page: ActivityPageObject) => page })
  activityPageChanged(@CurrentActor() actor: Actor, @Args() args: ActivityPageArgs): AsyncIterableIterator<ActivityPageObject> {
    return this.pages.watch(actor, args);
  }

  @Query(() => String, { description: 'All pages of the filter as one text. A spreadsheet takes no cell of the CSV for a formula.' })
  exportActivities(
    @CurrentActor() actor: Actor,
    @Args('format', { type: () => ExportFormatEnum }) format: ExportFormat,
    @Args('filter', { type: () => ActivityFilter, nullable: true }) filter?: ActivityFilter | null,
  ): Promise<string> {
    return this.pages.exported(actor, filter ?? null, format);
  }

  @Mutation(() => Boolean, { description: 'Ends running work of a media server. A stream is ended by `stopSession`.' })
  @Takes(ONE_ORDER_MS)
  cancelActivity(@CurrentActor() actor: Actor, @Args('input') input: CancelActivityInput): Promise<boolean> {
    return this.orders.cancel(actor, input);
  }
}
