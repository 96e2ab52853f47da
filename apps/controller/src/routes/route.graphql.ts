import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { DrainMove, RouteState } from '@usher/contracts';
import { DrainMoveEnum, RouteStateEnum } from '../graphql/enums.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';
import { PlacementObject } from './placement.graphql.js';

@ObjectType('Route')
export class RouteObject {
  @Field(() => ID) id!: string;
  @Field(() => RouteStateEnum) state!: RouteState;
  @Field() itemKey!: string;
  @Field() title!: string;
  @Field(() => String, { nullable: true }) userName!: string | null;
  @Field(() => ID, { nullable: true }) serverId!: string | null;
  @Field(() => ID) placementId!: string;
  @Field(() => BigInt53) positionMs!: number;
  @Field(() => DateTime) positionAt!: Date;
  @Field(() => Int) moves!: number;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime, { description: 'Moved on by every use of the link.' }) expiresAt!: Date;
}

@ObjectType('CreateRouteResult')
export class CreateRouteResult {
  @Field(() => RouteObject) route!: RouteObject;
  @Field({ description: 'The link for the viewer. Whoever has it is led to the item.' }) url!: string;
  @Field(() => PlacementObject) placement!: PlacementObject;
}

@ObjectType('ServerDrain')
export class ServerDrainObject {
  @Field(() => ID) serverId!: string;
  @Field(() => DateTime) since!: Date;
  @Field(() => DateTime, { nullable: true }) until!: Date | null;
  @Field(() => DrainMoveEnum) move!: DrainMove;
  @Field(() => String, { nullable: true }) reason!: string | null;
  @Field({ description: 'Name of the operator.' }) by!: string;
  @Field(() => Int, { description: 'Streams that still run there.' }) left!: number;
  @Field(() => Int, { description: 'Streams that ran there when the drain began.' }) started!: number;
}

@InputType()
export class DrainServerInput {
  @Field(() => ID) serverId!: string;
  @Field(() => DateTime, { nullable: true, description: 'Ends the drain by itself.' }) until?: Date | null;
  @Field(() => DrainMoveEnum, { nullable: true, description: '`NEXT` (default): what plays ends on its own. `NOW`: links lead elsewhere at once.' }) move?: DrainMove | null;
  @Field(() => String, { nullable: true }) reason?: string | null;
  @Field() idempotencyKey!: string;
}
