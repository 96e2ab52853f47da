import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { DeliveryStateEnum, NoticeStateEnum, NoticeTargetKindEnum, type DeliveryState, type NoticeState, type NoticeTargetKind } from '../graphql/enums.js';
import { PageInfoObject } from '../graphql/page-info.graphql.js';
import { DateTime } from '../graphql/scalars.js';

@ObjectType('NoticeTargets')
export class NoticeTargetsObject {
  @Field(() => NoticeTargetKindEnum) kind!: NoticeTargetKind;
  @Field(() => [ID]) serverIds!: string[];
  @Field(() => [ID], { description: 'Only for kind SESSIONS.' }) sessionIds!: string[];
}

@ObjectType('NoticeCounts')
export class NoticeCountsObject {
  @Field(() => Int, { description: 'Sessions for which the media server took the text. Nobody tells whether a viewer saw it.' }) sent!: number;
  @Field(() => Int) unsupported!: number;
  @Field(() => Int) failed!: number;
  @Field(() => Int, { description: 'Servers that have not answered yet; they are tried until the notice expires.' }) waiting!: number;
}

@ObjectType('NoticeDelivery', { description: 'What became of a notice at one server.' })
export class NoticeDeliveryObject {
  @Field(() => ID) serverId!: string;
  @Field() serverAlias!: string;
  @Field(() => DeliveryStateEnum) state!: DeliveryState;
  @Field(() => Int) sent!: number;
  @Field(() => Int) unsupported!: number;
  @Field(() => Int) failed!: number;
  @Field(() => String, { nullable: true, description: 'An error code, or NOBODY.' }) code!: string | null;
  @Field(() => String, { nullable: true, description: 'Why not everybody was sent it, in plain words.' }) reason!: string | null;
  @Field(() => Int) tries!: number;
  @Field(() => DateTime, { nullable: true }) answeredAt!: Date | null;
  @Field(() => Int, { nullable: true, description: 'From the last try to its answer.' }) tookMs!: number | null;
}

@ObjectType('Notice')
export class NoticeObject {
  @Field(() => ID) id!: string;
  @Field() text!: string;
  @Field(() => NoticeStateEnum) state!: NoticeState;
  @Field(() => NoticeTargetsObject) targets!: NoticeTargetsObject;
  @Field(() => DateTime) showAt!: Date;
  @Field(() => DateTime) expiresAt!: Date;
  @Field(() => DateTime) createdAt!: Date;
  @Field() createdBy!: string;
  @Field(() => DateTime, { nullable: true }) canceledAt!: Date | null;
  @Field(() => String, { nullable: true }) canceledBy!: string | null;
  @Field(() => ID, { nullable: true, description: 'The maintenance window that it announces.' }) windowId!: string | null;
  @Field(() => Int, { nullable: true, description: 'Of a window: minutes before its start.' }) minutesBefore!: number | null;
  @Field(() => NoticeCountsObject) counts!: NoticeCountsObject;
  @Field(() => [NoticeDeliveryObject]) deliveries!: NoticeDeliveryObject[];
}

@ObjectType('NoticeEdge')
export class NoticeEdgeObject {
  @Field(() => NoticeObject) node!: NoticeObject;
  @Field() cursor!: string;
}

@ObjectType('NoticeConnection')
export class NoticeConnectionObject {
  @Field(() => [NoticeEdgeObject]) edges!: NoticeEdgeObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
  @Field(() => Int) totalCount!: number;
}

@ObjectType('NoticeForecastServer')
export class NoticeForecastServerObject {
  @Field(() => ID) serverId!: string;
  @Field() serverAlias!: string;
  @Field(() => Int, { description: 'Sessions that can take a text now.' }) canTake!: number;
  @Field(() => Int) unsupported!: number;
  @Field(() => Int, { description: 'Last known sessions of a server that is away: sent when it is back in time.' }) later!: number;
  @Field(() => String, { nullable: true }) code!: string | null;
  @Field(() => String, { nullable: true }) reason!: string | null;
  @Field({ description: 'The numbers are older than they should be.' }) stale!: boolean;
}

@ObjectType('NoticeForecast', { description: 'What sending a notice now would do, from the live sessions.' })
export class NoticeForecastObject {
  @Field(() => Int) sessions!: number;
  @Field(() => Int) canTake!: number;
  @Field(() => Int) unsupported!: number;
  @Field(() => Int) later!: number;
  @Field(() => [NoticeForecastServerObject]) servers!: NoticeForecastServerObject[];
}

@InputType({ description: 'Exactly one of the three.' })
export class NoticeTargetsInput {
  @Field(() => Boolean, { nullable: true, description: 'The primary server and all linked ones.' }) allLinked?: boolean | null;
  @Field(() => [ID], { nullable: true }) serverIds?: string[] | null;
  @Field(() => [ID], { nullable: true }) sessionIds?: string[] | null;
}

@InputType()
export class SendNoticeInput {
  @Field() idempotencyKey!: string;
  @Field({ description: '1 to 500 characters.' }) text!: string;
  @Field(() => NoticeTargetsInput) targets!: NoticeTargetsInput;
  @Field(() => DateTime, { nullable: true, description: 'Default: now.' }) showAt?: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'At most 24 hours after `showAt`; default: one hour after it.' }) expiresAt?: Date | null;
}

@InputType()
export class CancelNoticeInput {
  @Field(() => ID) id!: string;
}

@InputType()
export class NoticeFilter {
  @Field(() => [NoticeStateEnum], { nullable: true }) states?: NoticeState[] | null;
  @Field(() => [ID], { nullable: true }) serverIds?: string[] | null;
  @Field(() => ID, { nullable: true }) windowId?: string | null;
}
