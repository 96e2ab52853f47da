import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { enumOf } from '../graphql/enums.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';
import { MIRROR_EVENT_KINDS, type BitRateSample, type MirrorEvent, type MirrorEventKind } from './mirror.js';
import { SessionObject } from './sessions.graphql.js';

const MirrorEventKindEnum = enumOf('MirrorEventKind', MIRROR_EVENT_KINDS);

@ObjectType('MirrorEvent')
export class MirrorEventObject implements MirrorEvent {
  @Field(() => DateTime) at!: string;
  @Field(() => MirrorEventKindEnum) kind!: MirrorEventKind;
  @Field() text!: string;
  @Field(() => BigInt53, { nullable: true }) positionMs!: number | null;
}

@ObjectType('BitRateSample')
export class BitRateSampleObject implements BitRateSample {
  @Field(() => DateTime) at!: string;
  @Field(() => Int, { nullable: true }) kbps!: number | null;
}

@ObjectType('SessionMirror', { description: 'What happened in a session since this controller sees it: for diagnostics, read-only.' })
export class SessionMirrorObject {
  @Field(() => ID) id!: string;
  @Field(() => ID) serverId!: string;
  @Field({ description: 'False when the session ended, or its server does not answer.' }) live!: boolean;
  @Field(() => DateTime, { nullable: true }) endedAt!: string | null;
  @Field(() => DateTime) at!: string;
  @Field(() => SessionObject, { nullable: true, description: 'Null when it is not there any more.' }) session!: SessionObject | null;
  @Field(() => [MirrorEventObject], { description: 'The last 200, the oldest first.' }) events!: MirrorEventObject[];
  @Field(() => [BitRateSampleObject], { description: 'Of the last five minutes, the oldest first.' }) bitRates!: BitRateSampleObject[];
}
