import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import type { LibraryPlanObject, PlanLibraryInput, UpdatePathMapInput } from './library-plan.graphql.js';

@Injectable()
export class LibraryPlansService {
  declare find: (actor: Actor, id: string) => Promise<LibraryPlanObject>;
  declare changed: (actor: Actor, id: string) => Promise<LibraryPlanObject | null>;
  declare plan: (actor: Actor, input: PlanLibraryInput) => Promise<LibraryPlanObject>;
  declare updatePathMap: (actor: Actor, input: UpdatePathMapInput) => Promise<LibraryPlanObject>;
}
