import { Field, ID, ObjectType } from '@nestjs/graphql';
import { DateTime } from '../graphql/scalars.js';

@ObjectType('MediaUser')
export class MediaUserObject {
  @Field(() => ID) serverId!: string;
  @Field() vendorId!: string;
  @Field() name!: string;
  @Field(() => String, { nullable: true }) email!: string | null;
  @Field() isAdministrator!: boolean;
  @Field() enabled!: boolean;
  @Field(() => DateTime, { nullable: true }) lastSeenAt!: Date | null;
}
