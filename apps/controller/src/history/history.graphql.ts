import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { Delivery } from '@usher/contracts';
import { DeliveryEnum, ItemTypeEnum } from '../graphql/enums.js';
import { PageInfoObject } from '../graphql/page-info.graphql.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';

@ObjectType('Playback')
export class PlaybackObject {
  @Field(() => ID) id!: string;
  @Field(() => ID) serverId!: string;
  @Field(() => String, { nullable: true }) userName!: string | null;
  @Field(() => String, { nullable: true }) deviceName!: string | null;
  @Field(() => String, { nullable: true }) client!: string | null;
  @Field(() => ItemTypeEnum) itemType!: string;
  @Field() title!: string;
  @Field(() => String, { nullable: true }) seriesTitle!: string | null;
  @Field(() => Int, { nullable: true }) seasonNumber!: number | null;
  @Field(() => Int, { nullable: true }) episodeNumber!: number | null;
  @Field(() => Int, { nullable: true }) year!: number | null;
  @Field(() => DateTime) startedAt!: Date;
  @Field(() => DateTime, { nullable: true }) endedAt!: Date | null;
  @Field(() => BigInt53) watchedMs!: bigint;
  @Field(() => BigInt53) positionMs!: bigint;
  @Field(() => BigInt53, { nullable: true }) durationMs!: bigint | null;
  @Field(() => Int) pauses!: number;
  @Field(() => DeliveryEnum) delivery!: Delivery;
  @Field(() => [String]) reasons!: string[];
}

@ObjectType('PlaybackEdge')
export class PlaybackEdgeObject {
  @Field(() => PlaybackObject) node!: PlaybackObject;
  @Field() cursor!: string;
}

@ObjectType('PlaybackConnection')
export class PlaybackConnectionObject {
  @Field(() => [PlaybackEdgeObject]) edges!: PlaybackEdgeObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
  @Field(() => Int) totalCount!: number;
}

@InputType()
export class PlaybackFilter {
  @Field(() => [ID], { nullable: true }) serverIds?: string[] | null;
  @Field(() => Boolean, { nullable: true }) open?: boolean | null;
  @Field(() => String, { nullable: true }) userName?: string | null;
  @Field(() => ID, { nullable: true, description: 'Of all accounts of one person.' }) identityId?: string | null;
}
