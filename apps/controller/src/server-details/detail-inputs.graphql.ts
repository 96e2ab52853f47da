import { Field, ID, InputType } from '@nestjs/graphql';
import { NewLibrary } from '@usher/contracts';
import { enumOf } from '../graphql/enums.js';

const NewLibraryTypeEnum = enumOf('NewLibraryType', NewLibrary.shape.type.options);

/** What every order to one server carries. */
@InputType()
export class ServerOrderInput {
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
  @Field(() => ID) serverId!: string;
}

@InputType()
export class StartServerTaskInput extends ServerOrderInput {
  @Field(() => ID) taskId!: string;
}

@InputType()
export class RevokeDeviceInput extends ServerOrderInput {
  @Field(() => ID, { description: '`vendorId` of the device.' }) deviceId!: string;
}

@InputType()
export class TriggerBackupInput extends ServerOrderInput {}

@InputType()
export class FetchSubtitleInput extends ServerOrderInput {
  @Field(() => ID) itemId!: string;
  @Field(() => ID, { description: '`vendorId` of a found subtitle.' }) subtitleId!: string;
}

@InputType()
export class CreateLibraryInput extends ServerOrderInput {
  @Field() name!: string;
  @Field(() => NewLibraryTypeEnum) type!: NewLibrary['type'];
  @Field(() => [String], { description: 'As the media server sees them.' }) folders!: string[];
}

@InputType()
export class RemoveLibraryInput extends ServerOrderInput {
  @Field(() => ID) libraryId!: string;
}

@InputType()
export class EnsurePlaylistInput extends ServerOrderInput {
  @Field(() => ID) userId!: string;
  @Field() name!: string;
  @Field(() => [ID], { description: 'Exactly these, in this order.' }) itemIds!: string[];
}

@InputType()
export class EnsureCollectionInput extends ServerOrderInput {
  @Field(() => ID) libraryId!: string;
  @Field() name!: string;
  @Field(() => [ID], { description: 'Exactly these, in this order.' }) itemIds!: string[];
}

@InputType()
export class RemovePlaylistInput extends ServerOrderInput {
  @Field(() => ID) userId!: string;
  @Field(() => ID) playlistId!: string;
}

@InputType()
export class RemoveCollectionInput extends ServerOrderInput {
  @Field(() => ID) collectionId!: string;
}

@InputType()
export class SetUserEnabledInput extends ServerOrderInput {
  @Field(() => ID) userId!: string;
  @Field() enabled!: boolean;
}

@InputType()
export class SetUserPasswordInput extends ServerOrderInput {
  @Field(() => ID) userId!: string;
  @Field({ description: 'Sealed to the agent of this server before it leaves; never stored, never in the audit log.' }) password!: string;
}
