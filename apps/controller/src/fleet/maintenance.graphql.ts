import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { DateTime } from '../graphql/scalars.js';
import { NoticeForecastObject } from './notices.graphql.js';

@ObjectType('MaintenanceOccurrence')
export class MaintenanceOccurrenceObject {
  @Field(() => DateTime) startAt!: Date;
  @Field(() => DateTime) endAt!: Date;
  @Field(() => DateTime, { description: 'From here on the router starts nothing there.' }) drainFrom!: Date;
  @Field({ description: 'In the zone of the window: `2026-12-02T02:00:00+01:00`.' }) startLocal!: string;
  @Field() endLocal!: string;
  @Field(() => String, { nullable: true, description: 'In the zone that was asked for.' }) startOther!: string | null;
  @Field(() => String, { nullable: true }) endOther!: string | null;
  @Field({ description: 'The clocks go forward over the wanted time, so it starts later by that much.' }) shifted!: boolean;
}

@ObjectType('MaintenanceWindow')
export class MaintenanceWindowObject {
  @Field(() => ID) id!: string;
  @Field() title!: string;
  @Field(() => [ID]) serverIds!: string[];
  @Field({ description: 'IANA name, such as Europe/Paris.' }) timeZone!: string;
  @Field({ description: 'Wall clock of the first start in that zone: `2026-12-02T02:00`.' }) startLocal!: string;
  @Field(() => Int) durationMin!: number;
  @Field(() => String, { nullable: true, description: 'RFC 5545 recurrence, such as FREQ=MONTHLY;BYDAY=1TU; null = once.' }) rrule!: string | null;
  @Field({ description: 'The recurrence in words.' }) repeats!: string;
  @Field(() => [String], { description: 'Starts that were taken out, by wall clock.' }) skipped!: string[];
  @Field(() => Int, { description: 'Minutes before the start from which the router drains; 0 = at the start.' }) drainMin!: number;
  @Field(() => [Int], { description: 'Minutes before the start at which viewers get a notice; empty = none.' }) noticeMin!: number[];
  @Field(() => String, { nullable: true, description: 'Own text of the notices; null = made from the window.' }) noticeText!: string | null;
  @Field(() => DateTime) createdAt!: Date;
  @Field() createdBy!: string;
  @Field(() => DateTime) updatedAt!: Date;
  @Field(() => DateTime, { nullable: true }) canceledAt!: Date | null;
  @Field(() => String, { nullable: true }) canceledBy!: string | null;
  @Field(() => MaintenanceOccurrenceObject, { nullable: true, description: 'The one that is on, draining included.' }) current!: MaintenanceOccurrenceObject | null;
  @Field(() => [MaintenanceOccurrenceObject], { description: 'The next five that have not ended, the current one included.' }) next!: MaintenanceOccurrenceObject[];
  @Field(() => [MaintenanceOccurrenceObject], { description: 'Those inside the range that was asked for.' }) occurrences!: MaintenanceOccurrenceObject[];
}

@ObjectType('MaintenancePreview', { description: 'What a window would mean, before it is kept.' })
export class MaintenancePreviewObject {
  @Field() repeats!: string;
  @Field(() => [MaintenanceOccurrenceObject], { description: 'The next five.' }) next!: MaintenanceOccurrenceObject[];
  @Field(() => [String]) warnings!: string[];
  @Field(() => NoticeForecastObject, { nullable: true, description: 'Null without notices.' }) notices!: NoticeForecastObject | null;
}

@InputType()
export class MaintenanceWindowInput {
  @Field() title!: string;
  @Field(() => [ID]) serverIds!: string[];
  @Field() timeZone!: string;
  @Field() startLocal!: string;
  @Field(() => Int, { description: '1 minute to 7 days.' }) durationMin!: number;
  @Field(() => String, { nullable: true, description: 'FREQ=DAILY, WEEKLY (BYDAY), MONTHLY (BYMONTHDAY or one BYDAY such as 1TU or -1FR) or YEARLY, with INTERVAL, COUNT and UNTIL.' }) rrule?: string | null;
  @Field(() => Int, { nullable: true, defaultValue: 0 }) drainMin?: number | null;
  @Field(() => [Int], { nullable: true }) noticeMin?: number[] | null;
  @Field(() => String, { nullable: true }) noticeText?: string | null;
}

@InputType()
export class ScheduleMaintenanceInput {
  @Field() idempotencyKey!: string;
  @Field(() => MaintenanceWindowInput) window!: MaintenanceWindowInput;
}

@InputType({ description: 'What is not given stays. A changed recurrence brings back dates that were taken out.' })
export class UpdateMaintenanceInput {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) title?: string | null;
  @Field(() => [ID], { nullable: true }) serverIds?: string[] | null;
  @Field(() => String, { nullable: true }) timeZone?: string | null;
  @Field(() => String, { nullable: true }) startLocal?: string | null;
  @Field(() => Int, { nullable: true }) durationMin?: number | null;
  @Field(() => String, { nullable: true, description: 'An empty text makes it happen once.' }) rrule?: string | null;
  @Field(() => Int, { nullable: true }) drainMin?: number | null;
  @Field(() => [Int], { nullable: true }) noticeMin?: number[] | null;
  @Field(() => String, { nullable: true, description: 'An empty text goes back to the text that is made from the window.' }) noticeText?: string | null;
}

@InputType()
export class CancelMaintenanceInput {
  @Field(() => ID) id!: string;
  @Field(() => DateTime, { nullable: true, description: 'Start of the one date to take out; without it the whole window is canceled.' }) occurrenceAt?: Date | null;
}

@InputType()
export class MaintenanceRange {
  @Field(() => DateTime, { nullable: true, description: 'Default: now.' }) from?: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'Default: 35 days after `from`; at most 400 days after it.' }) to?: Date | null;
  @Field(() => [ID], { nullable: true }) serverIds?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Also windows that were canceled or are over.' }) includeEnded?: boolean | null;
}
