import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Secret } from '@usher/security';
import { publicUrlOf, type ControllerConfig } from '../config.js';
import { CurrentActor, type GraphqlContext } from '../graphql/context.js';
import { DateTime } from '../graphql/scalars.js';
import { CONTROLLER_CONFIG } from '../infrastructure.js';
import { VERSION } from '../version.js';
import type { Actor } from './actor.js';
import { CreateFirstOperatorInput, OperatorObject, SetupStateObject, SignInInput, SignInResultObject, SignInWithCodeInput } from './auth.graphql.js';
import { AuthService, type SignInPlace, type SignInResult } from './auth.service.js';
import { clearedCookie, signInCookie } from './sign-in-token.js';
import { SignInsService } from './sign-ins.service.js';

@Resolver()
export class AuthResolver {
  private readonly secure: boolean;

  constructor(
    private readonly auth: AuthService,
    private readonly signIns: SignInsService,
    @Inject(CONTROLLER_CONFIG) private readonly config: ControllerConfig,
  ) {
    this.secure = publicUrlOf(config).protocol === 'https:';
  }

  @Query(() => SetupStateObject, { description: 'Open before sign-in: what the first page has to show.' })
  async setupState(): Promise<SetupStateObject> {
    return { needsFirstOperator: await this.auth.needsFirstOperator(), version: VERSION, demo: this.config.demo, insecure: !this.secure };
  }

  @Query(() => OperatorObject, { nullable: true, description: 'Null when nobody is signed in.' })
  viewer(@CurrentActor() actor: Actor): OperatorObject | null {
    const { signedIn } = actor;
    return signedIn && { id: signedIn.operatorId, name: signedIn.name, role: signedIn.role };
  }

  @Mutation(() => SignInResultObject, { description: 'First superadmin, by the one-time sign-in code.' })
  async createFirstOperator(@Args('input') input: CreateFirstOperatorInput, @Context() context: GraphqlContext): Promise<SignInResultObject> {
    return this.answer(await this.auth.createFirstOperator({ ...input, password: Secret.of(input.password) }, placeOf(input, context)), input, context);
  }

  @Mutation(() => SignInResultObject)
  async signIn(@Args('input') input: SignInInput, @Context() context: GraphqlContext): Promise<SignInResultObject> {
    return this.answer(await this.auth.signIn({ ...input, password: Secret.of(input.password) }, placeOf(input, context)), input, context);
  }

  @Mutation(() => SignInResultObject, { description: 'A fresh code of `npm start -- --sign-in` in place of a password.' })
  async signInWithCode(@Args('input') input: SignInWithCodeInput, @Context() context: GraphqlContext): Promise<SignInResultObject> {
    return this.answer(await this.auth.signInWithCode({ ...input, newPassword: Secret.of(input.newPassword) }, placeOf(input, context)), input, context);
  }

  @Mutation(() => Boolean)
  async signOut(@Context() context: GraphqlContext): Promise<boolean> {
    await this.signIns.end(context.actor);
    context.setCookie?.(clearedCookie(this.secure));
    return true;
  }

  @Mutation(() => DateTime, { description: 'Proves the password again; needed by some mutations within five minutes.' })
  stepUp(@Args('password') password: string, @CurrentActor() actor: Actor): Promise<Date> {
    return this.auth.stepUp(actor, Secret.of(password));
  }

  private answer(result: SignInResult, input: { returnToken?: boolean | null }, context: GraphqlContext): SignInResultObject {
    if (!input.returnToken) context.setCookie?.(signInCookie(result.token, result.expiresAt, this.secure));
    const { id, name, role } = result.operator;
    return { operator: { id, name, role }, token: input.returnToken ? result.token.reveal() : null, expiresAt: result.expiresAt };
  }
}

function placeOf(input: { returnToken?: boolean | null }, context: GraphqlContext): SignInPlace {
  return { actor: context.actor, userAgent: context.userAgent, returnToken: input.returnToken === true };
}
