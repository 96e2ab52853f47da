import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { SuggestionEvidence } from '@usher/matching';
import { EmailImportStatusEnum, IdentityEvidenceEnum, SuggestionEvidenceEnum, type EmailImportStatus, type IdentityEvidence } from '../graphql/enums.js';
import { PageInfoObject } from '../graphql/page-info.graphql.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';

@ObjectType('IdentityEmail')
export class IdentityEmailObject {
  @Field() email!: string;
  @Field({ description: 'Who told: `plex`, `operator` or `import`.' }) source!: string;
  @Field(() => DateTime, { nullable: true, description: 'Null = not verified; such an address only suggests.' }) verifiedAt!: Date | null;
  @Field(() => String, { nullable: true, description: '`plex.tv`, or the superadmin who attested it.' }) verifiedBy!: string | null;
  @Field(() => DateTime) createdAt!: Date;
}

@ObjectType('IdentityAccount', { description: 'An account of a person on one server.' })
export class IdentityAccountObject {
  @Field(() => ID) serverId!: string;
  @Field() userVendorId!: string;
  @Field() userName!: string;
  @Field({ description: 'Why it is the same person: `operator`, `email`, `plex` or `import`.' }) evidence!: string;
  @Field() linkedBy!: string;
  @Field(() => DateTime) linkedAt!: Date;
  @Field({ description: 'False when the media server does not name this account any more.' }) isThere!: boolean;
  @Field() isAdministrator!: boolean;
  @Field() enabled!: boolean;
  @Field(() => DateTime, { nullable: true }) lastSeenAt!: Date | null;
  @Field(() => Int, { description: 'Plays of the last 30 days.' }) plays30d!: number;
  @Field(() => BigInt53, { description: 'Watched in the last 30 days.' }) watchedMs30d!: number;
}

@ObjectType('IdentityMerge', { description: 'Two people who were one.' })
export class IdentityMergeObject {
  @Field(() => ID) id!: string;
  @Field(() => ID) fromId!: string;
  @Field() fromName!: string;
  @Field(() => ID) intoId!: string;
  @Field() mergedBy!: string;
  @Field(() => DateTime) at!: Date;
  @Field(() => DateTime, { nullable: true }) undoneAt!: Date | null;
  @Field(() => DateTime, { description: 'Until then it can be undone.' }) undoUntil!: Date;
}

@ObjectType('Identity', { description: 'A person: accounts on several servers that belong together. Nothing of it is written to a media server.' })
export class IdentityObject {
  @Field(() => ID) id!: string;
  @Field() displayName!: string;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => [IdentityAccountObject]) accounts!: IdentityAccountObject[];
  @Field(() => [IdentityEmailObject], { description: 'Verified ones first.' }) emails!: IdentityEmailObject[];
  @Field(() => [IdentityMergeObject], { description: 'The newest first.' }) merges!: IdentityMergeObject[];
}

@ObjectType('IdentityEdge')
export class IdentityEdgeObject {
  @Field(() => IdentityObject) node!: IdentityObject;
  @Field() cursor!: string;
}

@ObjectType('IdentityConnection')
export class IdentityConnectionObject {
  @Field(() => [IdentityEdgeObject]) edges!: IdentityEdgeObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
  @Field(() => Int, { description: 'People who fit the search.' }) totalCount!: number;
  @Field(() => Int, { description: 'Accounts of all servers that belong to a person.' }) linkedAccounts!: number;
  @Field(() => Int, { description: 'Accounts of all servers.' }) accounts!: number;
}

@ObjectType('SuggestedAccount')
export class SuggestedAccountObject {
  @Field(() => ID) serverId!: string;
  @Field() userVendorId!: string;
  @Field() userName!: string;
  @Field(() => String, { nullable: true, description: 'The address that was compared.' }) email!: string | null;
  @Field(() => ID, { nullable: true }) identityId!: string | null;
  @Field(() => String, { nullable: true }) identityName!: string | null;
}

