import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { MatchTier } from '@usher/matching';
import { MatchTierEnum, PathOriginEnum, PathVerdictEnum, PlanProblemSeverityEnum, PlanStateEnum, PlanStepEnum } from '../../graphql/enums.js';
import { BigInt53, DateTime } from '../../graphql/scalars.js';
import { TierCountObject } from '../items/item.graphql.js';
import type { PathOrigin, PathVerdict, PlanState, PlanStep, ProblemSeverity } from './plan-result.js';

@InputType()
export class PathMapRowInput {
  @Field(() => String, { nullable: true, description: 'A library of the source; for the eyes only, the longest prefix decides.' }) libraryVendorId?: string | null;
  @Field({ description: 'A folder as the source sees it.' }) from!: string;
  @Field({ description: 'The same folder as the target sees it.' }) to!: string;
}

@InputType()
export class PlannedLibraryInput {
  @Field({ description: 'A library of the source.' }) sourceVendorId!: string;
  @Field(() => String, { nullable: true, description: 'A library of the target; null = suggested, or created when none fits.' }) targetVendorId?: string | null;
}

@InputType()
export class PlanLibraryInput {
  @Field() idempotencyKey!: string;
  @Field(() => ID) sourceServerId!: string;
  @Field(() => ID) targetServerId!: string;
  @Field(() => [PlannedLibraryInput]) libraries!: PlannedLibraryInput[];
  @Field(() => [PathMapRowInput], { nullable: true, description: 'Without it one is suggested from folders with equal ends.' }) pathMap?: PathMapRowInput[] | null;
}

@InputType()
export class UpdatePathMapInput {
  @Field(() => ID) planId!: string;
  @Field(() => Int, { description: 'The revision that was edited; a newer one refuses the change.' }) rev!: number;
  @Field(() => [PathMapRowInput], { description: 'The whole map. The same rows again only check again.' }) rows!: PathMapRowInput[];
}

@ObjectType('PlannedLibrary')
export class PlannedLibraryObject {
  @Field() sourceVendorId!: string;
  @Field() name!: string;
  @Field() type!: string;
  @Field(() => String, { nullable: true, description: 'Null = a library would be created.' }) targetVendorId!: string | null;
  @Field(() => String, { nullable: true }) targetName!: string | null;
  @Field(() => Int) titles!: number;
  @Field(() => Int) sameFile!: number;
  @Field(() => Int) otherVersion!: number;
  @Field(() => Int) onlySource!: number;
  @Field(() => Int) cannotMatch!: number;
  @Field(() => Int) copyFiles!: number;
  @Field(() => BigInt53) copyBytes!: number;
  @Field(() => Int, { description: 'Files whose size the source did not tell; they are not in copyBytes.' }) copyFilesOfUnknownSize!: number;
}

@ObjectType('PathMapRow')
export class PathMapRowObject {
  @Field(() => String, { nullable: true }) libraryVendorId!: string | null;
  @Field(() => String, { nullable: true }) libraryName!: string | null;
  @Field() from!: string;
  @Field(() => String, { nullable: true, description: 'Null = no folder of the target is like it; fill it in.' }) to!: string | null;
  @Field(() => PathOriginEnum) origin!: PathOrigin;
  @Field({ description: 'Why this row was suggested, in words.' }) note!: string;
  @Field(() => PathVerdictEnum) verdict!: PathVerdict;
  @Field(() => Int, { description: 'Files of titles that both have, sought at the mapped place.' }) samplesTried!: number;
  @Field(() => Int) samplesFound!: number;
  @Field(() => [String]) samplesMissing!: string[];
}

@ObjectType('PlanSpace')
export class PlanSpaceObject {
  @Field(() => String, { nullable: true, description: 'The folder of the target that was measured.' }) path!: string | null;
  @Field(() => BigInt53, { nullable: true, description: 'Null = the media server does not tell.' }) freeBytes!: number | null;
  @Field(() => BigInt53, { nullable: true }) usedBytes!: number | null;
  @Field(() => BigInt53, { description: 'What is copied.' }) copyBytes!: number;
  @Field(() => BigInt53, { description: 'Copy × 1.10 + 5 GiB.' }) neededBytes!: number;
  @Field(() => BigInt53, { nullable: true }) freeAfterBytes!: number | null;
}

