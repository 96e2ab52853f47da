import { Args, ID, Int, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../auth/actor.js';
import { CurrentActor } from '../../graphql/context.js';
import { ItemConnectionObject, ItemObject, ItemSearch, LibraryOverlapObject } from './item.graphql.js';
import { ItemsService } from './items.service.js';
import { OverlapService } from './overlap.service.js';

@Resolver(() => ItemObject)
export class ItemsResolver {
  constructor(
    private readonly service: ItemsService,
    private readonly overlap: OverlapService,
  ) {}

  @Query(() => ItemConnectionObject, { description: 'Titles of the fleet, by name.' })
  items(
    @CurrentActor() actor: Actor,
    @Args('search', { type: () => ItemSearch, nullable: true }) search: ItemSearch | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50 }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
  ): Promise<ItemConnectionObject> {
    return this.service.page(actor, search ?? {}, first ?? 50, after ?? null);
  }

  @Query(() => ItemObject)
  item(@CurrentActor() actor: Actor, @Args('itemKey', { type: () => ID }) itemKey: string): Promise<ItemObject> {
    return this.service.find(actor, itemKey);
  }

  @Query(() => LibraryOverlapObject)
  libraryOverlap(
    @CurrentActor() actor: Actor,
    @Args('sourceServerId', { type: () => ID }) sourceServerId: string,
    @Args('targetServerId', { type: () => ID }) targetServerId: string,
  ): Promise<LibraryOverlapObject> {
    return this.overlap.between(actor, sourceServerId, targetServerId);
  }
}
