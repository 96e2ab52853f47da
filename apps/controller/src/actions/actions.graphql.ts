import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { RefreshMode } from '@usher/contracts';
import { RefreshModeEnum, RemoteActionEnum, type RemoteAction } from '../graphql/enums.js';
import { DateTime } from '../graphql/scalars.js';

@ObjectType('RemoteActionResult', { description: 'The media server took the order. How it goes on is among the activities.' })
export class RemoteActionResultObject {
  @Field(() => ID) serverId!: string;
  @Field(() => RemoteActionEnum) action!: RemoteAction;
  @Field(() => DateTime) at!: string;
}

@InputType()
export class ScanLibraryInput {
  @Field() idempotencyKey!: string;
  @Field(() => ID) serverId!: string;
  @Field(() => String, { nullable: true, description: 'The vendor id of a library; without it all libraries.' }) libraryId?: string | null;
}

@InputType()
export class RefreshLibraryInput {
  @Field() idempotencyKey!: string;
  @Field(() => ID) serverId!: string;
  @Field() libraryId!: string;
  @Field(() => RefreshModeEnum, { nullable: true, defaultValue: 'missing' }) mode?: RefreshMode | null;
}

@InputType()
export class RefreshItemInput {
  @Field() idempotencyKey!: string;
  @Field(() => ID) serverId!: string;
  @Field({ description: 'The vendor id of the item.' }) itemId!: string;
  @Field(() => RefreshModeEnum, { nullable: true, defaultValue: 'missing' }) mode?: RefreshMode | null;
}

@InputType()
export class RestartServerInput {
  @Field() idempotencyKey!: string;
  @Field(() => ID) serverId!: string;
  @Field({ description: 'The alias of the server, typed: everybody who watches there is cut off.' }) confirmAlias!: string;
}
