import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import type { LibraryOverlapObject } from './item.graphql.js';

@Injectable()
export class OverlapService {
  declare between: (actor: Actor, sourceServerId: string, targetServerId: string) => Promise<LibraryOverlapObject>;
}
