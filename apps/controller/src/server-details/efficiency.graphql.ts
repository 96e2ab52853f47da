import { Field, Float, ID, ObjectType } from '@nestjs/graphql';
import { Efficiency, EndpointUse, POLL_PACES, type CacheUse, type PollPace } from '@usher/contracts';
import { enumOf, LiveSourceEnum } from '../graphql/enums.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';

const PollPaceEnum = enumOf('PollPace', POLL_PACES);
const EndpointKindEnum = enumOf('EndpointKind', EndpointUse.shape.kind.options);
const BreakerStateEnum = enumOf('BreakerState', Efficiency.shape.breaker.options);

@ObjectType('EndpointUse', { description: 'Calls of one kind to one media server in the last 60 minutes.' })
export class EndpointUseObject implements EndpointUse {
  @Field({ description: 'A fixed name such as `GET /Sessions`; never holds ids, queries or keys.' }) endpoint!: string;
  @Field(() => EndpointKindEnum) kind!: EndpointUse['kind'];
  @Field(() => BigInt53) calls!: number;
  @Field(() => BigInt53) errors!: number;
  @Field(() => Float) averageMs!: number;
  @Field(() => Float) p95Ms!: number;
}

@ObjectType('CacheUse')
export class CacheUseObject implements CacheUse {
  @Field() name!: string;
  @Field(() => BigInt53) entries!: number;
  @Field(() => BigInt53) capacity!: number;
  @Field(() => BigInt53) hits!: number;
  @Field(() => BigInt53) misses!: number;
  @Field(() => BigInt53) evictions!: number;
}

@ObjectType('PushUse')
export class PushUseObject {
  @Field(() => DateTime, { nullable: true }) openSince!: string | null;
  @Field(() => Float, { description: 'Time with an open socket since `since` of the report.' }) upMs!: number;
  @Field(() => BigInt53) connects!: number;
  @Field(() => BigInt53) messages!: number;
  @Field(() => BigInt53, { description: 'Messages that a newer one made needless.' }) folded!: number;
  @Field(() => BigInt53, { description: 'Sockets that were open and dead.' }) silentDeaths!: number;
  @Field(() => String, { nullable: true }) lastFailure!: string | null;
}

@ObjectType('CallUse')
export class CallUseObject {
  @Field(() => BigInt53) sessionLastHour!: number;
  @Field(() => BigInt53) otherLastHour!: number;
  @Field(() => BigInt53, { description: 'Askers that shared the answer of a call under way.' }) coalesced!: number;
  @Field(() => BigInt53) retries!: number;
  @Field(() => BigInt53) rateLimited!: number;
  @Field(() => BigInt53, { description: 'Refused because the queue was full or the breaker open.' }) shed!: number;
}

@ObjectType('UnknownValue')
export class UnknownValueObject {
  @Field() field!: string;
  @Field(() => BigInt53) count!: number;
}

@ObjectType('EfficiencyReport', { description: 'What the picture of one media server costs it, and how fresh it is. Counters run since `since`, calls over the last hour.' })
export class EfficiencyReportObject implements Efficiency {
  @Field(() => DateTime) at!: string;
  @Field(() => DateTime) since!: string;
  @Field(() => LiveSourceEnum) mode!: Efficiency['mode'];
  @Field(() => DateTime, { nullable: true }) lastPollAt!: string | null;
  @Field(() => DateTime, { nullable: true }) lastPushAt!: string | null;
  @Field(() => Float, { nullable: true }) pollEveryMs!: number | null;
  @Field(() => PollPaceEnum, { description: 'Why the session lists are read as often as they are.' }) pace!: PollPace;
  @Field(() => PushUseObject) push!: PushUseObject;
  @Field(() => CallUseObject) calls!: CallUseObject;
  @Field(() => [EndpointUseObject]) endpoints!: EndpointUseObject[];
  @Field(() => BreakerStateEnum) breaker!: Efficiency['breaker'];
  @Field(() => DateTime, { nullable: true }) pausedUntil!: string | null;
  @Field(() => [CacheUseObject]) caches!: CacheUseObject[];
  @Field(() => [UnknownValueObject], { description: 'Values in answers that were not understood and became unknown.' }) unknownValues!: UnknownValueObject[];
}

@ObjectType('ServerEfficiency')
export class ServerEfficiencyObject {
  @Field(() => ID) serverId!: string;
  @Field() serverAlias!: string;
  @Field(() => String, { nullable: true, description: 'Why there is no report.' }) error!: string | null;
  @Field(() => String, { nullable: true }) code!: string | null;
  @Field(() => EfficiencyReportObject, { nullable: true }) report!: EfficiencyReportObject | null;
  @Field(() => [String], { description: 'What could be better, in sentences with the numbers they rest on.' }) advice!: string[];
}
