import { Field, ID, InputType } from '@nestjs/graphql';

@InputType()
export class SetPrimaryServerInput {
  @Field(() => ID) id!: string;
  @Field({ description: 'The alias of the server, typed.' }) confirmAlias!: string;
}
