import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { Confidence, PlacementKind, PlacementVerdict, PlannedDelivery } from '@usher/contracts';
import { LoadConfidenceEnum, NetworkEnum, PlacementKindEnum, PlacementVerdictEnum, PlannedDeliveryEnum } from '../graphql/enums.js';
import { PageInfoObject } from '../graphql/page-info.graphql.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';

@ObjectType('PlacementPart', { description: 'One part of a load as a share of what the machine has; 1 = full.' })
export class PlacementPartObject {
  @Field({ description: '`cpu`, `uplink`, `nic`, `encoder`, `memory`, `io` or `limit`.' }) part!: string;
  @Field(() => Float) now!: number;
  @Field(() => Float, { description: 'Of `now`: chosen, but not yet in a report.' }) reserved!: number;
  @Field(() => Float, { description: 'With this playback.' }) after!: number;
}

@ObjectType('PlacementAdjustment')
export class PlacementAdjustmentObject {
  @Field({ description: '`affinity`, `locality`, `load-age`, `confidence`, `scarcity`, `slow-start` or `suspect`.' }) name!: string;
  @Field(() => Float, { description: 'Added to the rank; negative helps.' }) value!: number;
}

@ObjectType('PlacementCandidate')
export class PlacementCandidateObject {
  @Field(() => ID) serverId!: string;
  @Field() chosen!: boolean;
  @Field() eligible!: boolean;
  @Field(() => String, { nullable: true, description: 'Why it was not taken, e.g. `draining`, `item-missing`, `load-stale`, `over-gate`.' }) reason!: string | null;
  @Field(() => String, { nullable: true, description: 'Error code of a confirmation that failed.' }) code!: string | null;
  @Field({ description: 'The verdict in a sentence.' }) sentence!: string;
  @Field(() => PlannedDeliveryEnum, { nullable: true }) delivery!: PlannedDelivery | null;
  @Field() hardware!: boolean;
  @Field(() => Int, { nullable: true }) sourceHeight!: number | null;
  @Field(() => Int, { nullable: true }) targetHeight!: number | null;
  @Field(() => Float, { description: 'CPU-seconds per second of media.' }) cost!: number;
  @Field(() => Int) bitRateKbps!: number;
  @Field(() => [PlacementPartObject]) parts!: PlacementPartObject[];
  @Field(() => [String], { description: 'Parts of which nothing is known; left out.' }) unknownParts!: string[];
  @Field(() => Float, { nullable: true, description: 'The greatest part with this playback.' }) utilization!: number | null;
  @Field(() => String, { nullable: true }) deciding!: string | null;
  @Field(() => Float) gate!: number;
  @Field(() => [PlacementAdjustmentObject]) adjustments!: PlacementAdjustmentObject[];
  @Field(() => Float, { nullable: true, description: 'The least one is taken.' }) rank!: number | null;
  @Field(() => Int, { nullable: true }) loadAgeMs!: number | null;
  @Field(() => LoadConfidenceEnum, { nullable: true }) confidence!: Confidence | null;
  @Field(() => [String], { description: 'What nobody measured or typed: `cores`, `uplink`.' }) assumed!: string[];
}

@ObjectType('Placement')
export class PlacementObject {
  @Field(() => ID) id!: string;
  @Field(() => DateTime) at!: Date;
  @Field(() => PlacementKindEnum) kind!: PlacementKind;
  @Field(() => PlacementVerdictEnum) verdict!: PlacementVerdict;
  @Field(() => String, { nullable: true, description: 'Of a refusal.' }) code!: string | null;
  @Field({ description: 'The decision in a sentence.' }) sentence!: string;
  @Field(() => ID, { nullable: true }) routeId!: string | null;
  @Field() itemKey!: string;
  @Field() title!: string;
  @Field(() => String, { nullable: true }) userName!: string | null;
  @Field() client!: string;
  @Field(() => NetworkEnum) network!: 'lan' | 'wan';
  @Field(() => BigInt53) positionMs!: number;
  @Field(() => ID, { nullable: true }) serverId!: string | null;
  @Field(() => ID, { nullable: true, description: 'Of a move: where it was.' }) previousServerId!: string | null;
  @Field(() => Float, { nullable: true }) utilization!: number | null;
  @Field(() => String, { nullable: true }) deciding!: string | null;
  @Field(() => PlannedDeliveryEnum, { nullable: true }) delivery!: PlannedDelivery | null;
  @Field(() => Int, { nullable: true }) targetHeight!: number | null;
  @Field(() => Float, { nullable: true, description: 'How far the next one was behind.' }) margin!: number | null;
  @Field(() => Int) queuedMs!: number;
  @Field(() => Float) decidedMs!: number;
  @Field(() => Float, { nullable: true }) confirmedMs!: number | null;
  @Field(() => [PlacementCandidateObject], { description: 'The ten best in full, then every other server with its reason.' }) candidates!: PlacementCandidateObject[];
}

@ObjectType('PlacementEdge')
export class PlacementEdgeObject {
  @Field(() => PlacementObject) node!: PlacementObject;
  @Field() cursor!: string;
}

@ObjectType('PlacementConnection')
export class PlacementConnectionObject {
  @Field(() => [PlacementEdgeObject]) edges!: PlacementEdgeObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
  @Field(() => Int) totalCount!: number;
}

@InputType()
export class PlacementFilter {
  @Field(() => [ID], { nullable: true }) serverIds?: string[] | null;
  @Field(() => [PlacementVerdictEnum], { nullable: true }) verdicts?: PlacementVerdict[] | null;
  @Field(() => [PlacementKindEnum], { nullable: true }) kinds?: PlacementKind[] | null;
}

@ObjectType('PlacementReplay')
export class PlacementReplayObject {
  @Field(() => ID, { nullable: true }) storedServerId!: string | null;
  @Field(() => ID, { nullable: true }) serverId!: string | null;
  @Field() same!: boolean;
}

@InputType()
export class RouteClientInput {
  @Field({ description: 'The application, e.g. `Jellyfin Web`.' }) kind!: string;
  @Field(() => NetworkEnum, { description: '`LAN` or `WAN`.' }) network!: string;
  @Field(() => String, { nullable: true }) region?: string | null;
  @Field(() => Int, { nullable: true, description: 'Greatest picture height that it shows.' }) maxHeight?: number | null;
  @Field(() => Int, { nullable: true }) maxKbps?: number | null;
  @Field(() => [String], { nullable: true, description: 'Video codecs that it plays as they are.' }) videoCodecs?: string[] | null;
  @Field(() => Boolean, { nullable: true }) hdr?: boolean | null;
}

@InputType()
export class SimulatePlacementInput {
  @Field() itemKey!: string;
  @Field(() => ID, { description: '`<server id>:<user id>` of any account of the person.' }) userId!: string;
  @Field(() => RouteClientInput) client!: RouteClientInput;
}

@InputType()
export class CreateRouteInput extends SimulatePlacementInput {
  @Field(() => BigInt53, { nullable: true }) positionMs?: number | null;
  @Field() idempotencyKey!: string;
}
