import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import type { ItemConnectionObject, ItemObject, ItemSearch } from './item.graphql.js';

@Injectable()
export class ItemsService {
  declare page: (actor: Actor, search: ItemSearch, first: number, after: string | null) => Promise<ItemConnectionObject>;
  declare find: (actor: Actor, itemKey: string) => Promise<ItemObject>;
}
