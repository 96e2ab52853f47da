import { ID, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { IdentityIndex } from '../users/identity-index.js';
import { SessionObject } from './sessions.graphql.js';

/** The person behind a session. */
@Resolver(() => SessionObject)
export class SessionIdentityResolver {
  constructor(private readonly index: IdentityIndex) {}

  @ResolveField(() => ID, { nullable: true, description: 'The person that its account belongs to.' })
  identityId(@Parent() { serverId, userId }: SessionObject): string | null {
    return this.index.personOf(serverId, userId)?.id ?? null;
  }

  @ResolveField(() => String, { nullable: true })
  identityName(@Parent() { serverId, userId }: SessionObject): string | null {
    return this.index.personOf(serverId, userId)?.name ?? null;
  }
}
