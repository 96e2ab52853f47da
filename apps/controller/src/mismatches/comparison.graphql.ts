import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { enumOf } from '../graphql/enums.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';
import { SessionObject } from '../sessions/sessions.graphql.js';
import { FACT_SIDES, type Fact, type FactSide } from './comparison.js';
import type { Evidence } from './mismatch.js';
import { MismatchEvidenceObject, MismatchObject } from './mismatches.graphql.js';

const FactSideEnum = enumOf('MismatchFactSide', FACT_SIDES);

@ObjectType('MismatchSide', { description: 'One side of a mismatch, with what the ledger of playbacks knows of it.' })
export class MismatchSideObject {
  @Field(() => MismatchEvidenceObject) evidence!: Evidence;
  @Field(() => SessionObject, { nullable: true, description: 'As it is now; null when it ended or its server does not answer.' }) session!: SessionObject | null;
  @Field(() => DateTime, { nullable: true, description: 'When its playback began.' }) sinceAt!: Date | null;
  @Field(() => String, { nullable: true, description: 'Names the network; null where nobody can tell it from others.' }) networkKey!: string | null;
  @Field(() => String, { nullable: true }) networkLabel!: string | null;
  @Field(() => Int, { nullable: true, description: 'Days of the last 90 on which it was used; null when the ledger does not know it.' }) networkDays!: number | null;
  @Field(() => DateTime, { nullable: true }) networkFirstSeenAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'When a device of this name was first seen in the last 90 days.' }) deviceFirstSeenAt!: Date | null;
  @Field(() => String, { nullable: true, description: 'As the media server tells it.' }) email!: string | null;
}

@ObjectType('MismatchFact')
export class MismatchFactObject implements Fact {
  @Field(() => FactSideEnum) side!: FactSide;
  @Field() text!: string;
  @Field(() => String, { nullable: true }) detail!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'A moment that belongs to it.' }) at!: Date | null;
}

@ObjectType('MismatchLanePart')
export class MismatchLanePartObject {
  @Field(() => DateTime) from!: Date;
  @Field(() => DateTime) until!: Date;
  @Field({ description: 'Something is on at another server meanwhile.' }) together!: boolean;
}

@ObjectType('MismatchLane', { description: 'What was on at one server.' })
export class MismatchLaneObject {
  @Field(() => ID) serverId!: string;
  @Field() serverAlias!: string;
  @Field(() => [MismatchLanePartObject]) parts!: MismatchLanePartObject[];
}

@ObjectType('MismatchHabit', { description: 'A network that the person used in the last 90 days.' })
export class MismatchHabitObject {
  @Field(() => String, { nullable: true }) place!: string | null;
  @Field(() => String, { nullable: true }) network!: string | null;
  @Field(() => [String]) servers!: string[];
  @Field(() => Int, { description: 'Days (UTC) on which something began there.' }) days!: number;
  @Field(() => BigInt53) watchedMs!: number;
  @Field(() => DateTime) firstSeenAt!: Date;
  @Field({ description: 'One of the networks that are compared.' }) compared!: boolean;
}

@ObjectType('MismatchAllowance', { description: 'Two networks that one person may use at once.' })
export class MismatchAllowanceObject {
  @Field(() => ID) id!: string;
  @Field(() => [String], { description: 'As people read them.' }) networks!: string[];
  @Field() note!: string;
  @Field() allowedBy!: string;
  @Field(() => DateTime) at!: Date;
}

@ObjectType('MismatchComparison', { description: 'One mismatch with its sides, what speaks for it and against it, and what the ledger knows of the person.' })
export class MismatchComparisonObject {
  @Field(() => MismatchObject) mismatch!: MismatchObject;
  @Field(() => ID, { nullable: true, description: 'Null when it is about nobody or about several people.' }) personId!: string | null;
  @Field(() => String, { nullable: true }) personName!: string | null;
  @Field(() => String, { nullable: true, description: 'A probable answer in one sentence; null where nothing is weighed.' }) verdict!: string | null;
  @Field(() => [MismatchSideObject]) sides!: MismatchSideObject[];
  @Field(() => Int, { nullable: true, description: 'Between the places of both servers; null where not both sides have a place.' }) distanceKm!: number | null;
  @Field(() => [MismatchFactObject]) facts!: MismatchFactObject[];
  @Field(() => DateTime) lanesFrom!: Date;
  @Field(() => DateTime) lanesUntil!: Date;
  @Field(() => [MismatchLaneObject], { description: 'Of the last three hours.' }) lanes!: MismatchLaneObject[];
  @Field(() => [MismatchHabitObject], { description: 'By network, the most hours first.' }) habits!: MismatchHabitObject[];
  @Field(() => Int, { description: 'Networks that are left out of `habits`.' }) moreHabits!: number;
  @Field(() => DateTime, { nullable: true, description: 'The oldest playback that was looked at; null when the ledger knows none.' }) ledgerFrom!: Date | null;
  @Field({ description: 'True when older playbacks of the 90 days were left out.' }) ledgerCut!: boolean;
  @Field(() => [String], { description: 'Networks that `allowNetworks` of a resolution would take; empty where nothing can be allowed.' }) allowable!: string[];
  @Field(() => [MismatchAllowanceObject], { description: 'What the person was allowed before.' }) allowances!: MismatchAllowanceObject[];
}
