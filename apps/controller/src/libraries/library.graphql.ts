import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { DateTime } from '../graphql/scalars.js';

@ObjectType('Library')
export class LibraryObject {
  @Field(() => ID) serverId!: string;
  @Field() vendorId!: string;
  @Field() name!: string;
  @Field() type!: string;
  @Field(() => Int, { nullable: true }) itemCount!: number | null;
  @Field(() => Int, { nullable: true }) childCount!: number | null;
  @Field(() => DateTime) readAt!: Date;
}