@ObjectType('PlanOverlap')
export class PlanOverlapObject {
  @Field(() => Int) titles!: number;
  @Field(() => Int) sameFile!: number;
  @Field(() => Int) otherVersion!: number;
  @Field(() => Int) onlySource!: number;
  @Field(() => Int) cannotMatch!: number;
  @Field(() => [TierCountObject]) tiers!: TierCountObject[];
}

@ObjectType('PlanMatch', { description: 'A pair that a person should look at: found by weak evidence, or contradicting itself.' })
export class PlanMatchObject {
  @Field(() => MatchTierEnum) tier!: MatchTier;
  @Field() sourceVendorId!: string;
  @Field() sourceTitle!: string;
  @Field(() => String, { nullable: true }) targetVendorId!: string | null;
  @Field(() => String, { nullable: true }) targetTitle!: string | null;
  @Field(() => [String]) evidence!: string[];
}

@ObjectType('PlanWatcher', { description: 'One user of the source in the ledger of the last 90 days.' })
export class PlanWatcherObject {
  @Field() userName!: string;
  @Field(() => String, { nullable: true, description: 'The user of the target with the same name; null = none.' }) targetUserName!: string | null;
  @Field(() => String, { nullable: true }) lastTitle!: string | null;
  @Field() isWatching!: boolean;
  @Field(() => Int) watched!: number;
  @Field(() => Int) begun!: number;
  @Field(() => Int, { description: 'Of both, those whose title the target has too.' }) kept!: number;
  @Field(() => Int, { description: 'Those whose title the target would have after the copy.' }) after!: number;
  @Field(() => Int) missing!: number;
}

@ObjectType('PlanProblem')
export class PlanProblemObject {
  @Field() id!: string;
  @Field(() => PlanProblemSeverityEnum) severity!: ProblemSeverity;
  @Field() code!: string;
  @Field() title!: string;
  @Field() why!: string;
  @Field() next!: string;
  @Field(() => String, { nullable: true }) libraryVendorId!: string | null;
  @Field(() => String, { nullable: true }) path!: string | null;
  @Field(() => Int) count!: number;
  @Field(() => [String], { description: 'At most ten.' }) examples!: string[];
}

@ObjectType('PlanProgress')
export class PlanProgressObject {
  @Field(() => PlanStepEnum) step!: PlanStep;
  @Field(() => Int) done!: number;
  @Field(() => Int, { nullable: true }) total!: number | null;
  @Field(() => Int) stepNumber!: number;
  @Field(() => Int) steps!: number;
}

@ObjectType('LibraryPlan', { description: 'A precheck: nothing is changed on either server.' })
export class LibraryPlanObject {
  @Field(() => ID) id!: string;
  @Field(() => Int) rev!: number;
  @Field(() => ID) sourceServerId!: string;
  @Field(() => ID) targetServerId!: string;
  @Field(() => PlanStateEnum) state!: PlanState;
  @Field(() => PlanProgressObject, { nullable: true, description: 'While it is checking.' }) progress!: PlanProgressObject | null;
  @Field(() => String, { nullable: true, description: 'Of a failed check: code, reason and next action.' }) failureCode!: string | null;
  @Field(() => String, { nullable: true }) failureMessage!: string | null;
  @Field(() => String, { nullable: true }) failureNext!: string | null;
  @Field() createdBy!: string;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime, { nullable: true }) checkedAt!: Date | null;
  @Field(() => DateTime) expiresAt!: Date;
  @Field({ description: 'A server or its libraries changed since the check.' }) isStale!: boolean;
  @Field(() => Int) blockers!: number;
  @Field(() => Int) warnings!: number;
  @Field(() => [PlannedLibraryObject]) libraries!: PlannedLibraryObject[];
  @Field(() => [PathMapRowObject]) pathMap!: PathMapRowObject[];
  @Field(() => PlanOverlapObject, { nullable: true }) overlap!: PlanOverlapObject | null;
  @Field(() => [PlanSpaceObject]) space!: PlanSpaceObject[];
  @Field(() => [PlanWatcherObject]) watchers!: PlanWatcherObject[];
  @Field(() => [PlanMatchObject], { description: 'At most 200, weakest first.' }) matchesToReview!: PlanMatchObject[];
  @Field(() => [PlanProblemObject]) problems!: PlanProblemObject[];
  @Field(() => [String], { description: 'What was checked and is fine.' }) fine!: string[];
}
