import { Int, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { IdentityAccountObject } from '../users/identities.graphql.js';
import { SessionsService } from './sessions.service.js';

/** What an account of a person does now. */
@Resolver(() => IdentityAccountObject)
export class AccountLiveResolver {
  constructor(private readonly sessions: SessionsService) {}

  @ResolveField(() => Int, { description: 'Streams that run now.' })
  streams(@Parent() { serverId, userVendorId }: IdentityAccountObject): number {
    return this.sessions.streamsOf(serverId, userVendorId);
  }
}
