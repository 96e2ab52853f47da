import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { Confidence } from '@usher/contracts';
import { LoadConfidenceEnum } from '../graphql/enums.js';
import { DateTime } from '../graphql/scalars.js';
import { ServerDrainObject } from './route.graphql.js';

@ObjectType('LoadPart', { description: 'One part of a load as a share of what the machine has; 1 = full.' })
export class LoadPartObject {
  @Field({ description: '`cpu`, `uplink`, `nic`, `encoder`, `memory`, `io` or `limit`.' }) part!: string;
  @Field(() => Float, { description: 'Reservations included.' }) now!: number;
  @Field(() => Float) reserved!: number;
}

@ObjectType('Reservation', { description: 'Load that a choice takes until a report shows it.' })
export class ReservationObject {
  @Field(() => ID) placementId!: string;
  @Field(() => ID) serverId!: string;
  @Field() title!: string;
  @Field(() => Float, { description: 'CPU-seconds per second of media.' }) cost!: number;
  @Field(() => Int) bitRateKbps!: number;
  @Field(() => DateTime) endsAt!: Date;
}

@ObjectType('ServerLoad')
export class ServerLoadObject {
  @Field(() => ID) serverId!: string;
  @Field({ description: 'As the router sees it: `ready`, `slow-start`, `suspect`, `blind`, `down`, `offline`, `draining` or `maintenance`.' }) standing!: string;
  @Field(() => DateTime, { nullable: true, description: 'Of the last report.' }) reportedAt!: Date | null;
  @Field(() => Int, { nullable: true, description: 'Age of the last report when the router told this.' }) ageMs!: number | null;
  @Field(() => LoadConfidenceEnum) confidence!: Confidence;
  @Field(() => Float) cores!: number;
  @Field({ description: 'Nobody measured or typed the number of cores.' }) coresAssumed!: boolean;
  @Field(() => Int) uplinkKbps!: number;
  @Field({ description: 'Nobody measured or typed the uplink.' }) uplinkAssumed!: boolean;
  @Field(() => Float, { description: 'CPU-seconds per second of media that running transcodes need.' }) demand!: number;
  @Field(() => Float) reservedDemand!: number;
  @Field(() => Int) streams!: number;
  @Field(() => Int) transcodes!: number;
  @Field(() => [LoadPartObject]) parts!: LoadPartObject[];
  @Field(() => Float, { nullable: true }) utilization!: number | null;
  @Field(() => String, { nullable: true }) deciding!: string | null;
  @Field(() => Float, { description: 'Above it no new transcode is placed.' }) gate!: number;
  @Field(() => Float) weight!: number;
  @Field(() => [ReservationObject]) reservations!: ReservationObject[];
  @Field(() => ServerDrainObject, { nullable: true }) drain!: ServerDrainObject | null;
}

@ObjectType('RoutingOverview')
export class RoutingOverviewObject {
  @Field(() => Int, { description: 'Routers that told their state within 15 s; 0 = routing is off, links of existing routes may still work.' }) routers!: number;
  @Field(() => DateTime, { nullable: true, description: 'When a router last told its state.' }) at!: Date | null;
  @Field(() => Int, { description: 'Since midnight UTC.' }) placedToday!: number;
  @Field(() => Int) movedToday!: number;
  @Field(() => Int) refusedToday!: number;
  @Field(() => Float, { nullable: true, description: 'Of the last 1,000 decisions of one router.' }) decisionP99Ms!: number | null;
  @Field(() => Int, { description: 'Requests that wait for room now.' }) waiting!: number;
}

@ObjectType('ServerCapacity', { description: 'What an operator typed; null = not known.' })
export class ServerCapacityObject {
  @Field(() => ID) serverId!: string;
  @Field(() => Float, { nullable: true }) cores!: number | null;
  @Field(() => Int, { nullable: true }) uplinkKbps!: number | null;
  @Field(() => Int, { nullable: true, description: "The media server's own maximum." }) transcodeLimit!: number | null;
  @Field({ description: 'Transcodes use hardware.' }) hardware!: boolean;
  @Field(() => String, { nullable: true, description: 'Servers with one name here share cores and uplink.' }) machine!: string | null;
  @Field(() => String, { nullable: true, description: 'Where viewers reach it; null = the registered address.' }) viewerUrl!: string | null;
  @Field(() => Float) weight!: number;
}

@InputType({ description: 'An absent field stays as it is, null forgets it.' })
export class UpdateServerCapacityInput {
  @Field(() => ID) serverId!: string;
  @Field(() => Float, { nullable: true }) cores?: number | null;
  @Field(() => Int, { nullable: true }) uplinkKbps?: number | null;
  @Field(() => Int, { nullable: true }) transcodeLimit?: number | null;
  @Field(() => Boolean, { nullable: true }) hardware?: boolean | null;
  @Field(() => String, { nullable: true }) machine?: string | null;
  @Field(() => String, { nullable: true }) viewerUrl?: string | null;
  @Field(() => Float, { nullable: true, description: '0.1 to 10; more = preferred.' }) weight?: number | null;
}
