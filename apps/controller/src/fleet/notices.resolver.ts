import { Args, ID, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { NoticeForecastService } from './notice-forecast.service.js';
import { NoticeOrdersService } from './notice-orders.service.js';
import { CancelNoticeInput, NoticeConnectionObject, NoticeFilter, NoticeForecastObject, NoticeObject, NoticeTargetsInput, SendNoticeInput } from './notices.graphql.js';
import { NoticesService } from './notices.service.js';

@Resolver()
export class NoticesResolver {
  constructor(
    private readonly service: NoticesService,
    private readonly orders: NoticeOrdersService,
    private readonly forecasts: NoticeForecastService,
  ) {}

  @Query(() => NoticeConnectionObject, { description: 'Newest first.' })
  notices(
    @CurrentActor() actor: Actor,
    @Args('filter', { type: () => NoticeFilter, nullable: true }) filter: NoticeFilter | null | undefined,
    @Args('first', { type: () => Int, defaultValue: 25 }) first: number,
    @Args('after', { type: () => String, nullable: true }) after?: string | null,
  ): Promise<NoticeConnectionObject> {
    return this.service.page(actor, filter, first, after);
  }

  @Query(() => NoticeObject, { description: 'By its id, or by the last six or more characters of it.' })
  notice(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): Promise<NoticeObject> {
    return this.service.find(actor, id);
  }

  @Query(() => NoticeForecastObject, { description: 'What sending a notice now would do: to be asked before it is sent.' })
  noticeForecast(@CurrentActor() actor: Actor, @Args('targets', { type: () => NoticeTargetsInput }) targets: NoticeTargetsInput): Promise<NoticeForecastObject> {
    return this.forecasts.forecast(actor, targets);
  }

  @Mutation(() => NoticeObject)
  sendNotice(@CurrentActor() actor: Actor, @Args('input') input: SendNoticeInput): Promise<NoticeObject> {
    return this.orders.send(actor, input);
  }

  @Mutation(() => NoticeObject, { description: 'Stops what was not sent yet.' })
  cancelNotice(@CurrentActor() actor: Actor, @Args('input') input: CancelNoticeInput): Promise<NoticeObject> {
    return this.orders.cancel(actor, input.id);
  }

  @Subscription(() => NoticeObject, { description: 'The whole notice each time something about it or its deliveries changed.', resolve: (notice: NoticeObject) => notice })
  noticeDeliveriesChanged(@CurrentActor() actor: Actor, @Args('noticeId', { type: () => ID, nullable: true }) noticeId?: string | null): AsyncIterable<NoticeObject> {
    return this.service.watch(actor, noticeId ?? null);
  }
}
