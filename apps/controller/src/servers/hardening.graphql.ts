import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { enumOf } from '../graphql/enums.js';
import { DateTime } from '../graphql/scalars.js';
import { HARDENING_LAPSES, type HardeningLapse } from './hardening.js';

const HardeningLapseEnum = enumOf('HardeningLapse', HARDENING_LAPSES);

@ObjectType('HardeningAcceptance')
export class HardeningAcceptanceObject {
  @Field() reason!: string;
  @Field() acceptedBy!: string;
  @Field(() => DateTime) acceptedAt!: Date;
  @Field(() => DateTime, { nullable: true, description: 'Null = until it is revoked.' }) until!: Date | null;
  @Field({ description: 'As it was read when it was accepted.' }) evidence!: string;
  @Field(() => HardeningLapseEnum, { nullable: true, description: 'Why it does not count any more: the entry CHANGED since, or its time ENDED.' }) lapsed!: HardeningLapse | null;
}

@ObjectType('HardeningEntry')
export class HardeningEntryObject {
  @Field() code!: string;
  @Field() state!: string;
  @Field() evidence!: string;
  @Field() advice!: string;
  @Field({ description: 'Somebody accepted exactly this, and it still counts.' }) accepted!: boolean;
  @Field(() => HardeningAcceptanceObject, { nullable: true }) acceptance!: HardeningAcceptanceObject | null;
}

@InputType()
export class AcceptHardeningInput {
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
  @Field(() => ID) serverId!: string;
  @Field() code!: string;
  @Field({ description: '3 to 500 characters: why it may stay open.' }) reason!: string;
  @Field(() => DateTime, { nullable: true, description: 'Open again from then on; without it, until it is revoked.' }) until?: Date | null;
  @Field(() => String, { nullable: true, description: 'The evidence that was looked at. Where it says something else by now, nothing is accepted.' }) evidence?: string | null;
}

@InputType()
export class RevokeHardeningInput {
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
  @Field(() => ID) serverId!: string;
  @Field() code!: string;
  @Field(() => String, { nullable: true, description: 'At most 500 characters, for the audit log.' }) reason?: string | null;
}
