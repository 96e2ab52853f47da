import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { SessionObject } from '../sessions/sessions.graphql.js';
import { SessionFlagObject } from './mismatches.graphql.js';
import { SessionFlags } from './session-flags.js';

@Resolver(() => SessionObject)
export class SessionFlagsResolver {
  constructor(private readonly flags: SessionFlags) {}

  @ResolveField('flags', () => [SessionFlagObject], { description: 'Open mismatches that it belongs to.' })
  flagsOf(@Parent() { id }: SessionObject): readonly SessionFlagObject[] {
    return this.flags.of(id);
  }
}
