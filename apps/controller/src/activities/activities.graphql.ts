import { Field, Float, ID, ObjectType } from '@nestjs/graphql';
import type { ActivityType } from '@usher/contracts';
import { ActivityTypeEnum } from '../graphql/enums.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';

@ObjectType('Activity', { description: 'Running work of a media server besides streams.' })
export class ActivityObject {
  @Field(() => ID) id!: string;
  @Field(() => ID) serverId!: string;
  @Field(() => ActivityTypeEnum) type!: ActivityType;
  @Field() title!: string;
  @Field(() => String, { nullable: true }) subtitle!: string | null;
  @Field(() => Float, { nullable: true, description: '0–100; null where the vendor does not tell.' }) progressPercent!: number | null;
  @Field(() => String, { nullable: true, description: 'The library that is scanned; null = all, or not told.' }) libraryId!: string | null;
  @Field(() => DateTime) startedAt!: string;
}

@ObjectType('ServerActivities')
export class ServerActivitiesObject {
  @Field(() => ID) serverId!: string;
  @Field(() => BigInt53) seq!: number;
  @Field(() => DateTime) at!: string;
  @Field({ description: 'A newer list is overdue: the server may be done meanwhile.' }) stale!: boolean;
  @Field(() => [ActivityObject]) activities!: ActivityObject[];
}
