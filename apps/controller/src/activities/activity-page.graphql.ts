import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { enumOf } from '../graphql/enums.js';
import { DateTime } from '../graphql/scalars.js';
import { ACTIVITY_KINDS, ACTIVITY_ORDERS, ACTIVITY_STATES, type ActivityKind, type ActivityOrder, type ActivityRow, type ActivityState } from './activity-row.js';
import { EXPORT_FORMATS, type ExportFormat } from './activity-export.js';

export const ActivityKindEnum = enumOf('ActivityKind', ACTIVITY_KINDS);
export const ActivityStateEnum = enumOf('ActivityState', ACTIVITY_STATES);
export const ActivityOrderEnum = enumOf('ActivityOrder', ACTIVITY_ORDERS);
export const ExportFormatEnum = enumOf('ExportFormat', EXPORT_FORMATS);

@ObjectType('ActivityRow', { description: 'What goes on somewhere in the fleet: a stream, running work of a server, a migration run, or a server that fails.' })
export class ActivityRowObject implements ActivityRow {
  @Field(() => ID, { description: '`serverId:vendorId`; of a stream the id of its session behind `stream:`.' }) id!: string;
  @Field(() => ActivityKindEnum) kind!: ActivityKind;
  @Field(() => ActivityStateEnum) state!: ActivityState;
  @Field(() => ID) serverId!: string;
  @Field() serverAlias!: string;
  @Field() title!: string;
  @Field(() => String, { nullable: true }) subtitle!: string | null;
  @Field(() => String, { nullable: true }) userName!: string | null;
  @Field(() => String, { nullable: true }) deviceName!: string | null;
  @Field(() => Float, { nullable: true }) progressPercent!: number | null;
  @Field(() => Float, { nullable: true, description: 'Of a transcode, 1.0 = real time; of a run, rows per second.' }) speed!: number | null;
  @Field(() => Int, { nullable: true }) bitRateKbps!: number | null;
  @Field(() => DateTime, { nullable: true }) startedAt!: string | null;
  @Field() cancellable!: boolean;
  @Field(() => String, { nullable: true, description: 'What is wrong, in words.' }) problem!: string | null;
  @Field(() => String, { nullable: true }) code!: string | null;
  @Field(() => String, { nullable: true, description: 'What can be done about it.' }) next!: string | null;
  @Field(() => String, { nullable: true, description: 'Where in the console it is looked after.' }) href!: string | null;
}

@ObjectType('ActivityKindCount')
export class ActivityKindCountObject {
  @Field(() => ActivityKindEnum) kind!: ActivityKind;
  @Field(() => Int) count!: number;
}

@ObjectType('ActivityStats', { description: 'Of everything that the search and the servers of the filter leave, whatever its kind.' })
export class ActivityStatsObject {
  @Field(() => Int) total!: number;
  @Field(() => Int, { description: 'Running downloads and syncs.' }) online!: number;
  @Field(() => Int, { description: 'Failed or stalled.' }) problem!: number;
  @Field(() => [ActivityKindCountObject], { description: 'Every kind, also those with none.' }) byKind!: ActivityKindCountObject[];
  @Field(() => [String], { description: 'Aliases of servers that have not told yet what they do.' }) waitingServers!: string[];
}

@ObjectType('ActivityPage')
export class ActivityPageObject {
  @Field(() => [ActivityRowObject]) rows!: ActivityRowObject[];
  @Field(() => Int) total!: number;
  @Field(() => Int, { description: 'From 1; the last one when fewer are left than were asked for.' }) page!: number;
  @Field(() => Int, { description: 'At least 1.' }) pages!: number;
  @Field(() => ActivityStatsObject) stats!: ActivityStatsObject;
}

@InputType()
export class ActivityFilter {
  @Field(() => String, { nullable: true, description: 'Words; each must be in title, subtitle, kind, user or server. Upper and lower case are equal.' }) search?: string | null;
  @Field(() => [ActivityKindEnum], { nullable: true }) kinds?: ActivityKind[] | null;
  @Field(() => [ID], { nullable: true }) serverIds?: string[] | null;
}

@InputType()
export class CancelActivityInput {
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
  @Field(() => ID) id!: string;
}

export type { ActivityOrder, ExportFormat };