@ObjectType('IdentitySuggestion', { description: 'Two accounts that may be of one person. Usher joins nothing by itself.' })
export class IdentitySuggestionObject {
  @Field(() => ID, { description: 'Names both accounts; for refusing it.' }) key!: string;
  @Field(() => SuggestionEvidenceEnum) evidence!: SuggestionEvidence;
  @Field({ description: 'A verified address or the same Plex account; anything else needs a person who knows.' }) isProof!: boolean;
  @Field({ description: 'The evidence in words.' }) detail!: string;
  @Field({ description: 'Both are accounts of one server, or one is an administrator and the other is not: look twice.' }) isUnlikely!: boolean;
  @Field(() => SuggestedAccountObject) one!: SuggestedAccountObject;
  @Field(() => SuggestedAccountObject) other!: SuggestedAccountObject;
}

@ObjectType('MediaUserIdentity')
export class MediaUserIdentityObject {
  @Field(() => ID) id!: string;
  @Field() displayName!: string;
  @Field(() => DateTime) linkedAt!: Date;
  @Field() evidence!: string;
  @Field(() => String, { nullable: true, description: 'A verified address if there is one, else any. Null below role operator.' }) email!: string | null;
  @Field() isEmailVerified!: boolean;
}

@ObjectType('IdentityEmailImportRow')
export class IdentityEmailImportRowObject {
  @Field(() => Int, { description: 'Line of the file, the header is line 1.' }) line!: number;
  @Field() server!: string;
  @Field() user!: string;
  @Field() email!: string;
  @Field(() => EmailImportStatusEnum) status!: EmailImportStatus;
  @Field(() => Int, { nullable: true, description: 'Of what is wrong, counted in characters from 1.' }) column!: number | null;
  @Field(() => String, { nullable: true }) code!: string | null;
  @Field(() => String, { nullable: true, description: 'What happens, or why not.' }) message!: string | null;
}

@ObjectType('ImportIdentityEmailsResult')
export class ImportIdentityEmailsResult {
  @Field({ description: 'False for a trial.' }) applied!: boolean;
  @Field(() => Int) added!: number;
  @Field(() => Int) same!: number;
  @Field(() => Int, { description: 'Added, but equal to a verified address of somebody else: a suggestion only.' }) held!: number;
  @Field(() => Int) refused!: number;
  @Field(() => [IdentityEmailImportRowObject]) rows!: IdentityEmailImportRowObject[];
}

@InputType()
export class AccountInput {
  @Field(() => ID) serverId!: string;
  @Field() userVendorId!: string;
}

@InputType()
export class LinkUsersInput {
  @Field(() => [AccountInput], { description: 'One to twenty. Two of them, or one and an identity, become one person.' }) accounts!: AccountInput[];
  @Field(() => ID, { nullable: true, description: 'Null = a new person, or the one that all linked accounts among them belong to.' }) identityId?: string | null;
  @Field(() => String, { nullable: true, description: 'Of a new person; by default the name of the first account.' }) displayName?: string | null;
  @Field(() => IdentityEvidenceEnum, { nullable: true, description: '`OPERATOR` (default): your word. What else is claimed has to hold.' }) evidence?: IdentityEvidence | null;
  @Field(() => Boolean, { nullable: true, description: 'One person may have two accounts on one server only when you say so.' }) allowSameServer?: boolean | null;
}

@InputType()
export class MergeIdentitiesInput {
  @Field(() => ID, { description: 'Who is no person of their own afterwards.' }) fromId!: string;
  @Field(() => ID) intoId!: string;
  @Field(() => String, { nullable: true, description: 'Null = the name of `intoId`.' }) displayName?: string | null;
  @Field(() => IdentityEvidenceEnum, { nullable: true }) evidence?: IdentityEvidence | null;
  @Field(() => Boolean, { nullable: true }) allowSameServer?: boolean | null;
}

@InputType()
export class IdentityEmailInput {
  @Field(() => ID) identityId!: string;
  @Field() email!: string;
}

@InputType()
export class AttestEmailInput extends IdentityEmailInput {
  @Field({ description: '3 to 500 characters; kept in the audit log.' }) reason!: string;
}

@InputType()
export class ImportIdentityEmailsInput {
  @Field() idempotencyKey!: string;
  @Field({ description: 'CSV with the columns server (alias or id), user (name or vendor id) and email, in any order. At most 200,000 characters and 5,000 rows.' }) csv!: string;
  @Field(() => Boolean, { nullable: true, description: 'Only checks.' }) dryRun?: boolean | null;
}
