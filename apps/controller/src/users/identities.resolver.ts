import { Args, Context, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor, loaderOf, type GraphqlContext } from '../graphql/context.js';
import { IdentitiesService } from './identities.service.js';
import {
  AccountInput,
  AttestEmailInput,
  IdentityConnectionObject,
  IdentityEmailInput,
  IdentityObject,
  IdentitySuggestionObject,
  ImportIdentityEmailsInput,
  ImportIdentityEmailsResult,
  LinkUsersInput,
  MediaUserIdentityObject,
  MergeIdentitiesInput,
} from './identities.graphql.js';
import { IdentityEmailsService } from './identity-emails.service.js';
import { IdentityImportService } from './identity-import.service.js';
import { IdentityMergesService } from './identity-merges.service.js';
import { IdentityReadingService } from './identity-reading.service.js';
import { MediaUserObject } from './users.graphql.js';

/** People, and which accounts are theirs. */
@Resolver(() => MediaUserObject)
export class IdentitiesResolver {
  constructor(
    private readonly reading: IdentityReadingService,
    private readonly people: IdentitiesService,
    private readonly merges: IdentityMergesService,
    private readonly emails: IdentityEmailsService,
    private readonly imports: IdentityImportService,
  ) {}

  @Query(() => IdentityConnectionObject, { description: 'By name.' })
  identities(
    @CurrentActor() actor: Actor,
    @Args('search', { type: () => String, nullable: true, description: 'Part of a name or of an address.' }) search: string | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50 }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
  ): Promise<IdentityConnectionObject> {
    return this.reading.page(actor, search ?? null, first ?? 50, after ?? null);
  }

  @Query(() => IdentityObject, { description: 'Follows people who were joined to another.' })
  identity(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): Promise<IdentityObject> {
    return this.reading.one(actor, id);
  }

  @Query(() => [IdentitySuggestionObject], { description: 'The strongest evidence first, at most 200. Refused ones do not come back.' })
  identitySuggestions(@CurrentActor() actor: Actor): Promise<IdentitySuggestionObject[]> {
    return this.reading.suggestions(actor);
  }

  @ResolveField('identity', () => MediaUserIdentityObject, { nullable: true })
  identityOf(@CurrentActor() actor: Actor, @Parent() user: { serverId: string; vendorId: string }, @Context() context: GraphqlContext): Promise<MediaUserIdentityObject | null> {
    const { serverId, vendorId } = user;
    return loaderOf<string, MediaUserIdentityObject | null>(context, 'identityOf', (keys) => this.reading.identitiesOf(actor, keys)).load(`${serverId}:${vendorId}`);
  }

  @Mutation(() => IdentityObject, { description: 'Makes accounts those of one person.' })
  linkUsers(@CurrentActor() actor: Actor, @Args('input') input: LinkUsersInput): Promise<IdentityObject> {
    return this.people.link(actor, input);
  }

  @Mutation(() => Boolean, { description: 'The account belongs to nobody afterwards; a person without accounts is forgotten. False when it belonged to nobody.' })
  unlinkUser(@CurrentActor() actor: Actor, @Args('input') input: AccountInput): Promise<boolean> {
    return this.people.unlink(actor, input);
  }

  @Mutation(() => Boolean, { description: 'Two people who are not one. It is not suggested again.' })
  refuseIdentitySuggestion(@CurrentActor() actor: Actor, @Args('key', { type: () => ID }) key: string): Promise<boolean> {
    return this.people.refuse(actor, key);
  }

  @Mutation(() => IdentityObject, { description: 'Makes two people one. Can be undone for 30 days.' })
  mergeIdentities(@CurrentActor() actor: Actor, @Args('input') input: MergeIdentitiesInput): Promise<IdentityObject> {
    return this.merges.merge(actor, input);
  }

  @Mutation(() => IdentityObject, { description: 'Puts the accounts and addresses of before back, and answers who is a person of their own again.' })
  undoIdentityMerge(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): Promise<IdentityObject> {
    return this.merges.undo(actor, id);
  }

  @Mutation(() => IdentityObject, { description: 'Keeps an address as not verified.' })
  addIdentityEmail(@CurrentActor() actor: Actor, @Args('input') input: IdentityEmailInput): Promise<IdentityObject> {
    return this.emails.add(actor, input);
  }

  @Mutation(() => IdentityObject)
  removeIdentityEmail(@CurrentActor() actor: Actor, @Args('input') input: IdentityEmailInput): Promise<IdentityObject> {
    return this.emails.remove(actor, input);
  }

  @Mutation(() => IdentityObject, { description: 'A superadmin says that this address is this person’s, and why.' })
  attestEmail(@CurrentActor() actor: Actor, @Args('input') input: AttestEmailInput): Promise<IdentityObject> {
    return this.emails.attest(actor, input);
  }

  @Mutation(() => ImportIdentityEmailsResult, { description: 'Good rows are kept as not verified, bad ones are reported.' })
  importIdentityEmails(@CurrentActor() actor: Actor, @Args('input') input: ImportIdentityEmailsInput): Promise<ImportIdentityEmailsResult> {
    return this.imports.run(actor, input);
  }
}
