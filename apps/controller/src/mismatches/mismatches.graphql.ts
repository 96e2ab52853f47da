import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { enumOf } from '../graphql/enums.js';
import { DateTime } from '../graphql/scalars.js';
import { MISMATCH_RULES, MISMATCH_SEVERITIES, MISMATCH_STATES, type Evidence, type MismatchRule, type MismatchSeverity, type MismatchState, type RuleState } from './mismatch.js';

export const MismatchRuleEnum = enumOf('MismatchRule', MISMATCH_RULES);
const MismatchSeverityEnum = enumOf('MismatchSeverity', MISMATCH_SEVERITIES);
const MismatchStateEnum = enumOf('MismatchState', MISMATCH_STATES);

@ObjectType('SessionFlag', { description: 'An open mismatch that a session belongs to.' })
export class SessionFlagObject {
  @Field(() => ID) mismatchId!: string;
  @Field(() => MismatchRuleEnum) rule!: MismatchRule;
  @Field() text!: string;
}

@ObjectType('MismatchEvidence')
export class MismatchEvidenceObject implements Evidence {
  @Field(() => ID) serverId!: string;
  @Field() serverAlias!: string;
  @Field(() => ID, { nullable: true }) sessionId!: string | null;
  @Field(() => ID, { nullable: true }) userId!: string | null;
  @Field(() => String, { nullable: true }) userName!: string | null;
  @Field(() => ID, { nullable: true }) identityId!: string | null;
  @Field(() => String, { nullable: true }) identityName!: string | null;
  @Field(() => String, { nullable: true }) deviceName!: string | null;
  @Field(() => String, { nullable: true }) address!: string | null;
  @Field(() => String, { nullable: true }) network!: string | null;
  @Field(() => String, { nullable: true }) place!: string | null;
  @Field(() => String, { nullable: true, description: 'A title, or a library.' }) item!: string | null;
  @Field(() => String, { nullable: true, description: 'What this server says of it, in a word or two.' }) detail!: string | null;
  @Field(() => DateTime) at!: string;
}

@ObjectType('Mismatch', { description: 'Something in the fleet that does not fit together, found by a rule.' })
export class MismatchObject {
  @Field(() => ID) id!: string;
  @Field(() => MismatchRuleEnum) rule!: MismatchRule;
  @Field(() => MismatchSeverityEnum) severity!: MismatchSeverity;
  @Field(() => MismatchStateEnum) state!: MismatchState;
  @Field() text!: string;
  @Field({ description: 'Why the rule says so, and what it does not know.' }) why!: string;
  @Field(() => DateTime) firstSeenAt!: Date;
  @Field(() => DateTime) lastSeenAt!: Date;
  @Field(() => [MismatchEvidenceObject]) evidence!: Evidence[];
  @Field(() => DateTime, { nullable: true }) ignoredUntil!: Date | null;
  @Field(() => String, { nullable: true, description: 'The answer to it, also of one that is kept open with its answer; the note of one that is ignored.' }) resolution!: string | null;
  @Field(() => String, { nullable: true, description: 'Null when nobody answered, and when it ended by itself.' }) resolvedBy!: string | null;
}

@ObjectType('MismatchRuleState')
export class MismatchRuleStateObject implements RuleState {
  @Field(() => MismatchRuleEnum) rule!: MismatchRule;
  @Field() runs!: boolean;
  @Field(() => String, { nullable: true, description: 'Why it does not run, or what it cannot see.' }) reason!: string | null;
}

@ObjectType('MismatchList')
export class MismatchListObject {
  @Field(() => [MismatchObject], { description: 'The most severe and newest first; at most 500.' }) mismatches!: MismatchObject[];
  @Field(() => Int, { description: 'All that are open, whatever the filter says.' }) open!: number;
  @Field(() => DateTime, { nullable: true }) checkedAt!: Date | null;
  @Field(() => [MismatchRuleStateObject]) rules!: RuleState[];
}

@InputType()
export class MismatchFilter {
  @Field(() => [MismatchStateEnum], { nullable: true, description: 'Open ones by default.' }) states?: MismatchState[] | null;
  @Field(() => [MismatchRuleEnum], { nullable: true }) rules?: MismatchRule[] | null;
  @Field(() => [ID], { nullable: true, description: 'Those with evidence on one of these servers.' }) serverIds?: string[] | null;
}

@InputType()
export class ResolveMismatchInput {
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
  @Field(() => ID) id!: string;
  @Field({ description: '3 to 500 characters: what was done about it.' }) resolution!: string;
  @Field(() => Boolean, { nullable: true, description: 'The answer is kept and the flag stays, until it ends or is answered otherwise.' }) keepFlag?: boolean | null;
  @Field(() => [String], { nullable: true, description: 'All of `allowable` of its comparison: the person is not asked about these networks together again, about any other still.' }) allowNetworks?: string[] | null;
}

@InputType()
export class IgnoreMismatchInput {
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
  @Field(() => ID) id!: string;
  @Field(() => Int, { defaultValue: 30, description: '1 to 365.' }) days!: number;
  @Field(() => String, { nullable: true, description: 'Up to 500 characters: why.' }) note?: string | null;
}
