import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { OperatorRoleEnum } from '../graphql/enums.js';
import { DateTime } from '../graphql/scalars.js';
import type { OperatorRole } from './actor.js';

@ObjectType('SetupState')
export class SetupStateObject {
  @Field({ description: 'True until the first superadmin exists.' }) needsFirstOperator!: boolean;
  @Field() version!: string;
  @Field() demo!: boolean;
  @Field({ description: 'Plain http: the sign-in cookie is not marked Secure.' }) insecure!: boolean;
}

@ObjectType('Operator')
export class OperatorObject {
  @Field(() => ID) id!: string;
  @Field() name!: string;
  @Field(() => OperatorRoleEnum) role!: OperatorRole;
}

@ObjectType('SignInResult')
export class SignInResultObject {
  @Field(() => OperatorObject) operator!: OperatorObject;
  @Field(() => String, { nullable: true, description: 'Only when the input asked for it (`returnToken`); a browser gets a cookie instead.' })
  token!: string | null;
  @Field(() => DateTime) expiresAt!: Date;
}

@InputType()
export class CreateFirstOperatorInput {
  @Field() code!: string;
  @Field() name!: string;
  @Field() password!: string;
  @Field(() => Boolean, { nullable: true }) returnToken?: boolean | null;
}

@InputType()
export class SignInInput {
  @Field() name!: string;
  @Field() password!: string;
  @Field(() => Boolean, { nullable: true }) returnToken?: boolean | null;
}

@InputType()
export class SignInWithCodeInput {
  @Field() code!: string;
  @Field() name!: string;
  @Field() newPassword!: string;
  @Field(() => Boolean, { nullable: true }) returnToken?: boolean | null;
}
